/** The same cases as in `contentBytes.test.ts`, sent through the Graph client to a service in memory. */
import { Client, type Context, type Middleware } from "@microsoft/microsoft-graph-client";
import fc from "fast-check";
import { LargeAttachmentHandler, UploadError } from "../../src/index.js";
import { bytesSent } from "../support/fakes.js";
import { checkAsync } from "./support/check.js";
import {
  base64,
  damaged,
  dice,
  isBase64,
  parsed,
  shuffled,
  spell,
  spelled,
  text,
  tree,
  type Tree,
} from "./support/json.js";

/** A service that accepts uploads and everything else, and keeps it unchanged. */
class Memory implements Middleware {
  readonly passed: { url: string; body: string }[] = [];
  readonly uploads: { item: Record<string, unknown>; bytes: Buffer }[] = [];

  async execute(context: Context): Promise<void> {
    const { method, body, headers } = context.options as { method: string; body: unknown; headers: HeadersInit };
    const url = context.request as string;
    const sent = method === "PUT" ? await bytesSent(body) : body;
    context.response = this.#answer(method, url, sent, new Headers(headers));
  }

  #answer(method: string, url: string, body: unknown, headers: Headers): Response {
    if (method === "GET") return Response.json({ value: this.#held() });
    if (method === "DELETE") return new Response(null, { status: 204 });
    if (url.endsWith("/createUploadSession")) {
      const { AttachmentItem: item } = JSON.parse(String(body)) as { AttachmentItem: Record<string, unknown> };
      this.uploads.push({ item, bytes: Buffer.alloc(0) });
      return Response.json({ uploadUrl: `https://upload.example/${this.uploads.length - 1}` }, { status: 201 });
    }
    if (method === "PUT") return this.#take(Number(url.split("/").pop()), body as Uint8Array, headers);
    this.passed.push({ url, body: String(body) });
    return Response.json({ id: `posted ${this.passed.length}` }, { status: 201 });
  }

  /** The attachments of the one message: those of its first body, those that were posted, and those that were uploaded. */
  #held(): object[] {
    const [first, ...posted] = this.passed.map(({ body }) => parsed(body)?.value as Record<string, unknown>);
    const inside = (first?.["attachments"] ?? []) as Record<string, unknown>[];
    return [
      ...inside.map(({ name }, index) => ({ id: `inside ${index}`, name })),
      ...posted.map(({ name }, index) => ({ id: `posted ${index + 2}`, name })),
      ...this.uploads.map(({ item }, index) => ({ id: String(index), name: item["name"], size: item["size"] })),
    ];
  }

  #take(index: number, bytes: Uint8Array, headers: Headers): Response {
    const [, start, end, total] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers.get("Content-Range")!)!.map(Number);
    const upload = this.uploads[index]!;
    if (start !== upload.bytes.length || end! - start + 1 !== bytes.length) return new Response(null, { status: 416 });
    upload.bytes = Buffer.concat([upload.bytes, bytes]);
    if (upload.bytes.length < total!) return Response.json({ nextExpectedRanges: [`${upload.bytes.length}-`] });
    return new Response(null, { status: 201, headers: { Location: `x/Attachments('${index}')` } });
  }
}

const options = { threshold: 0, rangeSize: 17, delay: 0, retries: 1 };

async function post(path: string, body: string) {
  const memory = new Memory();
  const client = Client.initWithMiddleware({ middleware: [new LargeAttachmentHandler(options), memory] as never });
  const failed = await client
    .api(path)
    .post(body)
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  return { memory, failed };
}

const attachment = fc
  .tuple(
    fc.oneof({ weight: 5, arbitrary: base64 as fc.Arbitrary<Tree> }, tree),
    fc.oneof({ weight: 5, arbitrary: fc.constant("#microsoft.graph.fileAttachment" as Tree) }, tree),
    fc.oneof({ weight: 5, arbitrary: text as fc.Arbitrary<Tree> }, tree),
    fc.array(fc.tuple(text, tree), { maxLength: 3 }),
    fc.nat(),
  )
  .chain(([contentBytes, type, name, others, seed]) =>
    shuffled([
      ...others,
      ["@odata.type", type],
      ["name", name],
      ["contentType", "a/b"],
      ["contentBytes", contentBytes],
    ]).map((members) => spell(members, dice(seed))),
  );

