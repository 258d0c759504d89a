import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client, GraphError } from "@microsoft/microsoft-graph-client";
import { startEmulator, type Emulator, type RequestKind } from "../../src/emulator/index.js";
import { withLargeAttachments, type UploadError } from "../../src/index.js";
import { clientOf, fileOf, sha256 } from "../support/graph.js";

const large = fileOf(5_000_000);
const small = fileOf(1_000);
const to = [{ emailAddress: { address: "a@example.com" } }];
const message = { subject: "Files", toRecipients: to };
const both = [
  ["big.bin", sha256(large)],
  ["small.txt", sha256(small)],
].sort();

let clock = 0;
let emulator: Emulator;
const options = { delay: 1, retries: 2, timeout: 20_000 };
beforeAll(async () => void (emulator = await startEmulator({ now: () => Date.now() + clock })));
beforeEach(() => {
  clock = 0;
  emulator.reset();
  emulator.vary({ filterDelay: 0, deletedMail: "gone", sentDelay: 0 });
});
afterEach(() => emulator.verifyFaults());
afterAll(() => emulator.close());

const worker = () => withLargeAttachments(clientOf(emulator), options);
const count = (kind: RequestKind) => emulator.requests.filter((one) => one.kind === kind).length;
const held = (attachments: readonly { name: string; sha256: string }[]) =>
  attachments.map(({ name, sha256 }) => [name, sha256]).sort();
const failed = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: UploadError & GraphError) => error,
  );
const files = () => [
  { file: new Blob([large]), name: "big.bin" },
  { file: new Blob([small]), name: "small.txt" },
];
const send = (client: Client = worker(), signal?: AbortSignal) =>
  client.api("/me/sendMail").withAttachments(files(), { once: "job", signal }).post({ message });
/** Does the job until it is done, as a queue does. */
async function untilDone(work: () => Promise<unknown> = send): Promise<string[]> {
  const codes: string[] = [];
  for (;;) {
    const error = await failed(work());
    if (!error) return codes;
    codes.push(error.code ?? String(error));
    expect(codes.length).toBeLessThan(50);
    await sleep(50); // as a queue does: another worker may be busy
    if (error.code === "uncertain") clock += 11 * 60_000;
    else if (!["takenOver", "interrupted"].includes(error.code ?? "")) throw error;
  }
}
const liveDrafts = () => emulator.mailbox.drafts().filter(({ folder }) => folder !== "deleteditems");
const sentOnce = () => {
  expect(emulator.mailbox.outbox().map((mail) => held(mail.attachments))).toEqual([both]);
  expect(liveDrafts()).toEqual([]);
};

test.each([0, 1, 2, 3, 6])(
  "three workers at the same moment send one mail; the list shows mail late: %s",
  async (filterDelay) => {
    emulator.vary({ filterDelay, concurrency: 100 as 4 });
    const codes = await Promise.all([untilDone(), untilDone(), untilDone()]);
    expect(codes.flat().filter((code) => !/takenOver|interrupted|uncertain/.test(code))).toEqual([]);
    emulator.vary({ filterDelay: 0 });
    await send(); // deletes drafts that the list did not show before
    sentOnce();
  },
);

test.each([
  ["the first range of the large file", 1],
  ["its last range", 2],
])(
  "a worker that slept after %s, and wakes up just as another one sends the mail, adds nothing to it",
  async (_, at) => {
    const realFetch = globalThis.fetch;
    const workers = new AsyncLocalStorage<string>();
    let wake = () => {};
    const awake = new Promise<void>((resolve) => (wake = resolve));
    let asleep = () => {};
    const sleeps = new Promise<void>((resolve) => (asleep = resolve));
    let sent = 0;
    const slow = jest.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
      const worker = workers.getStore();
      if (worker === "other" && String(input).endsWith("/send")) {
        wake();
        await sleeper;
      }
      const response = await realFetch(input, init);
      if (worker === "sleeper" && init?.method === "PUT" && ++sent === at) {
        asleep();
        await awake;
      }
      return response;
    });
    const sleeper: Promise<unknown> = workers.run("sleeper", () => failed(send()));
    await sleeps;
    await workers.run("other", () => send());
    expect(await sleeper).toMatchObject({ code: "takenOver" });
    slow.mockRestore();
    sentOnce();
  },
);

