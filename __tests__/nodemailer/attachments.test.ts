import { randomFillSync } from "node:crypto";
import { createReadStream, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { from, kindsOf, seen, sha256, startPost, to, versions, type Data, type Post } from "./support";

let post: Post;
let server: Server;
let url: string;
const folder = mkdtempSync(join(tmpdir(), "mailer-test-"));
const small = randomFillSync(Buffer.alloc(30_000));
const large = randomFillSync(Buffer.alloc(5_000_000));

beforeAll(async () => {
  post = await startPost();
  writeFileSync(join(folder, "small.bin"), small);
  writeFileSync(join(folder, "large.bin"), large);
  server = createServer((request, response) => response.end(request.url === "/large.bin" ? large : small));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await post.emulator.close();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => {
  post.emulator.vary({ largeMime: "taken" });
  post.emulator.reset();
});

/** Leftovers of streams that went to a file. */
const temporary = () =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`graph-large-attachments-${process.pid}-`));

interface Expected {
  readonly name: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
  readonly isInline?: boolean;
  readonly contentId?: string | null;
}

/** The kinds of attachments in nodemailer's documentation (message/attachments). */
const kinds: [what: string, attachment: (bytes: Buffer, name: string) => Data, expected: Partial<Expected>][] = [
  ["a Buffer", (content) => ({ filename: "text3.txt", content }), { name: "text3.txt", contentType: "text/plain" }],
  [
    "a path",
    (_, name) => ({ filename: "text3.txt", path: join(folder, name) }),
    { name: "text3.txt", contentType: "text/plain" },
  ],
  ["a path alone", (_, name) => ({ path: join(folder, name) }), { contentType: "application/octet-stream" }],
  [
    "a stream of a file",
    (_, name) => ({ filename: "text4.bin", content: createReadStream(join(folder, name)) }),
    { name: "text4.bin" },
  ],
  [
    "any stream",
    (bytes) => ({ filename: "text4.bin", content: Readable.from([bytes.subarray(0, 7), bytes.subarray(7)]) }),
    { name: "text4.bin" },
  ],
  [
    "a type",
    (content) => ({ filename: "text", content, contentType: "application/pdf" }),
    { name: "text", contentType: "application/pdf" },
  ],
  ["a URL as href", (_, name) => ({ filename: "license.bin", href: `${url}/${name}` }), { name: "license.bin" }],
  ["a URL as path", (_, name) => ({ path: `${url}/${name}` }), {}],
  [
    "a string in base64",
    (bytes) => ({ filename: "text1.bin", content: bytes.toString("base64"), encoding: "base64" }),
    { name: "text1.bin" },
  ],
  [
    "a string in hex",
    (bytes) => ({ filename: "text1.bin", content: bytes.toString("hex"), encoding: "hex" }),
    { name: "text1.bin" },
  ],
  [
    "a data URI",
    (bytes) => ({ filename: "uri.bin", path: `data:application/octet-stream;base64,${bytes.toString("base64")}` }),
    { name: "uri.bin" },
  ],
  [
    "a content id",
    (content) => ({ filename: "image.png", content, cid: "unique@nodemailer.com" }),
    { name: "image.png", contentType: "image/png", isInline: true, contentId: "unique@nodemailer.com" },
  ],
  ["an emoji in its name", (content) => ({ filename: "Größe 📈 (ß).bin", content }), { name: "Größe 📈 (ß).bin" }],
  [
    "quotes in its name",
    (content) => ({ filename: `it's "quoted"; a=b.bin`, content }),
    { name: `it's "quoted"; a=b.bin` },
  ],
  ["a long name", (content) => ({ filename: `${"ä".repeat(60)}.bin`, content }), { name: `${"ä".repeat(60)}.bin` }],
];

describe.each(versions)("with %s", (_, version) => {
  describe.each([
    ["small", small, ["mail"]],
    ["large", large, ["draft", "create", "range", "range", "send"]],
  ] as const)("a %s attachment", (size, bytes, requests) => {
    test.each(kinds)("that is given as %s arrives as it was", async (_what, attachment, expected) => {
      const name = `${size}.bin`;
      const html = '<img src="cid:unique@nodemailer.com">';
      const mail = { from, to, subject: "Hi", text: "Text", html, attachments: [attachment(bytes, name)] };
      await post.mailer(version).sendMail(mail);
      const [sent, ...others] = post.emulator.mailbox.outbox();
      expect(others).toEqual([]);
      expect(sent!.attachments.map(seen)).toEqual([
        {
          name,
          contentType: expected.contentType ?? "application/octet-stream",
          isInline: false,
          contentId: null,
          sha256: sha256(bytes),
          ...expected,
        },
      ]);
      expect(kindsOf(post.emulator)).toEqual(requests);
      expect(sent).toMatchObject({ subject: "Hi", recipients: [to] });
      expect(sent!.body).toContain(html);
      expect(post.emulator.mailbox.drafts()).toEqual([]);
      expect(temporary()).toEqual([]);
    });

    test("without a file name arrives under a made-up one", async () => {
      await post.mailer(version).sendMail({ from, to, text: "a", attachments: [{ filename: false, content: bytes }] });
      expect(post.emulator.mailbox.outbox()[0]!.attachments).toMatchObject([{ sha256: sha256(bytes) }]);
    });

    test("that is all of the message arrives, and the text is empty", async () => {
      await post
        .mailer(version)
        .sendMail({ from, to, subject: "Only", attachments: [{ filename: "a.bin", content: bytes }] });
      const [sent] = post.emulator.mailbox.outbox();
      expect(sent).toMatchObject({
        subject: "Only",
        recipients: [to],
        attachments: [{ name: "a.bin", sha256: sha256(bytes) }],
      });
      expect(sent!.body.trim()).toBe("");
    });
  });
});
