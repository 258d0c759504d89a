import type { Client } from "@microsoft/microsoft-graph-client";
import { startEmulator, type Emulator, type FaultScript, type RequestKind } from "../../src/emulator/index.js";
import { withLargeAttachments, type UploadError, type UploadOptions } from "../../src/index.js";
import { collectGarbage } from "../support/garbage.js";
import { clientOf, fileOf, sha256 } from "../support/graph.js";

// 5 MB in ranges of 4 MB and 3 MB, on a smaller scale
const RANGE = 40_000;
const large = [1, 2, 3].map((index) => ({ file: fileOf(50_000 + index), name: `${index}.bin` }));
const [one] = large as [(typeof large)[0]];
const little = { file: fileOf(1_000), name: "little.bin" };
const toRecipients = [{ emailAddress: { address: "a@example.com" } }];
const message = { subject: "s", toRecipients };
const event = {
  subject: "Meeting",
  start: { dateTime: "2030-01-01T10:00:00", timeZone: "UTC" },
  end: { dateTime: "2030-01-01T11:00:00", timeZone: "UTC" },
  attendees: [{ emailAddress: { address: "b@example.com" }, type: "required" }],
};

let emulator: Emulator;
let client: Client;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => {
  emulator.reset();
  emulator.vary({ sessionConflicts: false });
  client = clientWith();
});
afterEach(() => emulator.verifyFaults());
afterAll(() => emulator.close());

type Files = Parameters<ReturnType<Client["api"]>["withAttachments"]>[0];
const clientWith = (options: UploadOptions = {}) =>
  withLargeAttachments(clientOf(emulator), { threshold: 9_999, rangeSize: RANGE, delay: 1, ...options });
const send = (files: Files, options?: UploadOptions, path = "/me/sendMail", body: object = { message }) =>
  client.api(path).withAttachments(files, options).post(body) as Promise<unknown>;
const kinds = () => emulator.requests.map(({ kind }) => kind);
const count = (kind: RequestKind) => kinds().filter((each) => each === kind).length;
const conflicts = () => emulator.requests.filter(({ status }) => status === 412).length;
const held = () => emulator.mailbox.outbox().map(({ attachments }) => attachments.map(({ name }) => name));
const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: UploadError) => error,
  );

/** Notes something at the reply to a request. */
function at<T>(on: FaultScript["on"], note: () => T, times = 1): T[] {
  const noted: T[] = [];
  emulator.fault({ on, times, delay: 100, reply: (given) => (noted.push(note()), given) });
  return noted;
}

/** A file that tells from where on it was read. */
function told(name: string, size: number, reads: string[]) {
  const bytes = fileOf(size);
  const file = {
    size,
    slice(start: number, end: number) {
      reads.push(`${name} ${start}`);
      return bytes.subarray(start, end);
    },
  };
  return { file, name };
}

describe("the requests of", () => {
  const mails: [string, RequestKind[], () => Promise<unknown>][] = [
    ["a mail with small files", ["mail"], () => send([little, little])],
    ["a mail with one large file", ["draft", "create", "range", "range", "list", "send"], () => send([one])],
    [
      "a mail with three large files",
      ["draft", "create", "range", "range", "create", "range", "range", "create", "range", "range", "list", "send"],
      () => send(large),
    ],
    [
      "a reply with a large file, which may hold others before",
      ["draft", "create", "range", "list", "range", "list", "send"],
      () => send([one], {}, `${emulator.addMessage({ draft: false }).path}/reply`, { comment: "c" }),
    ],
    [
      "an event with attendees and a large file",
      ["draft", "create", "range", "range", "list", "patch"],
      () => send([one], {}, "/me/events", event),
    ],
    [
      "a draft with a small and a large file",
      ["draft", "create", "range", "range", "list", "item"],
      () => send([little, one], {}, "/me/messages", message),
    ],
    [
      "a mail with once and a large file",
      ["list", "draft", "create", "range", "item", "range", "list", "list", "patch", "send"],
      () => send([one], { once: "job 1" }),
    ],
  ];
  test.each(mails)("%s are these and no more", async (_, expected, work) => {
    await work();
    // a session opens next to the range that ends the file before it, so the two may arrive in either order
    const sorted = (all: RequestKind[]) => [all[0], all.at(-1), [...all].sort()];
    expect(sorted(kinds())).toEqual(sorted(expected));
    expect(emulator.requests.filter(({ status = 0 }) => status >= 300)).toEqual([]);
  });
});

