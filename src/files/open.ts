import { UploadError } from "../errors.js";
import type { Content } from "../file.js";
import type { AttachmentSource, RandomAccessFile } from "../options.js";
import { exactBytes, isBytes } from "./bytes.js";
import { letGo } from "./hold.js";
import { endOf } from "./read.js";
import { StreamContent } from "./stream.js";

const KINDS =
  "a Blob or File, a Buffer, typed array or ArrayBuffer, a stream or async iterable of bytes with its size, a fetch Response, or { size, slice(start, end) }";

/** Opens any source, or lets go of it. Reads nothing yet. `size` in bytes is needed if the source does not know it. */
export function openSource(file: unknown, size?: number): Content {
  try {
    return checked(file, size);
  } catch (error) {
    letGo(file);
    throw error;
  }
}

/** Opens all sources. If one cannot be opened, closes the others. */
export function openAll<T, O extends { readonly content: Content }>(files: readonly T[], open: (file: T) => O): O[] {
  const opened: O[] = [];
  try {
    for (const file of files) opened.push(open(file));
  } catch (error) {
    closeAll(opened, error);
    throw error;
  }
  return opened;
}

/** Lets go of sources. */
export function closeAll(files: readonly { readonly content: Content }[], reason?: unknown): void {
  for (const { content } of files) content.close(reason);
}

function checked(file: unknown, size: number | undefined): Content {
  if (size !== undefined && !(Number.isSafeInteger(size) && size >= 0)) {
    throw new UploadError("invalid", `size must be a whole number of bytes, but is ${String(size)}.`);
  }
  const opened = open(file, size);
  if (size !== undefined && size !== opened.size) {
    throw new UploadError("invalid", `size says ${size} bytes, but the file has ${opened.size}.`);
  }
  return opened;
}

/** True if a source knows its own size. Streams and responses do not, or not reliably. */
export function knowsItsSize(file: AttachmentSource): boolean {
  return typeof file !== "object" || isBytes(file) || (!isResponse(file) && !isStream(file));
}

function open(file: unknown, size: number | undefined): Content {
  if (typeof file === "string") {
    throw new UploadError(
      "invalid",
      `The file is a string. For text, give new TextEncoder().encode(text). For a path, open the file: await fs.openAsBlob(path).`,
    );
  }
  if (typeof file !== "object" || file === null) throw new UploadError("invalid", `The file must be ${KINDS}.`);
  if (isBytes(file)) return memory(exactBytes(file));
  if (isResponse(file)) return ofResponse(file, size);
  if (isBlob(file)) return randomAccess(file);
  if (isStream(file)) {
    if (size === undefined) {
      throw new UploadError(
        "invalid",
        "The length of a stream is not known: give { size } in bytes, or attach a Blob.",
      );
    }
    return new StreamContent(file, size);
  }
  if (isRandomAccess(file)) return randomAccess(file);
  throw new UploadError("invalid", mistaken(file));
}

/** Advice for objects that are not files. */
function mistaken(file: object): string {
  if (has(file, "then")) return "The file is a Promise: await it first.";
  if ("file" in file) return "Give the file itself, and its name as an option: attach(file, { name }).";
  if ("contentBytes" in file) return "An attachment with contentBytes is for post(…). Give the file itself.";
  return `The file must be ${KINDS}.`;
}

function ofResponse(response: Response, size: number | undefined): Content {
  if (!response.ok) {
    const message = `The response to attach has status ${response.status}: it holds an error, not the file.`;
    throw new UploadError("invalid", message);
  }
  if (response.bodyUsed) throw new UploadError("invalid", "The body of the response to attach has already been read.");
  const length = response.headers.get("Content-Encoding") ? null : response.headers.get("Content-Length");
  const known = size ?? (/^\d+$/.test(length ?? "") ? Number(length) : undefined);
  if (known === undefined) {
    const message =
      "The response does not say how long it is: give { size } in bytes, or attach await response.blob().";
    throw new UploadError("invalid", message);
  }
  const type = response.headers.get("Content-Type")?.split(";")[0]?.trim();
  if (response.body) return new StreamContent(response.body, known, type);
  if (size === undefined && known > 0) throw new UploadError("invalid", "The response to attach has no body.");
  return { ...memory(new Uint8Array(0)), type };
}

/** Bytes in memory. */
export function memory(bytes: Uint8Array): Content {
  return {
    size: bytes.length,
    anywhere: true,
    read: async (start, end) => bytes.subarray(start, end),
    close: () => {},
  };
}

