import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client } from "@microsoft/microsoft-graph-client";
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { withLargeAttachments, type CheckpointStore, type UploadSession } from "../../src/index.js";
import { fileCheckpoints } from "../../src/node/index.js";
import { clientOf, fileOf, sha256 } from "../support/graph.js";

const large = fileOf(9_000_000);
const full = new Error("The disk is full.");

let emulator: Emulator;
let client: Client;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => {
  emulator.reset();
  client = withLargeAttachments(clientOf(emulator), { delay: 1, retries: 2 });
});
afterAll(() => emulator.close());

const kinds = () => emulator.requests.map(({ kind }) => kind).filter((kind) => kind !== "list");
/** A store that keeps what it is given, unless `fails` says that this call fails. */
function store(fails: (call: "load" | "save" | "remove", time: number) => boolean) {
  const held = new Map<string, UploadSession>();
  const times = { load: 0, save: 0, remove: 0 };
  const may = (call: "load" | "save" | "remove") => {
    if (fails(call, ++times[call])) throw full;
  };
  const checkpoints: CheckpointStore = {
    load: (key) => (may("load"), held.get(key)),
    save: async (key, session) => (may("save"), void held.set(key, session)),
    remove: async (key) => (may("remove"), void held.delete(key)),
  };
  return { checkpoints, held, times };
}
const attach = (path: string, checkpoints: CheckpointStore) =>
  client.api(path).attach(large, { name: "big.bin", checkpoints });

test("a store whose first save fails leaves no session behind, and its error is told", async () => {
  const { path } = emulator.addMessage();
  await expect(attach(path, store((call) => call === "save").checkpoints)).rejects.toThrow("The disk is full.");
  expect(kinds()).toEqual(["create", "cancel"]);
});

test("a later save that fails costs no upload", async () => {
  const item = emulator.addMessage();
  const { checkpoints, times } = store((call, time) => call === "save" && time > 1);
  await attach(item.path, checkpoints);
  expect(times.save).toBeGreaterThan(1);
  expect(emulator.attachments(item).map((one) => one.sha256)).toEqual([sha256(large)]);
});

test("a save that fails while a stored session is resumed costs no upload", async () => {
  const item = emulator.addMessage();
  let broken = false;
  const { checkpoints } = store((call) => broken && call === "save");
  emulator.fault({ on: { kind: "range", range: 2 }, status: 503, times: 3 });
  await expect(attach(item.path, checkpoints)).rejects.toMatchObject({ code: "interrupted" });
  broken = true;
  await attach(item.path, checkpoints);
  expect(kinds().filter((kind) => kind === "create")).toHaveLength(1);
  expect(emulator.attachments(item)).toHaveLength(1);
});

test("a remove that fails after success is no rejection", async () => {
  const item = emulator.addMessage();
  await expect(attach(item.path, store((call) => call === "remove").checkpoints)).resolves.toMatchObject({
    name: "big.bin",
  });
  expect(emulator.attachments(item)).toHaveLength(1);
});

describe("checkpoints in a folder", () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "stores-"))));
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const session = (offset: number) => ({ offset }) as UploadSession;

  test("are not disturbed by another process that saves and removes the same one", async () => {
    const [one, other] = [fileCheckpoints(folder), fileCheckpoints(folder)];
    const work = async (store: CheckpointStore) => {
      for (let at = 0; at < 100; at++) {
        await store.save("k", session(at));
        if (at % 7 === 0) await store.remove("k");
      }
    };
    await Promise.all([work(one), work(other), work(one), work(other)]);
    await one.save("k", session(7));
    expect(await other.load("k")).toEqual({ offset: 7 });
    await one.remove("k");
    expect(await readdir(folder)).toEqual([]);
  });

  test("of one key do not touch those of another", async () => {
    const checkpoints = fileCheckpoints(folder);
    await checkpoints.save("k", session(1));
    await checkpoints.save("k2", session(2));
    await checkpoints.remove("k");
    expect(await checkpoints.load("k2")).toEqual({ offset: 2 });
  });
});
