import type { Client, Context, GraphError } from "@microsoft/microsoft-graph-client";
import { withLargeAttachments, type UploadError } from "../../src/index.js";
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { clientOf, fileOf, sha256 } from "../support/graph";

let emulator: Emulator;
let client: Client;
beforeAll(async () => {
  emulator = await startEmulator();
  client = withLargeAttachments(clientOf(emulator), { delay: 1 });
});
afterAll(() => emulator.close());
afterEach(() => {
  emulator.vary({ largeMime: "taken" });
  emulator.reset();
});

const LIMIT = 4_194_304;
const message = (text = "Text", more = "") =>
  `From: megan@contoso.example\r\nTo: a@contoso.example\r\nMessage-ID: <m@x>\r\nSubject: Hi${more}\r\n\r\n${text}`;
/** MIME whose base64 has so many bytes. */
const ofLength = (length: number) => message("x".repeat((length / 4) * 3 - message("").length));
const base64 = (mime: string) => Buffer.from(mime).toString("base64");
const kinds = () => emulator.requests.map(({ kind }) => kind).filter((kind) => !["list", "item"].includes(kind));
type Caught = UploadError & GraphError;
const failed = async (work: Promise<unknown>): Promise<Caught> =>
  work.then(
    () => {
      throw new Error("It did not fail.");
    },
    (error: Caught) => error,
  );

const forms: [string, (text: string) => unknown][] = [
  ["a string", (text) => text],
  ["a Buffer", (text) => Buffer.from(text)],
  ["an ArrayBuffer", (text) => new Uint8Array(Buffer.from(text)).buffer],
  ["a Blob", (text) => new Blob([text])],
  ["a Uint8Array", (text) => new Uint8Array(Buffer.from(text))],
];
const spellings: [string, string][] = [
  ["Content-Type", "text/plain"],
  ["content-type", "TEXT/PLAIN; charset=utf-8"],
  ["CONTENT-TYPE", " text/plain;charset=us-ascii"],
];

describe("a message in MIME above the limit of a request", () => {
  test.each(forms)("is refused before it goes out, with what to do, when it is %s", async (_, form) => {
    const post = client
      .api("/me/sendMail")
      .header("Content-Type", "text/plain")
      .post(form(base64(ofLength(LIMIT + 4))));
    expect(await failed(post)).toMatchObject({
      code: "tooLarge",
      message: expect.stringMatching(
        /^The MIME has .* in base64; one request takes up to .*graphTransport.*withAttachments.*Nothing was sent\.$/,
      ),
    });
    expect(emulator.requests).toEqual([]);
  });

  test.each(spellings)("is known by %s: %s", async (name, value) => {
    const error = await failed(
      client
        .api("/me/sendMail")
        .header(name, value)
        .post(base64(ofLength(LIMIT + 4))),
    );
    expect(error).toMatchObject({ code: "tooLarge" });
    expect(emulator.requests).toEqual([]);
  });

  test.each([
    "/me/messages",
    "/users/u@x/mailFolders/drafts/messages",
    "/me/messages/1/reply",
    "/me/messages/1/replyAll",
    "/me/messages/1/forward",
    "/me/messages/1/createReply",
    "/me/messages/1/createReplyAll",
    "/me/messages/1/microsoft.graph.createForward",
    "/users('u@x')/sendMail?a=b",
  ])("is refused at %s too", async (path) => {
    const error = await failed(
      client
        .api(path)
        .header("Content-Type", "text/plain")
        .post(base64(ofLength(LIMIT + 4))),
    );
    expect(error).toMatchObject({ code: "tooLarge" });
    expect(emulator.requests).toEqual([]);
  });

  test("with files next to it is refused without advice that was followed already", async () => {
    const post = client.api("/me/sendMail").header("Content-Type", "text/plain");
    const error = await failed(
      post.withAttachments([{ file: fileOf(1), name: "a" }]).post(base64(ofLength(LIMIT + 4))),
    );
    expect(error.message).toContain("more of its files");
    expect(emulator.requests).toEqual([]);
  });
});