test("a worker that another one has overtaken stops, and says so", async () => {
  let second: Promise<unknown> | undefined;

  const first = worker()
    .api("/me/sendMail")
    .withAttachments(files(), {
      once: "job",
      onProgress: () => {
        second ??= send();
      },
    })
    .post({ message });
  const overtaken = await failed(first);
  await second;
  sentOnce();
  if (overtaken) expect(overtaken).toMatchObject({ code: "takenOver" });
});

test("a draft that a person deleted is not taken up; a copy that a person deleted counts as sent", async () => {
  emulator.vary({ deletedMail: "moved" });
  emulator.fault({ on: { kind: "range" }, times: 4, status: 503 });
  expect(await failed(send())).toMatchObject({ code: "interrupted" });
  const [draft] = emulator.mailbox.drafts();
  await worker().api(draft!.path).delete();
  await send();
  sentOnce();
  expect(emulator.mailbox.drafts()).toHaveLength(1); // the deleted one
  const [sent] = emulator.mailbox.sentItems();
  await worker().api(sent!.path).delete();
  await send();
  expect(emulator.mailbox.outbox()).toHaveLength(1);
});

test("an interruption keeps the draft, and the next try attaches what is missing", async () => {
  emulator.fault({ on: { kind: "range", range: "last" }, times: 4, status: 503 });
  const error = await failed(send());
  expect(error).toMatchObject({ code: "interrupted" });
  expect(error!.message).toMatch(/draft is kept. Send it again with the same once/);
  expect(error!.message).not.toMatch(/deleted|restore/);
  const [drafts, posts] = [count("draft"), count("post")];
  await send();
  sentOnce();
  expect([count("draft"), count("post")]).toEqual([drafts, posts + 1]); // the small file comes after the large one
});

test("a draft that was moved is finished where it is now", async () => {
  emulator.fault({ on: { kind: "range" }, times: 4, status: 503 });
  await failed(send());
  const [draft] = emulator.mailbox.drafts();
  await worker().api(`${draft!.path}/move`).post({ destinationId: "archive" });
  await send();
  sentOnce();
  expect(count("draft")).toBe(1);
});

test("a mail that is on its way is waited for, and is not sent again", async () => {
  emulator.vary({ sentDelay: 1_000 });
  emulator.fault({ on: { kind: "send" }, reset: "after" });
  const error = await failed(send());
  expect(error).toMatchObject({ code: "uncertain", item: expect.any(String) });
  expect(error!.message).toMatch(/Send it again with the same once in ten minutes/);
  expect(await failed(send())).toMatchObject({ code: "uncertain" });
  expect(count("send")).toBe(1);
});

test("a refusal is the service's own error, and deletes the draft", async () => {
  const work = worker()
    .api("/me/sendMail")
    .withAttachments(files(), { once: "job" })
    .post({ message: { ...message, toRecipients: [] } });
  expect(await failed(work)).toMatchObject({ statusCode: 400, code: "ErrorInvalidRecipients" });
  expect(emulator.mailbox.drafts()).toEqual([]);
  await send();
  sentOnce();
});

test("an abort deletes the draft of this process, not one that another process has taken over", async () => {
  const stop = new AbortController();
  const work = worker()
    .api("/me/sendMail")
    .withAttachments(files(), { once: "job", signal: stop.signal, onProgress: () => stop.abort(new Error("stop")) })
    .post({ message });
  await failed(work);
  expect(emulator.mailbox.drafts()).toEqual([]);
  await send();
  sentOnce();
});

test("a throttled send is known not to have happened: the next try sends at once", async () => {
  emulator.fault({ on: { kind: "send" }, status: 429, headers: { "Retry-After": "700" } }); // longer than anybody waits
  expect(await failed(send())).toMatchObject({ statusCode: 429 });
  expect(emulator.mailbox.drafts()).toHaveLength(1);
  await send();
  sentOnce();
});

