/** The particular rules of documents of Universal Print, with the real Graph client against the emulator. */
import { GraphError } from "@microsoft/microsoft-graph-client";
import { startEmulator, type Emulator, type Item } from "../../src/emulator/index.js";
import { defaultVariations } from "../../src/emulator/variations.js";
import { LargeAttachmentTask, withLargeAttachments, type AttachOptions } from "../../src/index.js";
import { clientOf, fileOf, sha256 } from "../support/graph.js";

const range = 10_000;
const bytes = fileOf(7 * range + 77);
const options = { name: "a.pdf", contentType: "application/pdf", rangeSize: range, delay: 1, retries: 2 };

let emulator: Emulator;
let document: Item;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => {
  emulator.reset();
  emulator.vary(defaultVariations);
  document = emulator.print.addDocument();
});
afterEach(() => emulator.verifyFaults());
afterEach(() =>
  expect(emulator.requests.filter(({ origin, authorized }) => origin === "print" && authorized)).toEqual([]),
);
afterAll(() => emulator.close());

const attach = (path = document.path, more: AttachOptions = {}) =>
  withLargeAttachments(clientOf(emulator))
    .api(path)
    .attach(bytes, { ...options, ...more });
const ranges = () => emulator.requests.filter(({ kind }) => kind === "range");
const starts = () => ranges().map(({ contentRange }) => Number(/\d+/.exec(contentRange!)![0]));
const whole = () => {
  expect(emulator.print.document(document)).toMatchObject({ name: "a.pdf", contentType: "application/pdf" });
  expect(emulator.print.document(document).sha256).toBe(sha256(bytes));
};

test.each([
  ["a printer", (path: string) => path],
  ["its session", (path: string) => `${path}/createUploadSession`],
  ["a share of the printer", () => emulator.print.document(document).sharePath],
  ["keys in parentheses", (path: string) => path.replaceAll(/\/([0-9a-f-]+)(?=\/|$)/g, "('$1')")],
  ["other letter case", (path: string) => path.replace("/print/printers", "/Print/Printers")],
])("a document is found by %s, and the reply names it", async (_, spelled) => {
  const made = await attach(spelled(document.path));
  expect(made).toMatchObject({ id: document.id, documentName: "a.pdf", size: bytes.length });
  whole();
});

test("also a small document goes by a session, since there is no other way, and an empty one not at all", async () => {
  const client = withLargeAttachments(clientOf(emulator));
  await client.api(document.path).attach(new Uint8Array(1), { name: "a.pdf" });
  expect(emulator.print.document(document)).toMatchObject({ size: 1, sessions: 1 });
  const from = emulator.requests.length;
  const empty = client.api(document.path).attach(new Uint8Array(0), { name: "a.pdf" });
  await expect(empty).rejects.toMatchObject({ code: "invalid", message: expect.stringMatching(/empty/i) });
  expect(emulator.requests.length).toBe(from);
});

test("four ranges are under way at once, and never five", async () => {
  let underway = 0;
  let most = 0;
  const counting: typeof fetch = async (input, init) => {
    most = Math.max(most, ++underway);
    return fetch(input, init).finally(() => underway--);
  };
  await attach(document.path, { fetch: counting });
  whole();
  expect(most).toBe(4);
  expect(starts().sort((one, other) => one - other)).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((n) => n * range));
  expect(ranges().map(({ status }) => status)).not.toContain(429);
});

test("a service that takes fewer at once than four is asked again for those that it refused (429)", async () => {
  emulator.vary({ printConcurrency: 2, retryAfterSeconds: null });
  emulator.fault({ on: { range: 0 }, delay: 60 }, { on: { range: 1 }, delay: 60 });
  await attach();
  whole();
  expect(ranges().map(({ status }) => status)).toContain(429);
});

test.each([
  ["in order", [0, 20, 40, 60]],
  ["in reverse", [60, 40, 20, 0]],
  ["the first last", [80, 0, 20, 40]],
  ["the last first", [40, 60, 80, 0]],
])("replies may come in any order: %s", async (_, delays) => {
  emulator.fault(...delays.map((delay, at) => ({ on: { range: at }, delay })));
  const progress: number[] = [];
  await attach(document.path, { onProgress: ({ loaded }) => progress.push(loaded) });
  whole();
  expect(ranges()).toHaveLength(8);
  expect(progress).toEqual([4 * range, bytes.length]);
});

