import { exactBytes, isBytes, type BytesLike } from "./bytes.js";
import { UploadError } from "../errors.js";
import { StreamContent } from "./stream.js";

/** A file that can be read at any place, for sources of one's own. */
export interface RandomAccessFile {
  /** Bytes. */
  readonly size: number;
  readonly name?: string;
  readonly type?: string;
  /** The bytes from `start` up to, but not with, `end`. */
  slice(start: number, end: number): BytesLike | Blob | Promise<BytesLike | Blob>;
}

/** Everything that can be attached. Streams, async iterables and responses without a length need `size` beside them. */
export type AttachmentSource =
  Blob | BytesLike | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> | Response | RandomAccessFile;

/** A file's bytes, by range. */
export interface Content {
  /** Bytes. */
  readonly size: number;
  /** `false`: a stream, which is read once and in order. */
  readonly anywhere: boolean;
  /** The bytes from `start` up to, but not with, `end`; exactly that many. */
  read(start: number, end: number): Promise<Uint8Array>;
  /** The same bytes unread, where the source is a Blob that `fetch` knows. */
  slice?(start: number, end: number): Blob;
  /** Bytes that `read` gave are not looked at any more: their memory may be filled anew. */
  release?(bytes: Uint8Array): void;
  /** Lets go of the source; it is not read any more. */
  close(reason?: unknown): void;
}

/** A source, opened, with what it knows of itself. */
export interface OpenedSource {
  readonly content: Content;
  readonly name?: string;
  readonly type?: string;
}

const KINDS =
  "a Blob or File, a Buffer, typed array or ArrayBuffer, a stream or async iterable of bytes with its size, a fetch Response, or { size, slice(start, end) }";

/** Opens any source; nothing is read yet. `size` in bytes is needed where the source does not know it. */
export function openSource(file: unknown, size?: number): OpenedSource {
  if (size !== undefined && !(Number.isSafeInteger(size) && size >= 0)) {
    throw new UploadError("invalid", `size must be a whole number of bytes, but is ${String(size)}.`);
  }
  const opened = open(file, size);
  if (size !== undefined && size !== opened.content.size) {
    throw new UploadError("invalid", `size says ${size} bytes, but the file has ${opened.content.size}.`);
  }
  return opened;
}

/** Whether a source tells its size by itself; streams and responses do not, or not reliably. */
export function knowsItsSize(file: unknown): boolean {
  return typeof file === "object" && file !== null && (isBytes(file) || (!isResponse(file) && !isStream(file)));
}

function open(file: unknown, size: number | undefined): OpenedSource {
  if (typeof file === "string") {
    throw new UploadError(
      "invalid",
      `The file is a string. Text needs an encoding: give new TextEncoder().encode(text); a path needs opening. A file can be ${KINDS}.`,
    );
  }
  if (typeof file !== "object" || file === null) throw new UploadError("invalid", `The file must be ${KINDS}.`);
  if (isBytes(file)) return { content: memory(exactBytes(file)) };
  if (isResponse(file)) return ofResponse(file, size);
  if (isBlob(file)) return { content: randomAccess(file), name: file.name, type: file.type || undefined };
  if (isStream(file)) {
    if (size === undefined) {
      throw new UploadError(
        "invalid",
        "The length of a stream cannot be known: give { size } in bytes, or attach a Blob.",
      );
    }
    return { content: new StreamContent(file, size) };
  }
  if (isRandomAccess(file)) return { content: randomAccess(file), name: file.name, type: file.type };
  throw new UploadError("invalid", `The file must be ${KINDS}.`);
}

function ofResponse(response: Response, size: number | undefined): OpenedSource {
  if (!response.ok)
    throw new UploadError(
      "invalid",
      `The response to attach has status ${response.status}: it holds an error, not the file.`,
    );
  if (response.bodyUsed) throw new UploadError("invalid", "The body of the response to attach has been read already.");
  const length = response.headers.get("Content-Encoding") ? null : response.headers.get("Content-Length");
  const known = size ?? (/^\d+$/.test(length ?? "") ? Number(length) : undefined);
  if (known === undefined) {
    throw new UploadError(
      "invalid",
      "The response does not say how long it is: give { size } in bytes, or attach await response.blob().",
    );
  }
  const type = response.headers.get("Content-Type")?.split(";")[0]?.trim();
  if (!response.body && size === undefined && known > 0)
    throw new UploadError("invalid", "The response to attach has no body.");
  return { content: response.body ? new StreamContent(response.body, known) : memory(new Uint8Array(0)), type };
}

/** Bytes that are in memory already. */
export function memory(bytes: Uint8Array): Content {
  return {
    size: bytes.length,
    anywhere: true,
    read: async (start, end) => bytes.subarray(start, end),
    close: () => {},
  };
}

function randomAccess(file: RandomAccessFile | Blob): Content {
  if (!Number.isSafeInteger(file.size) || file.size < 0) {
    throw new UploadError("invalid", `The file's size must be a whole number of bytes, but is ${String(file.size)}.`);
  }
  return {
    size: file.size,
    anywhere: true,
    async read(start, end) {
      const bytes = await pieceOf(file, start, end);
      if (bytes.length === end - start) return bytes;
      throw new UploadError("source", `The file gave ${bytes.length} bytes where ${end - start} were asked for.`);
    },
    ...(file instanceof Blob ? { slice: (start: number, end: number) => file.slice(start, end) } : {}),
    close: () => {},
  };
}

async function pieceOf(file: RandomAccessFile | Blob, start: number, end: number): Promise<Uint8Array> {
  try {
    const piece: unknown = await file.slice(start, end);
    if (isBytes(piece)) return exactBytes(piece);
    if (isBlob(piece)) return new Uint8Array(await piece.arrayBuffer());
  } catch (cause) {
    throw new UploadError("source", "The file could not be read.", { cause });
  }
  throw new UploadError("source", "slice(start, end) of the file must give bytes or a Blob.");
}

// Told by shape: classes differ between realms and polyfills.
const has = (value: object, ...methods: string[]) =>
  methods.every((method) => typeof (value as Record<string, unknown>)[method] === "function");
const isResponse = (value: object): value is Response =>
  has(value, "arrayBuffer") && "bodyUsed" in value && "headers" in value && "ok" in value;
const isBlob = (value: unknown): value is Blob & { readonly name?: string } =>
  typeof value === "object" && value !== null && has(value, "arrayBuffer", "slice") && "size" in value;
const isStream = (value: object): value is ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> =>
  has(value, "getReader") || Symbol.asyncIterator in value;
const isRandomAccess = (value: object): value is RandomAccessFile => has(value, "slice") && "size" in value;