describe("a message in MIME that fits", () => {
  test.each(forms)("passes byte for byte when it is %s", async (_, form) => {
    const text = base64(ofLength(LIMIT));
    await client.api("/me/sendMail").header("Content-Type", "text/plain").post(form(text));
    expect(kinds()).toEqual(["mail"]);
    expect(emulator.requests[0]!.bodyBytes).toBe(LIMIT);
    expect(emulator.mailbox.outbox()[0]!.mime!.toString()).toBe(ofLength(LIMIT));
  });

  test("passes as a stream too, and one that is too long is refused before anything is sent", async () => {
    const through = (stream: ReadableStream | AsyncIterable<unknown>) => {
      const body = stream as ReadableStream;
      const request = client.api("/me/sendMail").header("Content-Type", "text/plain");
      // the client itself makes text of a stream, but a middleware before this one may set one
      const send = Reflect.get(request, "httpClient") as { sendRequest(context: Context): Promise<Caught> };
      Object.defineProperty(request, "httpClient", {
        value: {
          sendRequest: (context: Context) => send.sendRequest({ ...context, options: { ...context.options, body } }),
        },
      });
      return request.post("");
    };
    for (const stream of [
      (text: string) => new Blob([text]).stream(),
      async function* (text: string) {
        yield text.slice(0, 9);
        yield Buffer.from(text.slice(9));
      },
    ]) {
      emulator.reset();
      await through(stream(base64(message())));
      expect(emulator.mailbox.outbox()[0]!.mime!.toString()).toBe(message());
      expect(await failed(through(stream(base64(ofLength(LIMIT + 4)))))).toMatchObject({ code: "tooLarge" });
      expect(kinds()).toEqual(["mail"]);
    }
  });

  test("and that the service answers with 200, as it was seen to do without accepting it, is reported", async () => {
    emulator.vary({ largeMime: "ignored" });
    const error = await failed(
      client
        .api("/me/sendMail")
        .header("Content-Type", "text/plain")
        .post(base64(ofLength(4_000_000))),
    );
    expect(error).toMatchObject({ code: "tooLarge", message: expect.stringContaining("did not accept it") });
    expect(emulator.mailbox.outbox()).toEqual([]);
  });

  test("is no matter of a JSON request, which is never refused for being text", async () => {
    const body = { message: { subject: "Hi", body: { content: "x".repeat(LIMIT) }, toRecipients: [] } };
    expect((await failed(client.api("/me/sendMail").post(body))).statusCode).toBe(413);
  });
});

describe("withAttachments next to MIME", () => {
  const large = fileOf(5_000_000);
  const send = (path: string, mime = message()) =>
    client
      .api(path)
      .header("Content-Type", "text/plain")
      .withAttachments([
        { file: large, name: "big.bin" },
        { file: fileOf(10), name: "small.bin" },
      ])
      .post(base64(mime));

  test("sends the message as it is, with the files by sessions", async () => {
    await send("/me/sendMail");
    const [sent, ...others] = emulator.mailbox.outbox();
    expect(others).toEqual([]);
    expect(sent!.mime!.toString()).toBe(message());
    expect(sent!.attachments).toMatchObject([
      { name: "big.bin", sha256: sha256(large), via: "session" },
      { name: "small.bin" },
    ]);
    expect(kinds()).toEqual(["draft", "create", "range", "range", "post", "send"]);
    expect(emulator.mailbox.drafts()).toEqual([]);
  });

  test("creates a draft, also of an answer", async () => {
    const { id } = emulator.addMessage({ draft: false });
    for (const path of ["/me/messages", `/me/messages/${id}/createReply`]) {
      const draft = await send(path);
      expect(draft).toMatchObject({ isDraft: true, subject: "Hi" });
      expect(emulator.attachments(draft.id)).toHaveLength(2);
    }
  });

  test.each(["after", "before"] as const)(
    "finds a draft whose reply is lost (%s) by its Message-ID, and makes no second one",
    async (reset) => {
      emulator.fault({ on: { kind: "draft" }, reset });
      await send("/me/sendMail");
      expect(emulator.mailbox.outbox()).toHaveLength(1);
      expect(emulator.mailbox.drafts()).toEqual([]);
    },
  );

  test("reports a draft that cannot be told from others, and sends nothing", async () => {
    emulator.fault({ on: { kind: "draft" }, reset: "after" });
    const error = await failed(send("/me/sendMail", message().replace("Message-ID: <m@x>\r\n", "")));
    expect(error).toMatchObject({ code: "uncertain", message: expect.stringContaining("Nothing was sent to anybody") });
    expect(emulator.mailbox.outbox()).toEqual([]);
  });

  test.each([503, 403])("leaves no draft when a step fails for good (%d)", async (status) => {
    emulator.fault({ on: { kind: "range" }, times: Infinity, status });
    expect(await failed(send("/me/sendMail"))).toBeInstanceOf(Error);
    expect([emulator.mailbox.outbox(), emulator.mailbox.drafts()]).toEqual([[], []]);
  });

  test("says that the body is no MIME, before anything is sent", async () => {
    const post = client
      .api("/me/sendMail")
      .header("Content-Type", "text/plain")
      .withAttachments([{ file: large, name: "a" }]);
    expect(await failed(post.post(message()))).toMatchObject({
      code: "invalid",
      message: expect.stringContaining("base64"),
    });
    expect(emulator.requests).toEqual([]);
  });
});
