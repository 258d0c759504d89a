import { createHash } from "node:crypto";

/** The bytes of a file, in the pieces that arrived. A large upload is in memory only once. */
export class Content {
  private pieces: Buffer[];
  private readonly derived = new Map<string, string>();
  readonly length: number;

  constructor(pieces: readonly Buffer[]) {
    this.pieces = [...pieces];
    this.length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  }

  /** All bytes. Joins the pieces at the first use. */
  get bytes(): Buffer {
    if (this.pieces.length !== 1) this.pieces = [Buffer.concat(this.pieces)];
    return this.pieces[0]!;
  }

  /** The SHA-256 in hex. */
  get sha256(): string {
    return this.derive("sha256", (pieces) => {
      const hash = createHash("sha256");
      for (const piece of pieces) hash.update(piece);
      return hash.digest("hex");
    });
  }

  /** A text that follows from the bytes, such as a hash. It is computed at its first use. */
  derive(name: string, compute: (pieces: readonly Buffer[]) => string): string {
    const known = this.derived.get(name) ?? compute(this.pieces);
    this.derived.set(name, known);
    return known;
  }
}

/** A Buffer on the same memory. */
export const bufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);
