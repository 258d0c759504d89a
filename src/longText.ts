import { toBase64 } from "./base64.js";

/** Bytes that become base64 at once. A multiple of 3, so that only the last piece has padding. */
const PIECE = 49_152;

/**
 * A text that contains bytes. They become base64 piece by piece while it is sent, so that memory needs no copies of a file as
 * base64, as JSON and in UTF-8.
 */
export class LongText {
  /** Bytes in UTF-8. */
  readonly length: number;

  constructor(private readonly parts: readonly (string | Uint8Array)[]) {
    this.length = parts.reduce((sum, part) => sum + lengthOf(part), 0);
  }

  /** The text in UTF-8. Each piece is made when it is asked for. */
  *pieces(): Generator<Uint8Array<ArrayBuffer>> {
    for (const part of this.parts) {
      if (typeof part === "string") yield encoded(part);
      else for (let at = 0; at < part.length; at += PIECE) yield encoded(toBase64(part.subarray(at, at + PIECE)));
    }
  }

  toString(): string {
    return this.parts.map((part) => (typeof part === "string" ? part : toBase64(part))).join("");
  }
}

const encoded = (text: string) => new TextEncoder().encode(text);

const lengthOf = (part: string | Uint8Array) =>
  typeof part === "string" ? encoded(part).length : 4 * Math.ceil(part.length / 3);
