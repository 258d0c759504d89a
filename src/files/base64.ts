import { UploadError } from "../errors.js";
import type { Content } from "../file.js";

/** Characters that the service skips, as .NET's `Convert.FromBase64String` does. */
const SPACE = [" ", "\t", "\n", "\r"];
/** Matches what `JSON.stringify` makes of a Buffer or an array of bytes, or a data: URL. Quotes inside a JSON text have backslashes. */
const MISTAKE = /"contentBytes"\s*:\s*(?:([{[])|"\s*data:)/iy;
const DATA_URL = /^\s*data:/i;
/** Node 20 uses only the lower byte of such characters, so that it reads "ń" as "D". */
const WIDE = /[\u0100-\uffff]/;

/** The mistake in a JSON body whose `contentBytes` is not base64 at all, and its remedy. `undefined` if there is no such mistake. */
export function mistakeIn(json: string): string | undefined {
  // from quote to quote, because the base64 between them is long
  for (let at = json.indexOf('"'); at >= 0; at = json.indexOf('"', at + 1)) {
    const mistake = mistakeAt(json, at);
    if (mistake !== undefined) return mistake;
  }
  return undefined;
}

/** The mistake in the member whose key begins here. */
export function mistakeAt(json: string, at: number): string | undefined {
  MISTAKE.lastIndex = at;
  const found = MISTAKE.exec(json);
  if (found?.[1]) return 'contentBytes is not a string but bytes, such as a Buffer. Give buffer.toString("base64").';
  return found ? NOT_A_URL : undefined;
}

/** Characters that are looked through at once. They stay in the processor's cache, so that memory is read only once. */
export const PIECE = 262_144;

const NOT_A_URL = 'contentBytes is a data: URL. Give only what follows "base64,".';

/**
 * Base64 as a file, decoded range by range. White space counts for nothing, and padding may be missing, as in the samples of
 * the Graph documentation. `undefined` if it is not base64. `spaced`: it has white space.
 */
export function openBase64(given: string, spaced = SPACE.some((space) => given.includes(space))): Content | undefined {
  if (DATA_URL.test(given.slice(0, 100))) throw new UploadError("invalid", NOT_A_URL);
  const text = spaced ? given.replace(/[ \t\n\r]+/g, "") : given;
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const length = text.length - padding;
  if (length % 4 === 1 || (padding > 0 && text.length % 4 !== 0)) return undefined;
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
