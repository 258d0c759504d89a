import type { Content } from "../files/open.js";

interface Block {
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** A block that is read while the one before is under way: not before that has left, or at once where it is asked for. */
class Ahead {
  #bytes: Promise<Uint8Array> | undefined;
  readonly #timer = setTimeout(() => void this.read().catch(() => {}));

  constructor(
    readonly start: number,
    private readonly begin: () => Promise<Uint8Array>,
  ) {}

  read(): Promise<Uint8Array> {
    clearTimeout(this.#timer);
    return (this.#bytes ??= this.begin());
  }

  /** Nobody will ask for it: it is not read, if that has not begun. */
  drop(): void {
    clearTimeout(this.#timer);
  }
}

/**
 * Hands out a file in blocks: keeps the last one, in case it is wanted again, and reads the next one ahead; never more.
 * The memory of a block goes back to its source when nobody can be reading it any more.
 */
export class RangeReader {
  #held: Block = { start: 0, bytes: new Uint8Array(0) };
  /** Whether a request that was given up may still be sending the block that is held. */
  #lent = false;
  /** Reads follow each other, also where the caller did not wait for the one before. */
  #last: Promise<unknown> = Promise.resolve();
  #ahead: Ahead | undefined;

  /** `blockSize`: bytes of a block. `unit`: at least so many are handed out, but at the end of the file. */
  constructor(
    private readonly content: Content,
    private readonly blockSize: number,
    private readonly unit = 1,
  ) {}

  /** Whether the file can be read from here. */
  canRead(start: number): boolean {
    const { start: held, bytes } = this.#held;
    return this.content.anywhere || start >= held || bytes.length === 0;
  }

  /** The bytes from `start` on: a whole block, what is left of one that is in memory, or what is left of the file. */
  read(start: number): Promise<Uint8Array> {
    const bytes = this.#last.then(() => this.#read(start));
    this.#last = bytes.catch(() => {});
    return bytes;
  }

  /** Nothing more is read ahead; what is held stays. */
  rest(): void {
    this.#ahead?.drop();
  }

  /** A request with the bytes that were handed out last has ended without being taken: who knows whether it is still read. */
  lend(): void {
    this.#lent = true;
  }

  async #read(start: number): Promise<Uint8Array> {
    if (!this.#holds(start) && this.#ahead) {
      const ahead = this.#ahead;
      this.#ahead = undefined;
      const within = start >= ahead.start && start < this.#endOf(ahead.start);
      if (within || !this.content.anywhere) this.#hold(ahead.start, await ahead.read());
      else ahead.drop();
    }
    if (!this.#holds(start)) this.#hold(start, await this.content.read(start, this.#endOf(start)));
    else if (this.#isScrap(start)) await this.#mend(start);
    return this.#held.bytes.subarray(start - this.#held.start);
  }

  #holds(start: number): boolean {
    return start >= this.#held.start && start < this.#held.start + this.#held.bytes.length;
  }

  /** Whether too little is left of the block for one range. */
  #isScrap(start: number): boolean {
    const end = this.#held.start + this.#held.bytes.length;
    return end - start < this.unit && end < this.content.size;
  }

  /** Puts the next block behind what is left of this one. */
  async #mend(start: number): Promise<void> {
    const { start: held, bytes } = this.#held;
    const rest = bytes.slice(start - held);
    const end = start + rest.length;
    const ahead = this.#ahead?.read();
    this.#ahead = undefined; // read anew, should it have failed
    const next = await (ahead ?? this.content.read(end, this.#endOf(end)));
    const both = new Uint8Array(rest.length + next.length);
    both.set(rest);
    both.set(next, rest.length);
    this.content.release?.(next);
    this.#hold(start, both);
  }

  #hold(start: number, bytes: Uint8Array): void {
    if (!this.#lent && this.#held.bytes.length > 0) this.content.release?.(this.#held.bytes);
    this.#lent = false;
    this.#held = { start, bytes };
    this.#readAhead(start + bytes.length);
  }

  #endOf(start: number): number {
    return Math.min(start + this.blockSize, this.content.size);
  }

  #readAhead(start: number): void {
    this.#ahead?.drop();
    const { content } = this;
    const more = start < content.size;
    this.#ahead = more ? new Ahead(start, () => content.read(start, this.#endOf(start))) : undefined;
  }
}
