import fs, { createWriteStream, openAsBlob, ReadStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { finished, PassThrough, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Refused } from "./errors.js";
import type { MimeNode } from "./mail.js";

/** Bytes that can be read again and again: in memory, or in a file. */
export type Source = Buffer | Blob;

export const sizeOf = (source: Source): number => ("size" in source ? source.size : source.length);

export async function bytesOf(source: Source): Promise<Buffer> {
  return Buffer.isBuffer(source) ? source : Buffer.from(await source.arrayBuffer());
}

/** Opens whatever nodemailer takes as content. Streams are read to their end, so that one that fails does so before anything is sent. */
export class Sources {
  #folder: Promise<string> | undefined;
  readonly #opened = new Map<unknown, Promise<Source>>();

  /** `most`: bytes of a stream that are kept in memory; longer ones go to a temporary file. */
  constructor(
    private readonly most: number,
    private readonly signal?: AbortSignal,
  ) {}

  /** The content of a part. One that several parts share is read once. */
  open(node: MimeNode): Promise<Source> {
    const { content } = node;
    if (typeof content !== "object" || content === null) return this.#open(node);
    const opened = this.#opened.get(content) ?? this.#open(node);
    this.#opened.set(content, opened);
    return opened;
  }

  async #open(node: MimeNode): Promise<Source> {
    const { content } = node;
    this.signal?.throwIfAborted();
    if (!content) return Buffer.alloc(0);
    if (typeof content === "string") return Buffer.from(content);
    if (content instanceof Uint8Array) return Buffer.from(content.buffer, content.byteOffset, content.byteLength);
    if (Object.prototype.toString.call(content) === "[object Error]") throw unreadable("A stream", content);
    const { path, href } = content as { readonly path?: unknown; readonly href?: unknown };
    if (content instanceof ReadStream) return (await openRead(content)) ?? this.#collect(content, nameOf(node));
    if (isStream(content)) return this.#collect(content, nameOf(node));
    if (typeof path === "string" && !href && mayRead(node)) return this.#openPath(path, node);
    return this.#collect(node._getStream(content), typeof href === "string" ? new URL(href).host : nameOf(node));
  }

  async #openPath(path: string, node: MimeNode): Promise<Source> {
    try {
      const found = await stat(path);
      if (found.isFile()) return await openAsBlob(path);
      if (found.isDirectory()) throw new Error("it is a folder");
    } catch (cause) {
      throw unreadable(basename(path), cause);
    }
    return this.#collect(node._getStream(node.content), basename(path));
  }

  /** Reads a stream: into memory, and from `most` bytes on into a file. */
  async #collect(given: NodeJS.ReadableStream, name: string): Promise<Source> {
    const stream = given instanceof Readable ? given : new Readable().wrap(given);
    const { errored, destroyed, readableEnded } = stream;
    if (errored) throw unreadable(name, errored);
    if (destroyed || readableEnded) throw unreadable(name, new Error("the stream has been read already"));
    const output = new PassThrough();
    const stop = () => output.destroy(this.signal?.reason);
    this.signal?.addEventListener("abort", stop);
    finished(stream, { writable: false }, (error) => error && output.destroy(error));
    stream.pipe(output);
    const head: Buffer[] = [];
    let length = 0;
    try {
      const chunks = output[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
      for (let next = await chunks.next(); ; next = await chunks.next()) {
        if (next.done) return Buffer.concat(head, length);
        head.push(next.value);
        length += next.value.length;
        if (length > this.most) return await this.#store(head, chunks);
      }
    } catch (cause) {
      this.signal?.throwIfAborted();
      throw unreadable(name, cause);
    } finally {
      this.signal?.removeEventListener("abort", stop);
      output.destroy();
      stream.destroy();
    }
  }

  async #store(head: Buffer[], rest: AsyncIterator<Buffer>): Promise<Blob> {
    const file = join(
      await (this.#folder ??= mkdtemp(join(tmpdir(), `graph-large-attachments-${process.pid}-`))),
      String(this.#opened.size),
    );
    const all = async function* () {
      yield* head.splice(0);
      for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
    };
    await pipeline(Readable.from(all()), createWriteStream(file, { mode: 0o600, flags: "wx" }));
    return openAsBlob(file);
  }

  /** Deletes the temporary files. */
  async close(): Promise<void> {
    const folder = await this.#folder?.catch(() => undefined);
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

function nameOf({ filename }: MimeNode): string {
  return filename || "A stream";
}

/** nodemailer refuses it in its own words. */
function mayRead(node: MimeNode): boolean {
  for (let at: MimeNode | undefined = node; at; at = at.parentNode) if (at.disableFileAccess) return false;
  return true;
}

const isStream = (content: object): content is NodeJS.ReadableStream =>
  "pipe" in content && typeof content.pipe === "function";

/** The file behind a stream of which nothing has been read yet. It is read as a file, without a copy. */
async function openRead(stream: ReadStream): Promise<Source | undefined> {
  const { start = 0, end = Infinity } = stream as { readonly start?: number; readonly end?: number };
  const fresh = stream.bytesRead === 0 && stream.readableLength === 0 && stream.readableEncoding === null;
  const own = Object.getOwnPropertySymbols(stream).find(({ description }) => description === "kFs");
  const real = own === undefined || Reflect.get(stream, own) === fs;
  if (!fresh || !real || stream.destroyed || typeof stream.path !== "string") return undefined;
  try {
    if (!(await stat(stream.path)).isFile()) return undefined;
    const file = await openAsBlob(stream.path);
    stream.on("error", () => {}); // the file is open already
    stream.destroy();
    return file.slice(start, Math.min(end + 1, file.size));
  } catch {
    return undefined; // the stream itself says what is wrong
  }
}

function unreadable(name: string, cause: unknown): Error {
  const { code, message } = Object(cause) as { readonly code?: unknown; readonly message?: unknown };
  // nodemailer 7 has the words without the code
  const [, forbidden] = /^(File|Url) access rejected/.exec(String(message)) ?? [];
  if (forbidden) return new Refused(`E${forbidden.toUpperCase()}ACCESS`, String(message), "invalid", cause);
  const why = code === "ENOENT" ? "it does not exist" : String(message ?? cause);
  const explained = `${name} could not be read: ${why}. Nothing was sent.`;
  return new Refused("ESTREAM", explained, "source", cause);
}
