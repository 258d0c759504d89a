/** The sixteen failings of the Graph client's own upload task, each with the test by which ours does better. */
import { getEventListeners } from "node:events";
import { Readable } from "node:stream";
import { Client, GraphError, type Context } from "@microsoft/microsoft-graph-client";
import { startEmulator, type Emulator, type Item } from "../../src/emulator/index.js";
import { LargeAttachmentTask, withLargeAttachments, type AttachmentSource, type UploadError } from "../../src/index.js";
import { clientOf, fileOf, sha256 } from "../support/graph.js";

const range = 50_000;
const bytes = fileOf(4 * range);
const options = { name: "a.bin", rangeSize: range, delay: 1 };

let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => emulator.reset());
afterEach(() => emulator.verifyFaults());
afterAll(() => emulator.close());

const taskFor = (item: Item, file: AttachmentSource = bytes, more: object = {}) =>
  LargeAttachmentTask.create(clientOf(emulator), item.path, file, { ...options, ...more });
const ranges = () => emulator.requests.filter(({ kind }) => kind === "range");
const whole = (item: Item, file = bytes) =>
  expect(emulator.attachments(item)).toMatchObject([{ sha256: sha256(file) }]);

test.each([429, 503, 500, 502, "reset"] as const)("1. one %s on a range is retried", async (fault) => {
  const item = emulator.addMessage();
  emulator.fault({ on: { range: 1 }, ...(fault === "reset" ? { reset: "midway" } : { status: fault }) });
  await (await taskFor(item)).upload();
  whole(item);
});

test("2. what is refused for good rejects with an Error that has status, headers and code", async () => {
  const times = 2 * (1 + 1); // in a session that lives, with one retry, and in the one that replaces it
  for (const body of [{ error: { code: "ErrorAccessDenied", message: "No." } }, "<html>no</html>", undefined]) {
    emulator.fault({ on: { range: 1 }, times, status: 403, headers: { "request-id": "r1" }, body });
    const task = await taskFor(emulator.addMessage(), bytes, { retries: 1 });
    const error = await task.upload().catch((reason: GraphError) => reason);
    expect(error).toBeInstanceOf(GraphError);
    expect(error).toMatchObject({
      statusCode: 403,
      requestId: "r1",
      code: body && typeof body === "object" ? "ErrorAccessDenied" : "UnknownError",
    });
    expect((error as GraphError).message).not.toBe("");
    expect((error as GraphError).headers?.get("request-id")).toBe("r1");
  }
});

test("3. the default range is below To Do's limit, by either reading of 4 MB", async () => {
  emulator.vary({ todoStrictRange: true });
  const item = emulator.addTask();
  const file = fileOf(9_000_000);
  await (await taskFor(item, file, { rangeSize: undefined })).upload();
  emulator.vary({ todoStrictRange: false });
  whole(item, file);
});

test("4. To Do gets its ranges at /content with the token, and its DELETE without", async () => {
  const item = emulator.addTask();
  await (await taskFor(item)).upload();
  whole(item);
  await (await taskFor(item)).cancel();
  expect(ranges().every(({ path, authorized }) => path.endsWith("/content") && authorized)).toBe(true);
  expect(emulator.requests.at(-1)).toMatchObject({ kind: "cancel", status: 204 });
});

test.each(["pascal", "camel", "mixed"] as const)("5. resume understands keys in %s case", async (intermediateKeys) => {
  emulator.vary({ intermediateKeys });
  const item = emulator.addMessage();
  emulator.fault({ on: { range: 2 }, status: 507 });
  const task = await taskFor(item);
  await expect(task.upload()).rejects.toThrow();
  expect(await task.getStatus()).toMatchObject({ offset: 2 * range });
  await task.resume();
  emulator.vary({ intermediateKeys: "mixed" });
  whole(item);
});

test("6. a service that repeats a range ends as an error after a handful of requests", async () => {
  emulator.fault({ on: { kind: "range" }, times: 6, partial: 0 });
  await expect((await taskFor(emulator.addMessage())).upload()).rejects.toMatchObject({ code: "stalled" });
  expect(ranges()).toHaveLength(6);
});

test("7. the final reply may get lost, and the id is found without sending the file twice", async () => {
  for (const item of [emulator.addMessage(), emulator.addTask()]) {
    emulator.fault({ on: { range: "last" }, reset: "after" });
    const { id } = await (await taskFor(item)).upload();
    expect(emulator.attachments(item)).toMatchObject([{ id, sha256: sha256(bytes) }]);
  }
  expect(ranges().length).toBeLessThanOrEqual(2 * 5);
});

test("8. cancel stops the range under way, and upload rejects", async () => {
  const task = await taskFor(emulator.addMessage());
  emulator.fault({ on: { range: 1 }, delay: 3_600_000 });
  const uploading = expect(task.upload()).rejects.toMatchObject({ code: "cancelled" });
  while (emulator.unusedFaults().length > 0) await new Promise((resolve) => setImmediate(resolve));
  await task.cancel();
  await uploading;
  expect(ranges()).toHaveLength(2);
});