/** Expects an upload of exactly what the body contains, or the unchanged body, or an error with a message. */
async function hold(body: string): Promise<void> {
  const { memory, failed } = await post("/me/messages/AAMk=/attachments", body);
  const given = parsed(body)?.value as Record<string, unknown> | undefined;
  if (failed) {
    expect(failed).toBeInstanceOf(UploadError);
    expect(failed).toMatchObject({ code: "invalid" });
    const { name, contentBytes } = given!;
    const named = typeof name === "string" && name.trim() !== "";
    expect(named && isBase64(String(contentBytes))).toBe(false);
    return expect(memory.passed).toEqual([]);
  }
  if (memory.uploads.length === 0) return expect(memory.passed.map((one) => one.body)).toEqual([body]);
  expect(memory.passed).toEqual([]);
  const [{ item, bytes } = { item: {}, bytes: Buffer.alloc(0) }, ...more] = memory.uploads;
  expect(more).toEqual([]);
  expect(bytes.equals(Buffer.from(String(given!["contentBytes"]), "base64"))).toBe(true);
  expect(item).toMatchObject({ name: given!["name"], size: bytes.length });
  expect(item["contentType"]).toEqual(given!["contentType"] ?? undefined);
}

test("an attachment is uploaded exactly or passes byte for byte, whatever its spelling", () =>
  checkAsync(attachment, 700, hold));

test("a damaged body passes byte for byte, so that the service reports the error", () =>
  checkAsync(damaged(attachment), 700, hold));

const part = fc
  .tuple(fc.constantFrom("#microsoft.graph.fileAttachment", "#microsoft.graph.itemAttachment"), base64, text)
  .filter(([, , name]) => name.trim() !== "")
  .chain(([type, contentBytes, name]) =>
    shuffled([
      ["@odata.type", type],
      ["name", name],
      ["contentBytes", contentBytes],
    ]),
  );

test("a message is sent with exactly the attachments that it was given, each of them once", () =>
  checkAsync(
    fc.tuple(
      fc.array(part as fc.Arbitrary<Tree>, { maxLength: 4 }),
      fc.array(fc.tuple(text, tree), { maxLength: 2 }),
      fc.nat(),
    ),
    700,
    async ([attachments, others, seed]) => {
      const members = [...others.filter(([key]) => key !== "attachments"), ["attachments", attachments] as const];
      const body = spell({ members }, dice(seed));
      const { memory, failed } = await post("/me/messages", body);
      expect(failed).toBeUndefined();
      const [first, ...later] = memory.passed;
      const given = JSON.parse(body) as { attachments: Record<string, unknown>[] };
      const made = JSON.parse(first!.body) as { attachments?: Record<string, unknown>[]; [name: string]: unknown };
      const { attachments: wanted, ...rest } = given;
      const { attachments: inside = [], ...sent } = made;
      Reflect.deleteProperty(sent, "singleValueExtendedProperties"); // the mark that the draft is found by
      expect(JSON.stringify(sent)).toBe(JSON.stringify(rest));
      const known = (one: Record<string, unknown>) =>
        `${String(one["name"])} ${Buffer.from(String(one["contentBytes"]), "base64").toString("hex")}`;
      const posted = later.map((one) => known(JSON.parse(one.body) as Record<string, unknown>));
      const uploaded = memory.uploads.map(({ item, bytes }) => `${String(item["name"])} ${bytes.toString("hex")}`);
      expect([...inside.map(known), ...posted, ...uploaded].sort()).toEqual(wanted.map(known).sort());
    },
  ));

test("a body of another kind passes byte for byte, whatever JSON it is", () =>
  checkAsync(
    fc.tuple(spelled(tree), fc.constantFrom("/me/messages", "/me/sendMail", "/me/events")),
    700,
    async (given) => {
      const [body, path] = given;
      const { memory, failed } = await post(path, body);
      if (failed) return expect(failed).toBeInstanceOf(UploadError);
      const [first] = memory.passed;
      const value = parsed(body)!.value as { message?: unknown } | null;
      const equal = first!.body === body || JSON.stringify(value) === first!.body;
      expect(equal || (typeof value === "object" && JSON.stringify(value).includes("attachments"))).toBe(true);
    },
  ));