describe("nothing waits that can be done meanwhile:", () => {
  test("each session opens before the last range of the file before it is answered, and no range waits for it", async () => {
    const opened = at({ kind: "range", range: "last" }, () => count("create"), 3);
    await send(large);
    expect(opened).toEqual([2, 3, 3]);
    const ranges = emulator.requests.filter(({ kind }) => kind === "range");
    for (const [index, { started }] of ranges.slice(1).entries())
      expect(started).toBeGreaterThanOrEqual(ranges[index]!.ended!);
    expect(held()).toEqual([["1.bin", "2.bin", "3.bin"]]);
    expect(conflicts()).toBe(0);
  });

  test.each(["/me/sendMail", "/me/messages", "/me/events"])(
    "the first range of the first file is read while the item is made: %s",
    async (path) => {
      const reads: string[] = [];
      const read = at({ kind: "draft" }, () => [...reads]);
      const body = { "/me/sendMail": { message }, "/me/messages": message, "/me/events": event }[path]!;
      await send([told("a", 100_000, reads), told("b", 50_000, reads)], {}, path, body);
      expect(read).toEqual([["a 0"]]);
      expect(reads).toEqual(["a 0", "a 40000", "a 80000", "b 0", "b 40000"]);
    },
  );

  test("the first range of the next file is read during the last range of the one before, and no more of it", async () => {
    const reads: string[] = [];
    const read = at({ kind: "range", range: "last" }, () => reads.filter((each) => !each.startsWith("a")), 3);
    await send([told("a", 100_000, reads), told("b", 100_000, reads), told("c", 50_000, reads)]);
    expect(read.slice(0, 2)).toEqual([["b 0"], ["b 0", "b 40000", "b 80000", "c 0"]]);
  });

  test("a stream is read early as well, once and in its order", async () => {
    const bytes = fileOf(4_300_000); // a shorter one is kept as a whole
    let pulled = 0;
    async function* chunks() {
      for (let start = 0; start < bytes.length; start += 100_000) {
        pulled++;
        yield bytes.subarray(start, start + 100_000);
      }
    }
    const early = at({ kind: "draft" }, () => pulled);
    await send([{ file: chunks(), size: bytes.length, name: "stream.bin" }, one], { rangeSize: 2_000_000 });
    expect(early).toEqual([20]); // one range
    const [{ attachments } = { attachments: [] }] = emulator.mailbox.outbox();
    expect(attachments.map(({ sha256: hash }) => hash)).toEqual([sha256(bytes), sha256(one.file)]);
  });

  test("the session of a large file opens while a small one before it is posted, and their order stays", async () => {
    const opened = at({ kind: "post" }, () => count("create"));
    await send([large[0]!, little, large[1]!]);
    expect(opened).toEqual([2]);
    expect(held()).toEqual([["1.bin", "little.bin", "2.bin"]]);
    expect(count("create")).toBe(2);
  });
});

describe("a service that takes no session next to a write", () => {
  beforeEach(() => emulator.vary({ sessionConflicts: true }));

  test("costs one request in a mail, and no wait", async () => {
    const onWaiting = jest.fn();
    at({ kind: "range", range: "last" }, () => 0, 3);
    await send(large, { onWaiting, delay: 600_000 });
    expect(held()).toEqual([["1.bin", "2.bin", "3.bin"]]);
    expect([conflicts(), count("create")]).toEqual([1, 4]);
    expect(emulator.requests.find(({ status }) => status === 412)).toMatchObject({ kind: "create" });
    expect(onWaiting).not.toHaveBeenCalled();
  });
});

