import { createReadStream, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable, Transform } from "node:stream";
import { Client } from "@microsoft/microsoft-graph-client";
import { UploadError } from "../../src/index.js";
import { graphTransport } from "../../src/nodemailer/index.js";
import { failed, from, kindsOf, sha256, startPost, to, versions, type Data, type Post } from "./support";

let post: Post;
const folder = mkdtempSync(join(tmpdir(), "mailer-test-"));
const large = Buffer.alloc(5_000_000, "large ");
const big = { filename: "big.bin", content: large };
const mail = (more: Data = {}): Data => ({ from, to, subject: "Hi", text: "Text", ...more });
const outbox = () => post.emulator.mailbox.outbox();
/** Drafts and files that were left behind. */
const left = () => [outbox(), post.emulator.mailbox.drafts()];
const temporary = () =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`graph-large-attachments-${process.pid}-`));

beforeAll(async () => {
  post = await startPost();
  writeFileSync(join(folder, "big.bin"), large);
});
afterAll(async () => {
  await post.emulator.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => {
  post.emulator.vary({ largeMime: "taken", sendAs: "granted", concurrency: 4 });
  post.emulator.reset();
});

describe.each(versions)("with %s", (_, version) => {
  const mailer = (...more: [] | [Parameters<Post["mailer"]>[1]]) => post.mailer(version, ...more);

  describe("the result", () => {
    test.each([[[]], [[big]]])("says what nodemailer's users expect", async (attachments) => {
      const info = await mailer().sendMail(mail({ cc: "c@x.example", bcc: "b@x.example", attachments }));
      expect(info).toMatchObject({
        messageId: expect.stringMatching(/^<.*@contoso\.example>$/),
        envelope: { from, to: [to, "c@x.example", "b@x.example"] },
        accepted: [to, "c@x.example", "b@x.example"],
        rejected: [],
        response: expect.stringContaining("202"),
      });
      expect(outbox()).toMatchObject([{ recipients: [to, "c@x.example", "b@x.example"] }]);
      expect(outbox()[0]!.mime!.toString()).toContain(`Message-ID: ${info.messageId}`);
    });

    test("comes to a callback as well as by a promise", async () => {
      const info = await new Promise((resolve, reject) =>
        mailer().sendMail(mail(), (error, result) => (error ? reject(error) : resolve(result))),
      );
      expect(info).toMatchObject({ accepted: [to] });
      const error = await new Promise((resolve) => mailer().sendMail(mail({ to: "" }), resolve));
      expect(error).toMatchObject({ code: "EENVELOPE" });
    });
  });

  describe("a mailbox", () => {
    test("sends as that user, and is the sender if there is no other", async () => {
      await mailer({ mailbox: "megan@contoso.example" }).sendMail({ to, text: "a", attachments: [big] });
      const paths = post.emulator.requests.filter(({ origin }) => origin === "graph").map(({ path }) => path);
      expect(paths.every((path) => path.startsWith("/v1.0/users/megan%40contoso.example/"))).toBe(true);
      expect(outbox()[0]!.mime!.toString()).toContain("From: megan@contoso.example");
    });

    test.each([[[]], [[big]]])(
      "that may not send as somebody else says that Send As is needed, and leaves no draft",
      async (attachments) => {
        post.emulator.vary({ sendAs: "denied" });
        const error = await failed(mailer().sendMail(mail({ from: "ceo@contoso.example", attachments })));
        expect(error).toMatchObject({
          code: "EENVELOPE",
          responseCode: 403,
          message: expect.stringMatching(/ceo@contoso\.example.*Send As/),
        });
        expect(error.cause).toMatchObject({ code: "ErrorSendAsDenied" });
        expect(left()).toEqual([[], []]);
      },
    );
  });

  describe("an error", () => {
    test.each([
      [401, "EAUTH"],
      [403, "EAUTH"],
      [404, "EENVELOPE"],
      [413, "EMESSAGE"],
      [400, "EMESSAGE"],
    ])("for %d has nodemailer's code, the status, and ours as its cause", async (status, code) => {
      post.emulator.fault({ on: { kind: "mail" }, status, body: { error: { code: "Some", message: "No." } } });
      const error = await failed(mailer().sendMail(mail()));
      expect(error).toMatchObject({
        code,
        responseCode: status,
        command: "API",
        response: expect.stringContaining("No."),
      });
      expect(error.cause).toMatchObject({ statusCode: status });
    });

    test("of a file names it, and nothing is left behind", async () => {
      post.emulator.fault({ on: { kind: "range" }, times: Infinity, status: 503 });
      const error = await failed(mailer({ retries: 1 }).sendMail(mail({ attachments: [big] })));
      expect(error).toMatchObject({ code: "ECONNECTION", message: expect.stringContaining("big.bin") });
      expect(error.cause).toBeInstanceOf(UploadError);
      expect(left()).toEqual([[], []]);
    });

    test("after which nobody knows whether the mail was sent invites nobody to send it again", async () => {
      post.emulator.fault({ on: { kind: "mail" }, reset: "before" });
      const error = await failed(mailer().sendMail(mail()));
      expect(error).toMatchObject({ code: "EMESSAGE", message: expect.stringContaining("Check Sent Items") });
      expect(error.cause).toMatchObject({ code: "uncertain" });
    });
  });

  describe("verify", () => {
    test("tells that the token may send, and sends nothing", async () => {
      expect(await mailer().verify()).toBe(true);
      expect(await new Promise((resolve) => mailer().verify((error, ok) => resolve([error, ok])))).toEqual([
        null,
        true,
      ]);
      expect(left()).toEqual([[], []]);
    });

    test.each([401, 403])("fails for a token that is refused (%d)", async (status) => {
      post.emulator.fault({ on: { kind: "mail" }, status, times: 2 });
      expect(await failed(mailer().verify())).toMatchObject({ code: "EAUTH", responseCode: status });
      expect(await new Promise((resolve) => mailer().verify(resolve))).toMatchObject({ code: "EAUTH" });
    });
  });

  describe("a queue", () => {
    test("sends four messages at the same time, and is idle while it takes more", async () => {
      const busy = mailer();
      expect(busy.isIdle()).toBe(true);
      await new Promise<void>((resolve) => busy.once("idle", resolve));
      const messages = Array.from({ length: 12 }, (_, index) => mail({ subject: String(index) }));
      const done: Promise<unknown>[] = [];
      await new Promise<void>((resolve) => {
        const feed = () => {
          while (busy.isIdle() && messages.length > 0) done.push(busy.sendMail(messages.shift()!));
          if (messages.length === 0) resolve();
        };
        busy.on("idle", feed);
        feed();
        expect(busy.isIdle()).toBe(false);
      });
      await Promise.all(done);
      expect(
        outbox()
          .map(({ subject }) => Number(subject))
          .sort((a, b) => a - b),
      ).toEqual([...Array(12).keys()]);
      expect(post.emulator.requests.filter(({ status }) => status === 429)).toEqual([]);
    });

    test("that is closed finishes what it has begun, refuses the rest, and tells when it is empty", async () => {
      const closing = mailer({ maxConnections: 1 });
      const first = closing.sendMail(mail({ subject: "first" }));
      const second = failed(closing.sendMail(mail({ subject: "second" })));
      await new Promise(setImmediate);
      const clear = new Promise<void>((resolve) => closing.once("clear", resolve));
      closing.close();
      expect(await second).toMatchObject({ code: "ECONNECTION", message: expect.stringContaining("closed") });
      await first;
      if (_ === "nodemailer 10") await clear;
      expect(await failed(closing.sendMail(mail()))).toMatchObject({ code: "ECONNECTION" });
      expect(closing.isIdle()).toBe(false);
      expect(outbox().map(({ subject }) => subject)).toEqual(["first"]);
    });
  });

  describe("a source that cannot be read", () => {
    const broken = () => {
      const stream = new PassThrough();
      stream.write(Buffer.alloc(3_000_000));
      setTimeout(() => stream.destroy(new Error("The disk is on fire")), 5);
      return stream;
    };
    const early = () => {
      const stream = new PassThrough();
      stream.on("error", () => {});
      stream.destroy(new Error("The disk is on fire"));
      return stream;
    };
    test.each<[string, () => Data, RegExp]>([
      [
        "a path that does not exist",
        () => ({ path: join(folder, "missing.zip") }),
        /^missing\.zip could not be read: it does not exist\./,
      ],
      ["a folder", () => ({ path: folder }), /it is a folder/],
      [
        "a stream of a missing file",
        () => ({ filename: "a.bin", content: createReadStream(join(folder, "no")) }),
        /^a\.bin could not be read: it does not exist/,
      ],
      [
        "a stream that fails late",
        () => ({ filename: "a.bin", content: broken() }),
        /^a\.bin could not be read: The disk is on fire/,
      ],
      ["a stream that has failed already", () => ({ filename: "a.bin", content: early() }), /could not be read/],
      ["a URL that nobody answers", () => ({ filename: "a.bin", href: "http://127.0.0.1:1/a" }), /could not be read/],
    ])("(%s) fails before anything is sent, though a large file comes first", async (_what, attachment, message) => {
      const error = await failed(mailer().sendMail(mail({ attachments: [big, attachment()] })));
      expect(error).toMatchObject({
        code: "ESTREAM",
        message: expect.stringMatching(message),
        cause: { code: "source" },
      });
      expect(post.emulator.requests).toEqual([]);
      expect(temporary()).toEqual([]);
    });

    test("lets go of the other streams", async () => {
      const other = createReadStream(join(folder, "big.bin"));
      const attachments = [{ path: join(folder, "missing") }, { filename: "a", content: other }];
      await failed(mailer().sendMail(mail({ attachments })));
      expect(other.destroyed).toBe(true);
    });

    test("because nodemailer forbids it keeps nodemailer's code", async () => {
      const closed = (data: Data) =>
        failed(post.mailer(version, {}, { disableFileAccess: true, disableUrlAccess: true }).sendMail(mail(data)));
      expect(await closed({ attachments: [{ path: join(folder, "big.bin") }] })).toMatchObject({ code: "EFILEACCESS" });
      expect(await closed({ attachments: [{ href: "http://127.0.0.1:1/a" }] })).toMatchObject({ code: "EURLACCESS" });
      expect(post.emulator.requests).toEqual([]);
    });
  });

  describe("an abort", () => {
    test.each(["for one message", "for all"])("%s stops the upload and leaves no draft", async (which) => {
      const controller = new AbortController();
      const onProgress = () => controller.abort(new Error("enough"));
      const { signal } = controller;
      const error = await failed(
        which === "for all"
          ? mailer({ signal, onProgress }).sendMail(mail({ attachments: [big] }))
          : mailer().sendMail(mail({ attachments: [big], signal, graph: { onProgress } })),
      );
      expect(error).toMatchObject({ name: "AbortError", code: "EABORT", cause: { message: "enough" } });
      expect(left()).toEqual([[], []]);
    });

    test("of a message that waits takes it out of the queue immediately", async () => {
      const queue = mailer({ maxConnections: 1 });
      const controller = new AbortController();
      const first = queue.sendMail(mail({ subject: "first" }));
      const second = failed(queue.sendMail(mail({ subject: "second", signal: controller.signal })));
      await new Promise(setImmediate);
      controller.abort();
      expect(await second).toMatchObject({ code: "EABORT" });
      await first;
      expect(outbox().map(({ subject }) => subject)).toEqual(["first"]);
    });

    test("ends the reading of a stream that never ends", async () => {
      const controller = new AbortController();
      const endless = new Readable({
        read() {
          setImmediate(() => this.push(Buffer.alloc(65_536)));
        },
      });
      setTimeout(() => controller.abort(), 30);
      const sending = mailer({ signal: controller.signal }).sendMail(
        mail({ attachments: [{ filename: "a", content: endless }] }),
      );
      expect(await failed(sending)).toMatchObject({ code: "EABORT" });
      expect(endless.destroyed).toBe(true);
      expect(temporary()).toEqual([]);
    });
  });

  describe("once", () => {
    test("sends a message that is given again under the same name only once, small or large", async () => {
      for (const attachments of [[], [big]]) {
        post.emulator.reset();
        const data = () => mail({ attachments, graph: { once: "job 1" } });
        const first = await mailer().sendMail(data());
        const second = await mailer({ once: "other" }).sendMail(data());
        expect(second.messageId).toBe(first.messageId);
        await mailer({ once: () => "job 2" }).sendMail(mail({ attachments }));
        expect(outbox()).toHaveLength(2);
        expect(post.emulator.mailbox.drafts()).toEqual([]);
      }
    });

    test("finishes what a try has left that ended in the middle of the upload", async () => {
      const data = mail({ attachments: [big, { filename: "small.txt", content: "small" }], graph: { once: "job 1" } });
      post.emulator.fault({ on: { kind: "range", range: "last" }, status: 503 });
      await failed(mailer({ retries: 0 }).sendMail(data));
      expect(post.emulator.mailbox.drafts()).toHaveLength(1);
      await mailer().sendMail(data);
      expect(outbox()).toHaveLength(1);
      expect(outbox()[0]!.attachments.map(({ name, sha256 }) => [name, sha256])).toEqual([
        ["big.bin", sha256(large)],
        ["small.txt", sha256(Buffer.from("small"))],
      ]);
      expect(post.emulator.mailbox.drafts()).toEqual([]);
    });
  });

  test("checkpoints finish what a try has left, though nodemailer composes it with other ids", async () => {
    const stored = new Map<string, never>();
    const checkpoints = {
      load: (key: string) => stored.get(key),
      save: (key: string, session: object) => void stored.set(key, structuredClone(session) as never),
      remove: (key: string) => void stored.delete(key),
    };
    const data = () => mail({ html: "<b>Html</b>", attachments: [big, { filename: "small.txt", content: "small" }] });
    post.emulator.fault({ on: { kind: "range", range: "last" }, status: 503 });
    await failed(mailer({ retries: 0, checkpoints }).sendMail(data()));
    expect(post.emulator.mailbox.drafts()).toHaveLength(1);
    await mailer({ checkpoints }).sendMail(data());
    expect(outbox().map(({ attachments }) => attachments.map(({ name }) => name))).toEqual([["big.bin", "small.txt"]]);
    expect(post.emulator.mailbox.drafts()).toEqual([]);
    await mailer({ checkpoints }).sendMail(mail({ text: "Another text", attachments: [big] }));
    expect(outbox()).toHaveLength(2);
  });

  describe("plugins", () => {
    test("of the steps compile and stream apply as with any transport", async () => {
      const plugged = mailer();
      plugged.use("compile", (mail, done) => {
        Object.assign(mail.data, { html: "<b>by a plugin</b>" });
        done();
      });
      plugged.use("stream", (mail, done) => {
        mail.message.setHeader("X-Plugin", "yes");
        done();
      });
      await plugged.sendMail(mail({ attachments: [big] }));
      expect(outbox()[0]!.body).toContain("by a plugin");
      expect(outbox()[0]!.mime!.toString()).toContain("X-Plugin: yes");
    });

    test("that transform the whole message keep what travels in it, and no file leaves past them", async () => {
      const encrypting = mailer();
      encrypting.use("stream", (mail, done) => {
        const upper = () =>
          new Transform({
            transform: (chunk, _encoding, next) => next(null, String(chunk).replaceAll("Text", "SECRET")),
          });
        (mail.message as unknown as { transform(make: unknown): void }).transform(upper);
        done();
      });
      await encrypting.sendMail(mail());
      expect(outbox()[0]!.body).toContain("SECRET");
      const error = await failed(encrypting.sendMail(mail({ attachments: [big] })));
      expect(error).toMatchObject({ code: "EMESSAGE", message: expect.stringContaining("plugin") });
      expect(kindsOf(post.emulator)).toEqual(["mail"]);
    });
  });

  test("a service that ignores a message without saying so gets its files one by one", async () => {
    post.emulator.vary({ largeMime: "ignored" });
    const attachments = [1, 2, 3].map((n) => ({ filename: `${n}.bin`, content: Buffer.alloc(900_000, n) }));
    await mailer().sendMail(mail({ attachments }));
    expect(outbox()[0]!.attachments.map(({ name }) => name)).toEqual(["1.bin", "2.bin", "3.bin"]);
  });
});

test("what is no client, and wrong options, are refused when the transport is made", async () => {
  const { client } = post;
  expect(() => graphTransport({} as Client)).toThrow(UploadError);
  expect(() => graphTransport(client, { mailbox: " " })).toThrow(/mailbox/);
  expect(() => graphTransport(client, { maxConnections: 0 })).toThrow(/maxConnections/);
  expect(() => graphTransport(client, { rangesize: 1 } as object)).toThrow(/rangeSize/);
});
