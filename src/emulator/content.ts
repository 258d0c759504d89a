import { createHash } from "node:crypto";

/** The bytes of a file in the pieces that they came in, so that a large upload is held once. */
export class Content {
  private pieces: Buffer[];
  private hash?: string;
  readonly length: number;

  constructor(pieces: readonly Buffer[]) {
    this.pieces = [...pieces];
    this.length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  }

  /** The whole in one piece; from then on it is held so. */
  get bytes(): Buffer {
    if (this.pieces.length !== 1) this.pieces = [Buffer.concat(this.pieces)];
    return this.pieces[0]!;
  }

  /** In hex. */
  get sha256(): string {
    if (this.hash === undefined) {
      const hash = createHash("sha256");
      for (const piece of this.pieces) hash.update(piece);
      this.hash = hash.digest("hex");
    }
    return this.hash;
  }
}

/** The same memory, seen as a Buffer. */
export const bufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);