const invalidRange = { error: { code: "invalidRange", message: "Bytes of the range were already received." } };

describe.each([0, 1, 2, 3])("of four ranges at once, one of which (%d) has trouble", (at) => {
  const on = { kind: "range", range: at } as const;

  test.each([
    ["a lost request", { reset: "before" as const }, 9],
    ["a request lost midway", { reset: "midway" as const }, 9],
    ["a lost reply", { reset: "after" as const }, 8],
    ["a passing refusal", { status: 503 }, 9],
    ["a refusal after the bytes were kept", { status: 503, after: true }, 8],
    ["bytes that were received already", { status: 416, after: true, body: invalidRange }, 8],
    ["a reply that says nothing", { cutReply: true }, 8],
    ["part of its bytes", { partial: 3_333 }, 9],
  ])("%s has only what is missing sent again", async (_, fault, requests) => {
    emulator.fault({ on, ...fault });
    await attach();
    whole();
    expect(ranges()).toHaveLength(requests);
    const bodies = ranges().reduce((sum, { bodyBytes }) => sum + bodyBytes, 0);
    expect(bodies - bytes.length).toBeLessThanOrEqual(range);
  });

  test("a refusal for good ends the upload, and its session", async () => {
    emulator.fault({ on, status: 507, body: { error: { code: "AccessDenied", message: "No." } } });
    const error = await attach().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(GraphError);
    expect(error).toMatchObject({ statusCode: 507, message: "No." });
    expect(emulator.sessions).toMatchObject([{ state: "deleted" }]);
    expect(ranges()).toHaveLength(4);
  });

  test("a session that is gone is begun again", async () => {
    emulator.fault({ on, gone: true });
    await attach();
    whole();
    expect(emulator.print.document(document).sessions).toBe(2);
  });
});

test("the range that arrives last makes the document, wherever it lies", async () => {
  const seven = bytes.subarray(0, 4 * range);
  emulator.fault({ on: { kind: "range", range: "first" }, delay: 80 });
  const client = withLargeAttachments(clientOf(emulator));
  const made = await client.api(document.path).attach(seven, options);
  expect(made).toMatchObject({ id: document.id, size: seven.length });
  expect(ranges()).toHaveLength(4);
  expect(emulator.print.document(document).sha256).toBe(sha256(seven));
});

test("the size of the document tells that it is whole after a last reply that was lost", async () => {
  emulator.fault({ on: { kind: "range", range: "last" }, reset: "after" });
  expect(await attach()).toMatchObject({ id: document.id, size: bytes.length });
  whole();
  expect([ranges().length, emulator.print.document(document).sessions]).toEqual([8, 1]);
});

test("the size of what was there before is not taken for that of the new document", async () => {
  const task = await LargeAttachmentTask.create(clientOf(emulator), document.path, fileOf(bytes.length), options);
  await task.upload();
  emulator.fault({ on: { kind: "range", range: "last" }, reset: "before" });
  await attach();
  whole();
});

test("a document that takes no second session refuses it as GraphError, and keeps its bytes", async () => {
  await attach();
  emulator.vary({ printSecondSession: "refuse" });
  const again = withLargeAttachments(clientOf(emulator)).api(document.path).attach(fileOf(50), options);
  await expect(again).rejects.toMatchObject({ name: "Error", statusCode: 409, code: "Conflict" });
  whole();
});

test("a task goes on in another process with nothing but the ranges that are missing", async () => {
  const task = await LargeAttachmentTask.create(clientOf(emulator), document.path, bytes, { ...options, retries: 0 });
  emulator.fault({ on: { kind: "range", range: 2 }, reset: "before" });
  await expect(task.upload()).rejects.toMatchObject({ code: "interrupted" });
  const held = ranges().length;
  const stored = JSON.parse(JSON.stringify(task.session)) as typeof task.session;
  const restored = await LargeAttachmentTask.restore(clientOf(emulator), stored, bytes, options);
  await restored.resume();
  whole();
  expect(ranges().length - held).toBe(5);
});

test("ranges of less than 10 MB are taken by either reading of it, and larger ones refused before the first request", async () => {
  emulator.vary({ printRangeMaximum: 10_000_000 });
  await attach(document.path, { rangeSize: 9_999_999 });
  whole();
  const from = emulator.requests.length;
  await expect(attach(document.path, { rangeSize: 10_000_000 })).rejects.toMatchObject({ code: "invalid" });
  expect(emulator.requests.length).toBe(from);
});
