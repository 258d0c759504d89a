import type { Client, GraphError } from "@microsoft/microsoft-graph-client";
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import {
  LargeAttachmentTask,
  withLargeAttachments,
  type CreatedAttachment,
  type UploadError,
  type UploadWaiting,
} from "../../src/index.js";
import { clientOf, fileOf, sha256 } from "../support/graph.js";

const large = fileOf(5_000_000);
const small = fileOf(1_000);

let emulator: Emulator;
let client: Client;
let waits: UploadWaiting[];
beforeAll(async () => void (emulator = await startEmulator()));
/** Outlook synchronizes the draft after so many requests for it have failed. */
let syncAfter: number;
const onWaiting = (waiting: UploadWaiting) => {
  waits.push(waiting);
  if (waits.length >= syncAfter) emulator.vary({ draftVisibleAfter: 0 });
};
beforeEach(() => {
  emulator.reset();
  emulator.vary({ draftVisibleAfter: 1e9 });
  waits = [];
  syncAfter = Infinity;
  client = withLargeAttachments(clientOf(emulator), { delay: 1, retries: 2, waitForDraft: 60_000, onWaiting });
});
afterAll(() => emulator.close());

type Attach = (path: string, bytes: Buffer) => Promise<CreatedAttachment>;
const ways: Record<string, Attach> = {
  attach: (path, bytes) => client.api(path).attach(bytes, { name: "a.bin" }),
  "attach of a stream": (path, bytes) =>
    client.api(path).attach(new Blob([Uint8Array.from(bytes)]).stream(), { name: "a.bin", size: bytes.length }),
  "a task": async (path, bytes) =>
    (await LargeAttachmentTask.create(client, path, bytes, { name: "a.bin" })).upload() as Promise<CreatedAttachment>,
  "an intercepted POST": (path, bytes) =>
    client.api(`${path}/attachments`).post({
      "@odata.type": "#microsoft.graph.fileAttachment",
      name: "a.bin",
      contentBytes: bytes.toString("base64"),
    }),
};
const items = { "a draft": () => emulator.addMessage(), "an event": () => emulator.addEvent() };

describe.each(Object.keys(ways))("%s", (way) => {
  test.each(Object.keys(items) as (keyof typeof items)[])(
    "waits for %s that Outlook has not synchronized yet, longer and longer, and says so",
    async (kind) => {
      syncAfter = 6; // more than `retries`
      const item = items[kind]();
      await expect(ways[way]!(item.path, large)).resolves.toMatchObject({ name: "a.bin" });
      expect(emulator.attachments(item).map((one) => one.sha256)).toEqual([sha256(large)]);
      expect(waits.length).toBeGreaterThanOrEqual(syncAfter);
      expect(new Set(waits.map(({ reason }) => reason))).toEqual(new Set(["draft"]));
      expect(waits.at(-2)!.wait).toBeGreaterThan(waits[0]!.wait);
      expect(waits.at(-1)!.waited).toBeGreaterThan(waits[0]!.waited);
    },
  );
});

test("a small file waits for the draft as well, and is attached once", async () => {
  syncAfter = 6;
  const item = emulator.addMessage();
  await client.api(item.path).attach(small, { name: "a.bin" });
  expect(emulator.attachments(item).map((one) => one.via)).toEqual(["post"]);
});

test.each([small, large])("a draft that never shows ends in an error that says what to do (%#)", async (bytes) => {
  const item = emulator.addMessage();
  const error = await client
    .api(item.path)
    .attach(bytes, { name: "report.pdf", waitForDraft: 30 })
    .catch((error: UploadError) => error);
  expect(error).toMatchObject({ name: "UploadError", code: "notSynced", cause: { statusCode: 404 } });
  expect((error as UploadError).message).toBe(
    "Outlook has not synchronized this draft yet, so report.pdf was not attached. If the draft is open, save it in its own window. Attach the file again when the draft shows in Outlook on the web.",
  );
});

test("without the option, a 404 is the service's own after a few seconds, and with 0 immediately", async () => {
  client = withLargeAttachments(clientOf(emulator), { delay: 1 });
  const item = emulator.addMessage();
  const statusOf = async (options: object) =>
    (await client
      .api(item.path)
      .attach(small, { name: "a.bin", ...options })
      .catch((error) => error)) as GraphError;
  expect(await statusOf({})).toMatchObject({ statusCode: 404, code: "ErrorItemNotFound" });
  const before = emulator.requests.length;
  expect(await statusOf({ waitForDraft: 0 })).toMatchObject({ statusCode: 404 });
  expect(emulator.requests.length).toBe(before + 1);
});

test("an abort ends the wait immediately", async () => {
  const stop = new AbortController();
  const item = emulator.addMessage();
  const options = {
    name: "a.bin",
    delay: 100_000,
    signal: stop.signal,
    onWaiting: () => stop.abort(new Error("enough")),
  };
  await expect(client.api(item.path).attach(large, options)).rejects.toThrow("enough");
});

test("uploads to other items do not wait for those whose drafts are not synchronized", async () => {
  const stop = new AbortController();
  const options = { name: "a.bin", delay: 100_000, signal: stop.signal };
  const stuck = [1, 2, 3, 4].map(() => client.api(emulator.addMessage().path).attach(large, options));
  const task = emulator.addTask();
  await client.api(task.path).attach(large, { name: "a.bin" });
  expect(emulator.attachments(task)).toHaveLength(1);
  stop.abort();
  expect((await Promise.allSettled(stuck)).map(({ status }) => status)).toEqual(Array(4).fill("rejected"));
});

test("a conflict with edits in the open window is reported before it is tried again", async () => {
  emulator.vary({ draftVisibleAfter: 0 });
  const item = emulator.addMessage();
  emulator.fault({
    on: { kind: "post" },
    status: 412,
    body: {
      error: { code: "ErrorIrresolvableConflict", message: "The send or update operation could not be performed." },
    },
  });
  await client.api(item.path).attach(small, { name: "a.bin" });
  expect(waits.map(({ reason }) => reason)).toEqual(["conflict"]);
});

test.each([-1, 1.5, NaN, Infinity, 2 ** 31])(
  "waitForDraft of %p is refused before the first request",
  async (wrong) => {
    const item = emulator.addMessage();
    const attaching = client.api(item.path).attach(small, { name: "a.bin", waitForDraft: wrong });
    await expect(attaching).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringContaining("waitForDraft"),
    });
    expect(emulator.requests).toEqual([]);
  },
);