function randomAccess(
  file: RandomAccessFile | (Blob & { readonly name?: string; readonly lastModified?: unknown }),
): Content {
  const { size, name, type } = file;
  const modified = "lastModified" in file && typeof file.lastModified === "number" ? file.lastModified : undefined;
  if (!Number.isSafeInteger(size) || size < 0) {
    throw new UploadError("invalid", `The file's size must be a whole number of bytes, but is ${String(size)}.`);
  }
  return {
    size,
    name,
    type: type || undefined,
    modified,
    anywhere: true,
    async read(start, end) {
      const bytes = await pieceInTurn(file, start, end);
      if (bytes.length === end - start) return bytes;
      throw new UploadError("source", `The file returned ${bytes.length} bytes instead of ${end - start}.`);
    },
    ...(isBlob(file) && file instanceof Blob
      ? { slice: (start: number, end: number) => file.slice(start, end) }
      : { release }),
    close: () => {},
  };
}

/** The end of the last read of each source of the caller. */
const lastReads = new WeakMap<object, Promise<void>>();

/** A source of the caller may fill one buffer again and again, so its reads follow each other, in all uploads of it. */
function pieceInTurn(file: RandomAccessFile | Blob, start: number, end: number): Promise<Uint8Array> {
  if (file instanceof Blob) return pieceOf(file, start, end);
  const piece = (lastReads.get(file) ?? Promise.resolve()).then(() => pieceOf(file, start, end));
  lastReads.set(file, endOf(piece));
  return piece;
}

/** Memory of ranges that are done, for the next copies: engines collect memory late. Sizes are powers of two. */
const spare: Uint8Array[] = [];
const MOST_SPARE = 6;

function copied(bytes: Uint8Array): Uint8Array {
  const size = 2 ** Math.ceil(Math.log2(bytes.length + 1));
  const at = spare.findIndex(({ length }) => length === size);
  const copy = (spare.splice(at, at < 0 ? 0 : 1)[0] ?? new Uint8Array(size)).subarray(0, bytes.length);
  copy.set(bytes);
  return copy;
}

function release({ buffer }: Uint8Array): void {
  if (spare.push(new Uint8Array(buffer)) > MOST_SPARE) spare.shift();
}

/** Bytes that the caller's own code returns are copied. */
async function pieceOf(file: RandomAccessFile | Blob, start: number, end: number): Promise<Uint8Array> {
  try {
    const piece: unknown = await file.slice(start, end);
    if (isBytes(piece)) return copied(exactBytes(piece));
    if (piece instanceof Blob && isBlob(piece)) return new Uint8Array(await piece.arrayBuffer());
    if (isBlob(piece)) return new Uint8Array(new Uint8Array(await piece.arrayBuffer()));
    if (isBareBlob(piece) && "FileReader" in globalThis) return await readByReader(piece);
  } catch (cause) {
    throw new UploadError("source", "The file could not be read.", { cause });
  }
  const expected = "slice(start, end) of the file must return bytes or a Blob";
  throw new UploadError("source", `${expected} that has arrayBuffer(), or that a global FileReader reads.`);
}

/** Reads a Blob that has no `arrayBuffer`, as in jsdom. `Response` reads only Blobs of its own realm: of others, their name. */
function readByReader(blob: Blob): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      const { result } = reader;
      if (typeof result === "object" && result) resolve(new Uint8Array(result));
    };
    reader.onerror = () => reject(reader.error);
    reader.readAsArrayBuffer(blob);
  });
}

// Recognized by shape: classes differ between realms and polyfills.
function has(value: object, ...methods: readonly string[]): boolean {
  return methods.every((method) => typeof Reflect.get(value, method) === "function");
}
const isResponse = (value: object): value is Response =>
  has(value, "arrayBuffer") && "bodyUsed" in value && "headers" in value && "ok" in value;
const isBlob = (value: unknown): value is Blob & { readonly name?: string } =>
  typeof value === "object" && value !== null && has(value, "arrayBuffer", "slice") && "size" in value;
const isBareBlob = (value: unknown): value is Blob =>
  typeof value === "object" && value !== null && has(value, "slice") && "size" in value && "type" in value;
const isStream = (value: object): value is ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> =>
  has(value, "getReader") || Symbol.asyncIterator in value;
const isRandomAccess = (value: object): value is RandomAccessFile => has(value, "slice") && "size" in value;