test("9. a stream whose range is accepted in part is sent on from the right byte", async () => {
  const item = emulator.addMessage();
  emulator.fault({ on: { range: 1 }, partial: 12_345 }, { on: { range: 2 }, partial: 1 });
  await (await taskFor(item, Readable.from([bytes]), { size: bytes.length })).upload();
  whole(item);
});

test("10. a stream of small chunks does not hang, one that fails rejects, and no listener stays", async () => {
  const item = emulator.addMessage();
  const small = Readable.from(Array.from({ length: 200 }, (_, i) => bytes.subarray(i * 1000, (i + 1) * 1000)));
  await (await taskFor(item, small, { size: bytes.length })).upload();
  whole(item);
  const listeners = (stream: Readable) =>
    ["end", "readable", "error", "close"].map((event) => stream.listenerCount(event));
  const read = Readable.from([bytes]);
  for await (const _ of read);
  expect(listeners(small)).toEqual(listeners(read));

  const failing = new Readable({ read() {} });
  failing.push(bytes.subarray(0, range + 1));
  const task = await taskFor(emulator.addMessage(), failing, { size: bytes.length });
  const uploading = task.upload();
  setImmediate(() => failing.destroy(new Error("disk")));
  const error = await uploading.catch((reason: UploadError) => reason);
  expect(error).toMatchObject({ code: "source", cause: expect.objectContaining({ message: "disk" }) });
});

test("11. a view sends its own bytes, not the buffer behind it", async () => {
  const item = emulator.addMessage();
  const behind = new Uint8Array(bytes.length + 1_000);
  behind.set(bytes, 500);
  await (await taskFor(item, behind.subarray(500, 500 + bytes.length))).upload();
  whole(item);
  expect(ranges().reduce((sum, { bodyBytes }) => sum + bodyBytes, 0)).toBe(bytes.length);
});

test("12. an ArrayBuffer needs no Buffer, which browsers do not have", async () => {
  const received: Uint8Array[] = [];
  const json = (body: unknown, status = 200, headers = {}) => new Response(JSON.stringify(body), { status, headers });
  const service = (method: string, body: Uint8Array) => {
    if (method === "GET") return json({ value: [] });
    if (method === "POST") return json({ uploadUrl: "https://upload.example/x" });
    received.push(body);
    return received.length < 4
      ? json({ nextExpectedRanges: [`${received.length * range}-`] })
      : json(undefined, 201, { Location: "x/attachments/1" });
  };
  const execute = async (context: Context) => {
    const { method, body } = context.options!;
    context.response = service(method!, new Uint8Array(await new Response(body as BodyInit).arrayBuffer()));
  };
  const file = Uint8Array.from(bytes).buffer;
  const given = Object.getOwnPropertyDescriptor(globalThis, "Buffer")!;
  Reflect.deleteProperty(globalThis, "Buffer");
  try {
    const client = Client.initWithMiddleware({ middleware: { execute } });
    await (await LargeAttachmentTask.create(client, "/me/messages/1", file, options)).upload();
  } finally {
    Object.defineProperty(globalThis, "Buffer", given);
  }
  expect(sha256(Buffer.concat(received))).toBe(sha256(bytes));
});

test("13. an abort leaves no session on the service, and no listener on the signal", async () => {
  const item = emulator.addMessage();
  const controller = new AbortController();
  const attaching = withLargeAttachments(clientOf(emulator))
    .api(item.path)
    .attach(bytes, {
      ...options,
      threshold: 0,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
  await expect(attaching).rejects.toMatchObject({ name: "AbortError" });
  expect(emulator.sessions).toMatchObject([{ state: "deleted" }]);
  expect(getEventListeners(controller.signal, "abort")).toEqual([]);
});

test("14. an intermediate reply may be empty, and an empty file gets a clear error or one POST", async () => {
  const item = emulator.addMessage();
  emulator.fault({ on: { range: 1 }, reply: (reply) => ({ ...reply, headers: {}, body: "" }) });
  await (await taskFor(item)).upload();
  whole(item);
  await expect(taskFor(item, new Uint8Array(0))).rejects.toThrow(/empty file.*attach\(file\)/);
});

test("15. the next range is read while the current one is under way", async () => {
  const events: string[] = [];
  async function* slow() {
    for (let at = 0; at < bytes.length; at += range) {
      events.push(`read ${at}`);
      yield bytes.subarray(at, at + range);
    }
  }
  const item = emulator.addMessage();
  emulator.fault({ on: { kind: "range" }, delay: 30, times: Math.ceil(bytes.length / range) });
  const task = await taskFor(item, slow(), {
    size: bytes.length,
    onProgress: ({ loaded }: { loaded: number }) => events.push(`sent ${loaded}`),
  });
  await task.upload();
  for (let at = range; at < bytes.length; at += range) {
    expect(events.indexOf(`read ${at}`)).toBeLessThan(events.indexOf(`sent ${at}`));
  }
});

test("16. the attachment is answered with its id", async () => {
  emulator.vary({ locationEncoded: true });
  for (const item of [emulator.addMessage(), emulator.addEvent(), emulator.addTask()]) {
    const { id } = await (await taskFor(item)).upload();
    expect(emulator.attachments(item)).toMatchObject([{ id }]);
  }
  emulator.vary({ locationEncoded: false });
});
