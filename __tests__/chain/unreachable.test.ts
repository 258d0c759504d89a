import { Client } from "@microsoft/microsoft-graph-client";
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { withLargeAttachments, type UploadError } from "../../src/index.js";
import { clientOf, fileOf } from "../support/graph.js";

const large = fileOf(5_000_000);
const to = [{ emailAddress: { address: "a@example.com" } }];

let emulator: Emulator;
let client: Client;
/** The requests that a network refuses, and how often. */
let refuses: (method: string, url: string) => Error | undefined;
let refused: string[];
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => {
  emulator.reset();
  refuses = () => undefined;
  refused = [];
  const real = globalThis.fetch;
  jest.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const [method, url] = [init?.method ?? "GET", String(input)];
    const error = refuses(method, url);
    if (!error) return real(input, init);
    refused.push(`${method} ${new URL(url).pathname}`);
    throw error;
  });
  client = withLargeAttachments(clientOf(emulator), { delay: 1, retries: 2 });
});
afterEach(() => void jest.restoreAllMocks());
afterAll(() => emulator.close());

const because = (code: string, message: string) =>
  new TypeError("fetch failed", { cause: Object.assign(new Error(message), { code }) });
const noConnection = () => because("ECONNREFUSED", "connect ECONNREFUSED 192.0.2.1:443");
const unknownHost = () => because("ENOTFOUND", "getaddrinfo ENOTFOUND graph.microsoft.com");
const selfSigned = () => because("DEPTH_ZERO_SELF_SIGNED_CERT", "self-signed certificate");
/** Refuses the first requests of a kind; all of them if no number is given. */
const refuse = (method: string, path: RegExp, error: () => Error, times = Infinity) => {
  let left = times;
  refuses = (asked, url) => (asked === method && path.test(new URL(url).pathname) && left-- > 0 ? error() : undefined);
};
const failed = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: UploadError) => error,
  );
const mail = () =>
  client
    .api("/me/sendMail")
    .withAttachments([{ file: large, name: "big.bin" }])
    .post({ message: { subject: "Files", toRecipients: to } });
const event = () =>
  client
    .api("/me/events")
    .withAttachments([{ file: large, name: "big.bin" }])
    .post({ subject: "Meet", attendees: to });

describe.each([
  ["a refused connection", "ECONNREFUSED", noConnection],
  ["an unknown host", "ENOTFOUND", unknownHost],
])("%s", (_, code, error) => {
  test.each(["/messages$", "/createUploadSession$", "/send$"])(
    "does not stop a mail that succeeds at the next attempt: %s",
    async (path) => {
      refuse("POST", new RegExp(path), error, 1);
      await mail();
      expect(refused).toHaveLength(1);
      expect(emulator.mailbox.outbox()).toHaveLength(1);
      expect(emulator.mailbox.drafts()).toEqual([]);
    },
  );

  test("at the sending itself is not uncertain: nothing was sent, the draft is deleted, and the reason is in the message", async () => {
    refuse("POST", /\/send$/, error);
    const told = await failed(mail());
    expect(told).toMatchObject({ name: "UploadError", code: "interrupted" });
    expect(told!.message).toContain(code);
    expect(refused).toHaveLength(3);
    expect(emulator.mailbox.outbox()).toEqual([]);
    expect(emulator.mailbox.drafts()).toEqual([]);
  });

  test("at an invitation is not uncertain: nobody was invited, and the event is deleted", async () => {
    refuse("PATCH", /\/events\//, error);
    const told = await failed(event());
    expect(told).toMatchObject({ name: "UploadError", code: "interrupted" });
    expect(told!.message).toContain(code);
    expect(emulator.events()).toEqual([]);
  });

  test("at an attachment is told with its reason", async () => {
    const { id } = emulator.addMessage();
    refuse("POST", /\/createUploadSession$/, error);
    const told = await failed(client.api(`/me/messages/${id}`).attach(large, { name: "big.bin" }));
    expect(told).toMatchObject({ name: "UploadError", code: "interrupted" });
    expect(told!.message).toContain(code);
  });
});

test("a chat message that was certainly not posted is not uncertain, and its files are deleted", async () => {
  const chat = emulator.teams.addChat();
  refuse("POST", /\/chats\/[^/]+\/messages$/, noConnection);
  const told = await failed(
    client
      .api(`/chats/${chat.id}/messages`)
      .withAttachments([{ file: large, name: "big.bin" }])
      .post({ body: { content: "See" } }),
  );
  expect(told).toMatchObject({ name: "UploadError", code: "interrupted" });
  expect(refused).toHaveLength(3);
  expect(emulator.requests.filter(({ method }) => method === "DELETE")).toHaveLength(1);
});

describe("a certificate that is not trusted", () => {
  const ways: [string, RegExp, () => Promise<unknown>][] = [
    ["a mail", /\/messages$/, mail],
    ["a mail at its sending", /\/send$/, mail],
    [
      "an attachment",
      /\/createUploadSession$/,
      () => client.api(`/me/messages/${emulator.addMessage().id}`).attach(large, { name: "big.bin" }),
    ],
  ];
  test.each(ways)("fails at once and is named: %s", async (_, path, work) => {
    refuse("POST", path, selfSigned);
    const told = await failed(work());
    expect(told).toMatchObject({ name: "UploadError", code: "interrupted" });
    expect(told!.message).toMatch(/certificate .*not trusted.*self-signed certificate/);
    expect(told!.message).not.toContain("retries");
    expect(refused).toHaveLength(1);
    expect(emulator.mailbox.outbox()).toEqual([]);
    expect(emulator.mailbox.drafts()).toHaveLength(refused[0]!.endsWith("/createUploadSession") ? 1 : 0);
  });

  test("of an upload host fails at once, and the session can be resumed later", async () => {
    const { id } = emulator.addMessage();
    refuse("PUT", /./, selfSigned);
    const told = await failed(client.api(`/me/messages/${id}`).attach(large, { name: "big.bin" }));
    expect(told).toMatchObject({ code: "interrupted", session: { offset: 0 } });
    expect(told!.message).toMatch(/certificate .*not trusted/);
    expect(refused).toHaveLength(1);
  });

  test("of a real server is told as well", async () => {
    jest.restoreAllMocks();
    const { fetchOptions: _, ...blind } = emulator.clientOptions;
    const other = Client.init({ ...blind, authProvider: (done) => done(null, emulator.token) });
    const { id } = emulator.addMessage();
    const told = await failed(withLargeAttachments(other).api(`/me/messages/${id}`).attach(large, { name: "big.bin" }));
    expect(told!.message).toMatch(/certificate .*not trusted/);
  });
});