test("an answer whose creator slept before it noted what the answer holds gets each file once", async () => {
  const realFetch = globalThis.fetch;
  const workers = new AsyncLocalStorage<string>();
  let created = () => {};
  const isCreated = new Promise<void>((resolve) => (created = resolve));
  let wake = () => {};
  const awake = new Promise<void>((resolve) => (wake = resolve));
  let searches = 0;
  const slow = jest.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const [worker, url] = [workers.getStore(), String(input)];
    if (worker === "other" && url.includes("/me/messages?") && ++searches === 2) {
      wake(); // everything is attached
      await creator;
    }
    const response = await realFetch(input, init);
    if (worker === "creator" && url.endsWith("/createReply")) {
      created();
      await awake;
    }
    return response;
  });
  const original = emulator.addMessage({ draft: false });
  const answer = () =>
    worker().api(`${original.path}/reply`).withAttachments(files(), { once: "answer" }).post({ comment: "c" });
  const creator: Promise<unknown> = workers.run("creator", () => failed(answer()));
  await isCreated;
  await workers.run("other", () => untilDone(answer));
  expect(await creator).toMatchObject({ code: "takenOver" });
  slow.mockRestore();
  sentOnce();
});

describe.each(["reply", "replyAll", "forward"])("%s with once", (verb) => {
  const report = fileOf(2_000);
  const answer = (path: string) =>
    worker()
      .api(`${path}/${verb}`)
      .withAttachments([...files(), { file: report, name: "report.pdf" }], { once: "answer" })
      .post({ comment: "c", ...(verb === "forward" ? { toRecipients: to } : {}) });

  test.each(["keep", "drop"] as const)(
    "is sent once, through each failure; the service %ss extended properties",
    async (answerProperties) => {
      emulator.vary({ answerProperties });
      for (const kind of ["draft", "patch", "create", "range", "post", "send"] as const) {
        emulator.reset();
        clock = 0;
        const original = emulator.addMessage({ draft: false });
        emulator.addAttachment(original, { name: "report.pdf", bytes: report });
        emulator.fault({ on: { kind }, status: 503, times: 3 });
        const codes = await failed(answer(original.path));
        expect({ kind, failed: codes !== undefined }).toEqual({ kind, failed: true });
        await untilDone(() => answer(original.path));
        await untilDone(() => answer(original.path));
        const [mail, ...others] = emulator.mailbox.outbox();
        expect(others).toEqual([]);
        const copies = verb === "forward" ? [["report.pdf", sha256(report)]] : [];
        expect(held(mail!.attachments)).toEqual([...both, ["report.pdf", sha256(report)], ...copies].sort());
      }
      emulator.vary({ answerProperties: "keep" });
    },
  );
});

describe("an event with once", () => {
  const event = { subject: "Talk", attendees: [{ emailAddress: { address: "b@example.com" } }] };
  const post = () => worker().api("/me/events").withAttachments(files(), { once: "event" }).post(event);

  test("is made once, holds each file once, and invites once", async () => {
    const first = await post();
    const second = await post();
    expect(second.id).toBe(first.id);
    expect(emulator.events()).toMatchObject([{ invited: ["b@example.com"] }]);
    expect(held(emulator.attachments(first.id))).toEqual(both);
    expect(emulator.mailbox.outbox().map(({ kind }) => kind)).toEqual(["invitation"]);
  });

  test.each(["draft", "create", "range", "post", "patch"] as const)("goes on after a failure of %s", async (kind) => {
    emulator.fault({ on: { kind }, status: 503, times: 3 });
    expect(await failed(post())).toBeDefined();
    const { id } = await post();
    expect(emulator.events()).toHaveLength(1);
    expect(held(emulator.attachments(id))).toEqual(both);
    expect(emulator.mailbox.outbox().map(({ kind }) => kind)).toEqual(["invitation"]);
  });
});