test("what follows a last range that is refused waits for the session that is opened next to it", async () => {
  // found by the simulation: the session of the range was cancelled while the other one was being opened, which is refused
  emulator.fault(
    { on: { kind: "create" }, reply: (reply) => reply },
    { on: { kind: "create" }, delay: 300 },
    { on: { kind: "range", range: "last" }, delay: 50, status: 507, body: { error: { code: "quotaLimitReached" } } },
  );
  expect(await failure(send(large))).toMatchObject({ statusCode: 507 });
  const [, opened] = emulator.requests.filter(({ kind }) => kind === "create");
  const cancelled = emulator.requests.filter(({ kind }) => kind === "cancel");
  expect(cancelled).toHaveLength(2);
  for (const { started } of cancelled) expect(started).toBeGreaterThanOrEqual(opened!.ended!);
  expect([held(), emulator.mailbox.drafts(), emulator.sessions.filter(({ state }) => state === "open")]).toEqual([
    [],
    [],
    [],
  ]);
});

test("a session that hangs is given up when the range next to it is repeated", async () => {
  emulator.fault(
    { on: { kind: "create" }, reply: (reply) => reply },
    { on: { kind: "create" }, hang: true },
    { on: { kind: "range", range: "last" }, delay: 100, status: 503 },
  );
  await send(large.slice(0, 2)); // and not after the timeout of a minute
  expect(held()).toEqual([["1.bin", "2.bin"]]);
  expect(count("create")).toBe(3);
});

describe("a mail of several files", () => {
  test("stops at the first file that fails: the others are not sent, no session stays open, and no draft", async () => {
    at({ kind: "range", range: "last" }, () => 0);
    emulator.fault({
      on: { kind: "range", range: "last" },
      status: 507,
      body: { error: { code: "quotaLimitReached" } },
    });
    expect(await failure(send(large))).toMatchObject({ statusCode: 507 });
    expect([held(), emulator.mailbox.drafts()]).toEqual([[], []]);
    expect([count("range"), count("create")]).toEqual([4, 3]);
    expect(emulator.sessions.filter(({ state }) => state === "open")).toEqual([]);
  });

  test("reports a session that is refused early when its file has its turn, and leaves nothing", async () => {
    at({ kind: "range", range: "last" }, () => 0);
    const status = 507;
    emulator.fault({ on: { kind: "create", path: /./ }, reply: (reply) => reply }, { on: { kind: "create" }, status });
    expect(await failure(send(large))).toMatchObject({ statusCode: 507 });
    expect([held(), emulator.mailbox.drafts(), count("range")]).toEqual([[], [], 2]);
  });

  test("ends with what an abort leaves: nothing", async () => {
    const controller = new AbortController();
    at({ kind: "range", range: "last" }, () => controller.abort(new Error("stop")));
    expect(await failure(send(large, { signal: controller.signal }))).toMatchObject({ message: "stop" });
    expect([held(), emulator.mailbox.drafts()]).toEqual([[], []]);
    expect(emulator.sessions.filter(({ state }) => state === "open")).toEqual([]);
  });

  test.each([
    ["of different names", ["1.bin", "2.bin", "3.bin"]],
    ["of one name", ["x.bin", "x.bin", "x.bin"]],
  ])("goes once although the reply to a last range is lost, with files %s", async (_, names) => {
    emulator.vary({ outlookStatus: 404 });
    emulator.fault(
      { on: { kind: "range", range: "last" }, reply: (reply) => reply },
      { on: { kind: "range", range: "last" }, reset: "after" },
    );
    await send(large.map(({ file }, index) => ({ file, name: names[index]! })));
    emulator.vary({ outlookStatus: 200 });
    const [{ attachments } = { attachments: [] }] = emulator.mailbox.outbox();
    expect(attachments.map(({ sha256: hash }) => hash)).toEqual(large.map(({ file }) => sha256(file)));
    expect(count("send")).toBe(1);
  });

  test("reports progress that never falls, by file, up to the whole", async () => {
    const seen: [number, string | undefined][] = [];
    const onProgress = ({ loaded, file }: { loaded: number; file?: string }) => void seen.push([loaded, file]);
    await send(large, { onProgress });
    const loaded = seen.map(([bytes]) => bytes);
    expect(loaded).toEqual([...loaded].sort((a, b) => a - b));
    expect(seen.map(([, file]) => file)).toEqual(large.flatMap(({ name }) => [name, name]));
    expect(loaded.at(-1)).toBe(large.reduce((sum, { file }) => sum + file.length, 0));
  });
});

