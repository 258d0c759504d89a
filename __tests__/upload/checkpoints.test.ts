import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localStorageCheckpoints } from "../../src/client/localStorageCheckpoints.js";
import { fileCheckpoints } from "../../src/node/index.js";
import type { CheckpointStore } from "../../src/options.js";
import type { UploadSession } from "../../src/uploadSession.js";
import { checkpointOf } from "../../src/upload/checkpoints.js";

const session = (offset: number): UploadSession => ({
  protocol: "outlook",
  collection: "https://graph.microsoft.com/v1.0/me/messages/m/attachments",
  uploadUrl: "https://outlook.office.com/x",
  offset,
  file: { name: "a", size: 10 },
});

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), "checkpoints-"))));
afterAll(() => rm(folder, { recursive: true }));

const items = new Map<string, string>();
const storage = {
  getItem: (key: string) => items.get(key) ?? null,
  setItem: (key: string, value: string) => void items.set(key, value),
  removeItem: (key: string) => void items.delete(key),
};
beforeAll(() => Object.defineProperty(globalThis, "localStorage", { configurable: true, value: storage }));
afterAll(() => Reflect.deleteProperty(globalThis, "localStorage"));

describe.each<[string, () => CheckpointStore]>([
  ["a folder", () => fileCheckpoints(join(folder, "not", "there", "yet"))],
  ["a browser's localStorage", () => localStorageCheckpoints()],
])("%s", (_, make) => {
  test("returns what was saved last, even to another program, and nothing once it is removed", async () => {
    const store = make();
    expect(await store.load("k")).toBeUndefined();
    await store.save("k", session(1));
    await store.save("k", session(2));
    await store.save("other", session(3));
    expect(await make().load("k")).toEqual(session(2));
    await store.remove("k");
    await store.remove("k");
    expect(await store.load("k")).toBeUndefined();
    expect(await store.load("other")).toEqual(session(3));
  });
});

test("only its owner can read a checkpoint, because whoever has it can write to the upload", async () => {
  const own = join(folder, "own");
  await fileCheckpoints(own).save("k", session(1));
  expect((await stat(join(own, "k.json"))).mode & 0o777).toBe(0o600);
  expect((await stat(own)).mode & 0o777).toBe(0o700);
});

test("a crash while a checkpoint is written leaves the one before it, and remove deletes both files", async () => {
  const own = join(folder, "crash");
  const store = fileCheckpoints(own);
  await store.save("k", session(1));
  await writeFile(join(own, "k.json.new"), '{"protocol":"outl');
  expect(await store.load("k")).toEqual(session(1));
  await store.remove("k");
  expect(await readdir(own)).toEqual([]);
});

test("a damaged entry of localStorage counts as none", async () => {
  const store = localStorageCheckpoints("damaged:");
  for (const value of ["", '{"protocol":"outl', "7", '"text"', "null"]) {
    storage.setItem("damaged:k", value);
    expect(await store.load("k")).toBeUndefined();
  }
});

test("a key distinguishes items, names and files, and reveals none of them", async () => {
  const keys: string[] = [];
  const store = { load: (key: string) => void keys.push(key), save: () => {}, remove: () => {} };
  for (const parts of [
    ["item", "a", "1"],
    ["item", "a", "2"],
    ["item", "b", "1"],
    ["item2", "a", "1"],
    ["item", 'a","1', ""],
  ]) {
    await (await checkpointOf(store, ...parts)).load();
  }
  expect(new Set(keys).size).toBe(5);
  expect(keys.every((key) => /^[0-9a-f]{64}$/.test(key))).toBe(true);
});
