import type { Content } from "../file.js";
import { endOf, read } from "../files/read.js";

interface Block {
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** A block that is read while the one before is under way: after that one has left, or when it is asked for. */
class NextBlock {
  #bytes: Promise<Uint8Array> | undefined;
  readonly #timer: ReturnType<typeof setTimeout>;

  constructor(
    readonly start: number,
    private readonly load: () => Promise<Uint8Array>,
    leaving: number,
  ) {
    this.#timer = setTimeout(this.begin, leaving);
  }

  /** Reads it now, if somebody still wants it. */
  begin = (): void => void this.read().catch(() => {});

  read(): Promise<Uint8Array> {
    clearTimeout(this.#timer);
    return (this.#bytes ??= this.load());
  }

  /** Nobody will ask for it. It is not read unless that has begun. */
  drop(): void {
    this.begin = () => {};
    clearTimeout(this.#timer);
  }
}

/**
 * Hands out a file in blocks. Keeps the last one in case it is needed again, reads the next one ahead, and never more. The
 * memory of a block goes back to its source when nobody can be reading it any more.
 */
export class RangeReader {
  #held: Block = { start: 0, bytes: new Uint8Array(0) };
  /** A request that was given up may still be sending the block that is held. */
  #retained = false;
  /** Reads follow each other, even if the caller did not wait for the one before. */
  #last: Promise<void> = Promise.resolve();
  #ahead: NextBlock | undefined;

  /**
   * `blockSize`: bytes of a block. `unit`: the least that is handed out, except at the end of the file. `roomy`: there is memory
   * to read ahead. `leaving`: milliseconds that a block may take to leave before the next one is read, where nobody tells that
   * it has.
   */
  constructor(
    private readonly content: Content,
    private readonly blockSize: number,
    private readonly unit = 1,
    private readonly roomy: () => boolean = () => true,
    private readonly leaving = 0,
  ) {}

  /** True if the file can be read from here. */
  canRead(start: number): boolean {
    const { start: held, bytes } = this.#held;
    return this.content.anywhere || start >= held || bytes.length === 0;
  }

  /** Reads from `start` on: a whole block, the rest of the one in memory, or the rest of the file. */
  read(start: number): Promise<Uint8Array> {
    const bytes = this.#last.then(() => this.#read(start));
    this.#last = endOf(bytes);
    return bytes;
  }

  /** The block that is held has left, so that the next one is read. */
  left(): void {
    this.#ahead?.begin();
  }

  /** Stops reading ahead. The block that is held stays. */
  rest(): void {
    this.#ahead?.drop();
  }

  /** Lets go of everything: the file is complete. */
  end(): void {
    this.rest();
    this.#held = { start: this.content.size, bytes: new Uint8Array(0) };
  }

  /** Forgets a block that is used up, and can be read again. */
  letGo(end: number): void {
    const { start, bytes } = this.#held;
    if (!this.content.anywhere || end < start + bytes.length) return;
    this.#release();
    this.#held = { start: end, bytes: new Uint8Array(0) };
  }

  /** Keeps the memory of the last block: a request that was not taken may still be reading it. */
  retain(): void {
    this.#retained = true;
  }

  async #read(start: number): Promise<Uint8Array> {
    if (!this.#holds(start) && this.#ahead) {
      const ahead = this.#ahead;
      this.#ahead = undefined;
      const within = start >= ahead.start && start < this.#endOf(ahead.start);
      if (within || !this.content.anywhere) this.#hold(ahead.start, await ahead.read());
      else ahead.drop();
    }
    if (!this.#holds(start)) this.#hold(start, await read(this.content, start, this.#endOf(start)));
    else if (this.#isScrap(start)) await this.#join(start);
    return this.#held.bytes.subarray(start - this.#held.start);
  }

  #holds(start: number): boolean {
    return start >= this.#held.start && start < this.#held.start + this.#held.bytes.length;
  }

  /** True if the rest of the block is too small for one range. */
  #isScrap(start: number): boolean {
    const end = this.#held.start + this.#held.bytes.length;
    return end - start < this.unit && end < this.content.size;
  }

  /** Appends the next block to the rest of this one. */
  async #join(start: number): Promise<void> {
    const { start: held, bytes } = this.#held;
    const rest = bytes.slice(start - held);
    const end = start + rest.length;
    const ahead = this.#ahead?.read();
    this.#ahead = undefined; // read again if it has failed
    const next = await (ahead ?? read(this.content, end, this.#endOf(end)));
    const both = new Uint8Array(rest.length + next.length);
    both.set(rest);
    both.set(next, rest.length);
    this.content.release?.(next);
    this.#hold(start, both);
  }

  #hold(start: number, bytes: Uint8Array): void {
    this.#release();
    this.#held = { start, bytes };
    this.#readAhead(start + bytes.length);
  }

  #release(): void {
    if (!this.#retained && this.#held.bytes.length > 0) this.content.release?.(this.#held.bytes);
    this.#retained = false;
  }

  #endOf(start: number): number {
    return Math.min(start + this.blockSize, this.content.size);
  }

  #readAhead(start: number): void {
    this.#ahead?.drop();
    const { content } = this;
    const more = start < content.size && (!content.anywhere || this.roomy());
    this.#ahead = more ? new NextBlock(start, () => read(content, start, this.#endOf(start)), this.leaving) : undefined;
  }
}
