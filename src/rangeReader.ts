import type { Content } from "./content.js";

/** Hands out a file's ranges: keeps the last one, in case it is wanted again, and reads the next one ahead; never more. */
export class RangeReader {
  #held = { start: 0, bytes: new Uint8Array(0) as Uint8Array };
  /** Reads follow each other, also where the caller did not wait for the one before. */
  #last: Promise<unknown> = Promise.resolve();
  #ahead: { readonly start: number; readonly bytes: Promise<Uint8Array> } | undefined;

  constructor(
    private readonly content: Content,
    private readonly rangeSize: number,
  ) {}

  /** Whether the file can be read from here. */
  canRead(start: number): boolean {
    const { start: held, bytes } = this.#held;
    return this.content.anywhere || start >= held || bytes.length === 0;
  }

  /** The bytes from `start` on: a whole range, what is left of one that is in memory, or what is left of the file. */
  read(start: number): Promise<Uint8Array> {
    const bytes = this.#last.then(() => this.#read(start));
    this.#last = bytes.catch(() => {});
    return bytes;
  }

  async #read(start: number): Promise<Uint8Array> {
    if (!this.#holds(start) && this.#ahead) {
      const { start: ahead, bytes } = this.#ahead;
      this.#ahead = undefined;
      const within = start >= ahead && start < this.#endOf(ahead);
      if (within || !this.content.anywhere) this.#hold(ahead, await bytes);
    }
    if (!this.#holds(start)) this.#hold(start, await this.content.read(start, this.#endOf(start)));
    return this.#held.bytes.subarray(start - this.#held.start);
  }

  #holds(start: number): boolean {
    return start >= this.#held.start && start < this.#held.start + this.#held.bytes.length;
  }

  #hold(start: number, bytes: Uint8Array): void {
    this.#held = { start, bytes };
    this.#readAhead(start + bytes.length);
  }

  #endOf(start: number): number {
    return Math.min(start + this.rangeSize, this.content.size);
  }

  #readAhead(start: number): void {
    this.#ahead = undefined;
    if (start >= this.content.size) return;
    const bytes = this.content.read(start, this.#endOf(start));
    bytes.catch(() => {}); // told when it is asked for
    this.#ahead = { start, bytes };
  }
}