test("of many mails to one mailbox, as many have read a range as the mailbox takes requests", async () => {
  let [reading, most] = [0, 0];
  const mails = Array.from({ length: 10 }, async (_, index) => {
    const reads: string[] = [];
    const { file, name } = told(String(index), 50_000, reads);
    let began = false;
    const slice = (start: number, end: number) => {
      if (!began) most = Math.max(most, ++reading);
      began = true;
      if (end === file.size) reading--;
      return file.slice(start, end);
    };
    await send([{ file: { size: file.size, slice }, name }]);
  });
  emulator.fault({ on: { kind: "draft" }, times: 10, delay: 50 });
  await Promise.all(mails);
  expect(most).toBeLessThanOrEqual(4);
  expect(held()).toHaveLength(10);
});

test("an event is answered as the reply to its change tells it, or as it is read where that says nothing", async () => {
  const answer = (await send([one], {}, "/me/events", event)) as { id: string; attendees: object[] };
  expect(answer).toMatchObject({ hasAttachments: true, attendees: [{ emailAddress: { address: "b@example.com" } }] });
  emulator.reset();
  emulator.fault({ on: { kind: "patch" }, reply: (reply) => ({ ...reply, status: 204, body: "" }) });
  const read = await send([one], {}, "/me/events", event);
  expect(read).toMatchObject({ hasAttachments: true, subject: "Meeting" });
  expect(kinds().slice(-2)).toEqual(["patch", "item"]);
});

test("a draft is read while its attachments are listed, and again if one of them was missing", async () => {
  const began = at({ kind: "list" }, () => kinds().slice(-2).sort());
  expect(await send([little, one], {}, "/me/messages", message)).toMatchObject({ hasAttachments: true, isDraft: true });
  expect(began).toEqual([["item", "list"]]);
  emulator.reset();
  emulator.fault({ on: { kind: "item" }, reply: (reply) => ({ ...reply, body: { id: "x", isOld: true } }) });
  const shown = [{ id: "y", name: one.name, size: one.file.length }];
  emulator.fault({ on: { kind: "list" }, reply: (reply) => ({ ...reply, body: { value: shown } }) });
  const answer = await send([little, one], {}, "/me/messages", message);
  expect(answer).not.toHaveProperty("isOld");
  expect([count("item"), count("post")]).toEqual([2, 1]);
});

// Many mails at the same time would otherwise each hold up to 3 MB beyond the limits of memory.
test("a small file that the first request has carried is not in memory while the large ones follow", async () => {
  const given: WeakRef<ArrayBuffer>[] = [];
  const read = async () => {
    const { buffer } = fileOf(1_000_000);
    given.push(new WeakRef(buffer));
    return buffer;
  };
  const blob = Object.assign(new Blob([new Uint8Array(1_000_000)]), { arrayBuffer: read });
  const small = { file: { size: 1_000_000, slice: () => blob }, name: "small.bin" };
  const alive = at(
    { kind: "range" },
    () => (collectGarbage(), given.map((reference) => reference.deref() !== undefined)),
  );
  await client
    .api("/me/sendMail")
    .withAttachments([small, { file: fileOf(1_050_000), name: "1.bin" }], { threshold: 1_000_000, rangeSize: 600_000 })
    .post({ message });
  expect(held()).toEqual([["small.bin", "1.bin"]]);
  expect(alive).toEqual([[false]]);
});
