import { UploadError } from "../errors.js";
import type { Content } from "../protocol.js";

/** The first line break, if there is one, comes within so many characters (RFC 2045 has 76). */
const LINE = 1_024;
/** Node 20 uses only the lower byte of such characters, so that it reads "ń" as "D". */
const WIDE = /[\u0100-\uffff]/;

/** Base64 as a file, decoded range by range. Padding may be missing, as in the samples of the Graph documentation. */
export function base64Content(given: string): Content {
  const text = /\s/.test(given.slice(0, LINE)) ? given.replace(/\s+/g, "") : given;
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const length = text.length - padding;
  if (length % 4 === 1 || (padding > 0 && text.length % 4 !== 0)) throw invalid();
  return new Base64Content(text.slice(0, length));
}

const invalid = () => new UploadError("invalid", "contentBytes is not valid base64.");

class Base64Content implements Content {
  readonly anywhere = true;
  readonly size: number;
  /** Memory that was released. Filling it again costs far less than new memory. */
  #spare: Uint8Array | undefined;

  constructor(private readonly text: string) {
    this.size = Math.floor((text.length * 3) / 4);
  }

  /** Decodes the whole groups of four characters around the bytes. */
  async read(start: number, end: number): Promise<Uint8Array> {
    const first = Math.floor(start / 3);
    const window = this.text.slice(first * 4, Math.ceil(end / 3) * 4);
    const bytes = this.#memory(Math.floor((window.length * 3) / 4));
    // engines skip invalid characters, or do not know the alphabet of base64url
    if (decodeNatively(window, bytes) !== bytes.length || WIDE.test(window)) decodeByTable(window, bytes);
    return bytes.subarray(start - first * 3, end - first * 3);
  }

  release({ buffer }: Uint8Array): void {
    this.#spare = new Uint8Array(buffer);
  }

  close(): void {}

  #memory(length: number): Uint8Array {
    const spare = this.#spare;
    this.#spare = undefined;
    return spare && spare.length >= length ? spare.subarray(0, length) : new Uint8Array(length);
  }
}

/** Decoders of the JavaScript engine and of Node. */
interface Natives {
  readonly Buffer?: {
    from(buffer: unknown, offset: number, length: number): { write(text: string, encoding: "base64"): number };
  };
}

/** Decodes with the engine's own decoder, if it has one. Returns the number of bytes that it wrote. */
function decodeNatively(
  text: string,
  bytes: Uint8Array & { setFromBase64?(text: string): { written: number } },
): number {
  // taken from the global object, so that no bundler adds a polyfill of Node's Buffer
  const NodeBuffer: Natives["Buffer"] = Reflect.get(globalThis, "Buffer");
  try {
    if (bytes.setFromBase64) return bytes.setFromBase64(text).written;
    return NodeBuffer?.from(bytes.buffer, bytes.byteOffset, bytes.length).write(text, "base64") ?? 0;
  } catch {
    return 0;
  }
}

const SEXTETS = new Int8Array(128).fill(-1);
[..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"].forEach(
  (character, value) => (SEXTETS[character.charCodeAt(0)] = value),
);
SEXTETS[0x2d] = 62; // "-" and "_": OData writes binary as base64url
SEXTETS[0x5f] = 63;

function decodeByTable(text: string, bytes: Uint8Array): void {
  let checked = 0;
  for (let from = 0, at = 0; at < bytes.length; from += 4, at += 3) {
    const a = sextet(text, from);
    const b = sextet(text, from + 1);
    const c = sextet(text, from + 2);
    const d = sextet(text, from + 3);
    checked |= a | b | c | d;
    bytes[at] = (a << 2) | (b >> 4);
    bytes[at + 1] = (b << 4) | (c >> 2);
    bytes[at + 2] = (c << 6) | d;
  }
  if (checked < 0) throw invalid();
}

/** The value of a character: 0 after the end, negative if it does not belong to base64. */
function sextet(text: string, at: number): number {
  if (at >= text.length) return 0;
  const code = text.charCodeAt(at);
  return SEXTETS[code] ?? -1;
}
