import { createHash } from "node:crypto";
import { Client, type Context, type Middleware } from "@microsoft/microsoft-graph-client";
import { LargeAttachmentTask, withLargeAttachments } from "../../../src/index.js";

/** The fate of a range. `lost`: it is accepted, but no reply is sent. `gone`: the session is dropped. Or a status. */
type Fate = "taken" | "lost" | "gone" | number;

interface Upload {
  readonly name: string;
  readonly bytes: Uint8Array;
  received: number;
}

/** The service of the example, in memory, at the end of the chain of a client. */
class Shelves implements Middleware {
  readonly books: { readonly id: string; readonly name: string; readonly sha256: string }[] = [];
  readonly uploads = new Map<string, Upload>();
  opened = 0;
  /** Hosts that received the token of the caller. */
  readonly signedIn = new Set<string>();

  constructor(private readonly fates: Fate[] = []) {}

  async execute(context: Context): Promise<void> {
    const { method = "GET", headers, body } = context.options as RequestInit;
    const url = new URL(context.request as string);
    const known = new Headers(headers);
    if (known.has("Authorization")) this.signedIn.add(url.hostname);
    const bytes = body ? new Uint8Array(await new Response(body).arrayBuffer()) : new Uint8Array();
    context.response =
      url.hostname === "api.example" ? this.open(bytes) : this.upload(url.href, { method, headers: known, bytes });
  }

  private open(body: Uint8Array): Response {
    const { name, size } = JSON.parse(new TextDecoder().decode(body)) as { name: string; size: number };
    const uploadUrl = `https://books.example/uploads/${++this.opened}?token=secret`;
    this.uploads.set(uploadUrl, { name, bytes: new Uint8Array(size), received: 0 });
    return Response.json({ uploadUrl }, { status: 201 });
  }

  private upload(url: string, request: { method: string; headers: Headers; bytes: Uint8Array }): Response {
    const upload = this.uploads.get(url);
    if (!upload) return new Response(null, { status: 404 });
    if (request.method === "DELETE") {
      this.uploads.delete(url);
      return new Response(null, { status: 204 });
    }
    if (request.method === "GET") return this.status(upload);
    const fate = this.fates.shift() ?? "taken";
    if (typeof fate === "number") return new Response(null, { status: fate });
    if (fate === "gone") {
      this.uploads.delete(url);
      return new Response(null, { status: 404 });
    }
    const [start, last, total] = /(\d+)-(\d+)\/(\d+)/.exec(request.headers.get("Content-Range")!)!.slice(1).map(Number);
    const fits =
      start === upload.received && total === upload.bytes.length && last! - start! + 1 === request.bytes.length;
    if (!fits) return new Response(null, { status: 416 });
    upload.bytes.set(request.bytes, start);
    upload.received += request.bytes.length;
    if (upload.received === total) this.keep(upload);
    if (fate === "lost") throw new TypeError("fetch failed");
    return this.status(upload);
  }

  private keep({ name, bytes }: Upload): void {
    this.books.push({ id: String(this.books.length + 1), name, sha256: sha256(bytes) });
  }

  private status({ name, bytes, received }: Upload): Response {
    if (received < bytes.length) return Response.json({ received });
    const book = this.books.find((one) => one.name === name);
    return Response.json({ book }, { status: 201 });
  }
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const file = new Uint8Array(10_000_000).map((_, index) => (index * 31) % 251);

function shelvesWith(...fates: Fate[]): { shelves: Shelves; client: Client } {
  const shelves = new Shelves(fates);
  const made = Client.initWithMiddleware({ baseUrl: "https://api.example/", middleware: shelves });
  return { shelves, client: withLargeAttachments(made, { delay: 1 }) };
}

const outcomes: Record<string, object> = {};
for (const [what, fates] of Object.entries({
  "nothing fails": [],
  "a range is refused for a while": ["taken", 503, 429],
  "a reply is lost": ["lost"],
  "the last reply is lost": ["taken", "taken", "lost"],
  "the session disappears": ["taken", "gone"],
  "a range is refused once, but the session lives": ["taken", 403],
} satisfies Record<string, Fate[]>)) {
  const { shelves, client } = shelvesWith(...fates);
  const attached = await client
    .api("/shelves/7/books")
    .header("Authorization", "Bearer t")
    .attach(file, { name: "Moby Dick" });
  const { books, signedIn, opened } = shelves;
  const whole = books.length === 1 && books[0]!.sha256 === sha256(file) && books[0]!.id === attached.id;
  outcomes[what] = { whole, signedIn: [...signedIn], opened };
}

const { shelves, client } = shelvesWith();
const task = await LargeAttachmentTask.create(client, "/shelves/7/books", file, { name: "Middlemarch" });
const stop = new AbortController();
await task.upload({ signal: stop.signal, onProgress: () => stop.abort() }).catch(() => {});
const restored = await LargeAttachmentTask.restore(client, JSON.parse(JSON.stringify(task.session)), file);
const { offset } = await restored.getStatus();
await restored.resume();
outcomes["a task is stopped, stored and resumed"] = { offset, kept: shelves.books.map(({ name }) => name) };

const refused = shelvesWith(...Array<Fate>(100).fill(403));
const error = await refused.client
  .api("/shelves/7/books")
  .attach(file, { name: "Ulysses" })
  .catch((reason) => reason);
outcomes["a range is finally refused"] = { status: error.statusCode, left: refused.shelves.uploads.size };

process.stdout.write(JSON.stringify(outcomes));
