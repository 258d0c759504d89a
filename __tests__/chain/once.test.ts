import { Client, type GraphError } from "@microsoft/microsoft-graph-client";
import { startEmulator, type Emulator, type RequestKind } from "../../src/emulator/index.js";
import {
  LargeAttachmentHandlerOptions,
  withLargeAttachments,
  type UploadError,
  type UploadOptions,
} from "../../src/index.js";
import { clientOf, fileOf, sha256 } from "../support/graph.js";

const large = fileOf(5_000_000);
const small = fileOf(1_000);
const to = [{ emailAddress: { address: "a@example.com" } }];
const message = { subject: "Files", body: { contentType: "Text", content: "See" }, toRecipients: to };
const files = () => [
  { file: new Blob([large]), name: "big.bin" },
  { file: new Blob([small]), name: "small.txt" },
];
const both = [
  ["big.bin", sha256(large)],
  ["small.txt", sha256(small)],
].sort();

let clock = 0;
let emulator: Emulator;
let client: Client;
const options = { delay: 1, retries: 2, timeout: 2_000 };
beforeAll(async () => void (emulator = await startEmulator({ now: () => Date.now() + clock })));
beforeEach(() => {
  clock = 0;
  emulator.reset();
  emulator.vary({ filterDelay: 0, deletedMail: "gone", answerProperties: "keep", otherPaths: "found", sentDelay: 0 });
  client = withLargeAttachments(clientOf(emulator), options);
});
afterEach(() => emulator.verifyFaults());
afterAll(() => emulator.close());

const kinds = () => emulator.requests.map(({ kind }) => kind);
const count = (kind: RequestKind) => kinds().filter((one) => one === kind).length;
const held = (attachments: readonly { name: string; sha256: string }[]) =>
  attachments.map(({ name, sha256 }) => [name, sha256]).sort();
const failed = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: UploadError & GraphError) => error,
  );
const sendMail = (once: unknown = "job 1", more: UploadOptions = {}, body: object = { message }) =>
  client
    .api("/me/sendMail")
    .withAttachments(files(), { once: once as string, ...more })
    .post(body);
const sentOnce = (subject = "Files") => {
  expect(emulator.mailbox.outbox().map((mail) => mail.subject)).toEqual([subject]);
  expect(held(emulator.mailbox.outbox()[0]!.attachments)).toEqual(both);
  expect(emulator.mailbox.drafts()).toEqual([]);
};

/** A process that dies: nothing after its n-th request leaves it, and nothing is cleaned up. */
class Death extends Error {}
function dying(at: number, when: "before" | "after") {
  const real = globalThis.fetch;
  let [count, dead] = [0, false];
  const stop = jest.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const mine = ++count;
    if (dead || (mine >= at && when === "before")) throw new Death();
    const response = await real(input, init);
    if (mine < at) return response;
    dead = true;
    throw new Death();
  });
  return { revive: () => stop.mockRestore(), happened: () => count >= at };
}

describe("a mail with once", () => {
  test("is sent, and the same mail asked for again is answered as done", async () => {
    await sendMail();
    sentOnce();
    const bytes = emulator.requests.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0);
    await sendMail();
    sentOnce();
    expect(emulator.requests.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0)).toBe(bytes);
    expect(kinds().at(-1)).toBe("list");
  });

  test("takes three requests more than one without, and one for each file: two looks, the time, and whose draft it is", async () => {
    await sendMail();
    const [own, lists] = [kinds(), count("list")];
    emulator.reset();
    await client.api("/me/sendMail").withAttachments(files()).post({ message });
    expect(own.length - kinds().length).toBe(5);
    const more = (["patch", "item"] as const).map((each) => own.filter((kind) => kind === each).length);
    expect([lists - count("list"), ...more]).toEqual([2, 1, 2]);
  });

  test("that would fit into one request is sent once as well, with files and without", async () => {
    const post = (list: object[]) =>
      client
        .api("/me/sendMail")
        .withAttachments(list as never, { once: "small" })
        .post({ message });
    await post([{ file: small, name: "small.txt" }]);
    await post([{ file: small, name: "small.txt" }]);
    expect(emulator.mailbox.outbox()).toHaveLength(1);
    const none = () => client.api("/me/sendMail").withAttachments([], { once: "none" }).post({ message });
    await none();
    await none();
    expect(emulator.mailbox.outbox()).toHaveLength(2);
    expect(emulator.mailbox.drafts()).toEqual([]);
  });

  test("is another mail under another name, also if that differs only in letter case or quotes", async () => {
    for (const once of ["a", "A", "a'b", "a''b", "ä/?&#%+ b"]) await sendMail(once);
    expect(emulator.mailbox.outbox()).toHaveLength(5);
    for (const once of ["a", "A", "a'b", "a''b", "ä/?&#%+ b"]) await sendMail(once);
    expect(emulator.mailbox.outbox()).toHaveLength(5);
  });

  test("is known in each spelling of its mailbox, and if its copy was moved", async () => {
    await sendMail();
    const [sent] = emulator.mailbox.sentItems();
    await client.api(`${sent!.path}/move`).post({ destinationId: "archive" });
    await client.api("/users/me@example.com/sendMail").withAttachments(files(), { once: "job 1" }).post({ message });
    expect(emulator.mailbox.outbox()).toHaveLength(1);
  });

  test.each([
    ["sendMail", () => client.api("/me/sendMail"), { message }],
    ["messages", () => client.api("/me/messages"), message],
    ["mailFolders", () => client.api("/me/mailFolders/inbox/messages"), message],
  ] as const)("is intercepted with a middleware option: %s", async (_, request, body) => {
    const post = () =>
      request()
        .middlewareOptions([new LargeAttachmentHandlerOptions({ once: "plain" })])
        .post(body);
    const first = await post();
    const second = await post();
    expect(second).toEqual(first);
    expect(emulator.mailbox.drafts().length + emulator.mailbox.sentItems().length).toBe(1);
  });
});

describe("a process that dies", () => {
  test.each(["before", "after"] as const)(
    "%s any request of a mail leaves it to the next one, which sends it once",
    async (when) => {
      let total = 0;
      for (let at = 1; ; at++) {
        emulator.reset();
        clock = 0;
        const death = dying(at, when);
        const error = await failed(sendMail());
        death.revive();
        if (!death.happened()) break;
        total = at;
        expect(error).toBeDefined();
        const doubt = kinds().at(-1) === "patch"; // the time is written, and nobody knows whether /send followed
        const again = await failed(sendMail());
        if (again) {
          expect({ at, doubt, code: again.code }).toEqual({ at, doubt: true, code: "uncertain" });
          clock += 11 * 60_000;
          await sendMail();
        }
        sentOnce();
      }
      expect(total).toBeGreaterThan(8);
    },
  );
});
