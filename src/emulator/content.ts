import { createHash } from "node:crypto";

/** The bytes of a file, in the pieces that arrived. A large upload is in memory only once. */
export class Content {
  private pieces: Buffer[];
  private hash?: string;
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
    if (this.hash === undefined) {
      const hash = createHash("sha256");
      for (const piece of this.pieces) hash.update(piece);
      this.hash = hash.digest("hex");
    }
    return this.hash;
  }
}

/** A Buffer on the same memory. */
export const bufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);
