import type { WireRequest } from "../protocol.js";

/** Chromium sends a Blob some fifteen times as fast as the same bytes. No browser sends it slower, but Node does. */
const IN_BROWSER = "document" in globalThis || "importScripts" in globalThis;

const agent = globalThis.navigator?.userAgent ?? "";

/**
 * Slices of a file go out faster unread than read ahead: in Chromium in two thirds of the time, in Firefox in half. WebKit
 * takes a third longer, Node as long (docs/benchmarks.md). Both ways are correct, so a wrong browser name does no harm.
 */
export const sendsSlices = /(Chrome|Chromium|Firefox)\//.test(agent);

/** Firefox waits for a deleted file until the range times out. Other browsers report it immediately. */
export const waitsForLostFiles = /Firefox\//.test(agent);

/** Bytes. */
export function lengthOf(body: WireRequest["body"] = ""): number {
  return typeof body === "object" && "size" in body ? body.size : body.length;
}

/** Bytes given to `fetch` at once: TLS encrypts all of them before anything else can run, into memory of its own. */
const CHUNK = 4_194_304;

/** A text of more bytes is sent in pieces. */
const LONG = 262_144;

/**
 * Estimates the bytes of a file in JSON, and of the memory that it takes: Node's `fetch` gets base64 in pieces. For others,
 * base64, JSON and UTF-8 are each a copy of the file.
 */
export function inBase64(size: number): [length: number, weight: number] {
  return [4 * Math.ceil(size / 3), (isNodes(globalThis.fetch) ? 2 : 5) * size];
}

/**
 * Node's own `fetch` copies bytes twice before they leave, but passes on what a stream yields: a third of the time and of the
 * memory. A replacement of it may not know streams, or may send them without a length.
 */
function isNodes(fetch: unknown): boolean {
  return typeof fetch === "function" && /internal\/deps\/undici/.test(Function.prototype.toString.call(fetch));
}

/**
 * Node's own `fetch` frees the connection of a reply just after it was read. A request before that opens another one, and both
 * then rest in turn and begin slowly (RFC 2861). No timer, which tests replace.
 */
export async function connectionIsFree(fetch: unknown): Promise<void> {
  if (!isNodes(fetch) || typeof MessageChannel !== "function") return;
  const { port1, port2 } = new MessageChannel();
  await new Promise((resolve) => {
    port1.onmessage = resolve;
    port2.postMessage(0);
  });
  port1.close();
}

/** A page in jsdom has a Blob without `stream`, which no `fetch` knows: the name of its class would be sent instead. */
const sendsBlobs = () => "stream" in Blob.prototype;

/**
 * The body of a request in the form that goes out fastest here. `fetch` sends it. `direct`: nothing comes between that could
 * take a stream for text, or send it twice.
 */
export function bodyInit(
  body: WireRequest["body"],
  fetch: unknown,
  direct = true,
  sent?: () => void,
): { body?: BodyInit; headers?: Record<string, string>; duplex?: "half" } {
  if (typeof body !== "object" || "size" in body) return { body };
  const streams = direct && isNodes(fetch);
  if ("pieces" in body)
    return streams && body.length > LONG ? streamed(body.length, body.pieces(), sent) : { body: String(body) };
  if (body.length === 0) return { body: new Uint8Array(0) };
  const bytes = overArrayBuffer(body);
  if (streams) return streamed(bytes.length, piecesOf(bytes), sent);
  if (!isNodes(fetch)) return { body: IN_BROWSER && sendsBlobs() ? new Blob([bytes]) : bytes };
  return { body: bytes, headers: { "Content-Length": String(bytes.length) } };
}

function* piecesOf(bytes: Uint8Array<ArrayBuffer>): Generator<Uint8Array<ArrayBuffer>> {
  for (let at = 0; at < bytes.length; at += CHUNK) yield bytes.subarray(at, at + CHUNK);
}

/** A stream of pieces, each of which is made when the one before has left. */
function streamed(length: number, pieces: Iterator<Uint8Array<ArrayBuffer>>, sent?: () => void) {
  const pull = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    const { done, value } = pieces.next();
    if (!done) return controller.enqueue(value);
    controller.close();
    sent?.(); // asked for more: the socket has taken the bytes
  };
  const body = new ReadableStream({ pull }, { highWaterMark: 0 });
  return { body, headers: { "Content-Length": String(length) }, duplex: "half" as const };
}

/** `fetch` takes no view of shared memory; such bytes are copied. */
function overArrayBuffer(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, length } = bytes;
  return isArrayBuffer(buffer) ? new Uint8Array(buffer, byteOffset, length) : new Uint8Array(bytes);
}

/** Recognized by its tag: the `ArrayBuffer` of another realm is not an instance of this one's class. */
function isArrayBuffer(buffer: ArrayBufferLike): buffer is ArrayBuffer {
  return Object.prototype.toString.call(buffer) === "[object ArrayBuffer]";
}
