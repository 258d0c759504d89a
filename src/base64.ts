import type { Content } from "./content.js";
import { UploadError } from "./errors.js";

/** Line breaks, where there are any, come within so many characters (RFC 2045 has 76). */
const LINE = 1_024;
/** Characters of which Node 20 takes the lower half, so that "ń" is "D". */
const WIDE = /[\u0100-\uffff]/;

/** Base64 as a file, decoded range by range. Padding may be missing, as in the documentation's own samples. */
export function base64Content(given: string): Content {
  const text = /\s/.test(given.slice(0, LINE)) ? given.replace(/\s+/g, "") : given;
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const length = text.length - padding;
  if (length % 4 === 1 || (padding > 0 && text.length % 4 !== 0)) throw invalid();
  return {
    size: Math.floor((length * 3) / 4),
    anywhere: true,
    read: async (start, end) => decode(text.slice(0, length), start, end),
    close: () => {},
  };
}

const invalid = () => new UploadError("invalid", "contentBytes is not valid base64.");

/** Bytes `start` to `end` of a text without padding: whole groups of four characters around them are decoded. */
function decode(text: string, start: number, end: number): Uint8Array {
  const first = Math.floor(start / 3);
  const window = text.slice(first * 4, Math.ceil(end / 3) * 4);
  const length = Math.floor((window.length * 3) / 4);
  const bytes = native(window);
  // engines skip what is no base64, or do not know its other alphabet
  const sure = bytes?.length === length && !WIDE.test(window) ? bytes : byTable(window, length);
  return sure.subarray(start - first * 3, end - first * 3);
}

interface Natives {
  readonly Uint8Array: { fromBase64?(text: string): Uint8Array };
  readonly Buffer?: { from(text: string, encoding: "base64"): Uint8Array };
}

/** What the engine makes of a text, if it has a decoder of its own. */
function native(text: string): Uint8Array | undefined {
  // taken from the global object, so that no bundler thinks that Node's Buffer is needed
  const { Uint8Array: Bytes, Buffer: NodeBuffer } = globalThis as unknown as Natives;
  try {
    return Bytes.fromBase64 ? Bytes.fromBase64(text) : NodeBuffer?.from(text, "base64");
  } catch {
    return undefined;
  }
}

const SEXTETS = new Int8Array(128).fill(-1);
[..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"].forEach(
  (character, value) => (SEXTETS[character.charCodeAt(0)] = value),
);
SEXTETS[0x2d] = 62; // "-" and "_": OData writes binary as base64url
SEXTETS[0x5f] = 63;

function byTable(text: string, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let checked = 0;
  for (let from = 0, at = 0; at < length; from += 4, at += 3) {
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
  return bytes;
}

/** The value of a character; 0 behind the end, negative where it is none of base64. */
function sextet(text: string, at: number): number {
  if (at >= text.length) return 0;
  const code = text.charCodeAt(at);
  return code < 128 ? SEXTETS[code]! : -1;
}
