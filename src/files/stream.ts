import { UploadError } from "../errors.js";
import type { Content } from "../file.js";
import { exactBytes, isBytes } from "./bytes.js";
import { hold, isNodeStream, release, type NodeStream } from "./hold.js";

type Source = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

const NOTHING: Uint8Array = new Uint8Array(0);
/** Milliseconds in which a stream that has given all its bytes shows that it has more. It may stay open for good. */
const LONGEST_END = 500;

/** A stream of bytes, read once and in order, in pieces of any length. */
export class StreamContent implements Content {
  readonly anywhere = false;
  readonly #chunks: AsyncIterator<unknown>;
  readonly #node: NodeStream | undefined;
  /** Bytes that were read from the stream but not asked for yet. */
  #rest = NOTHING;
  #position = 0;
  /** Memory that was released, to be filled again. */
  #spare: Uint8Array | undefined;

  constructor(
    stream: Source,
    readonly size: number,
    readonly type?: string,
  ) {
    if ("getReader" in stream && stream.locked) {
      throw new UploadError("invalid", "The stream is locked by another reader.");
    }
    this.#chunks = "getReader" in stream ? chunksOf(stream) : stream[Symbol.asyncIterator]();
    this.#node = isNodeStream(stream) ? stream : undefined;
    hold(stream);
  }

  async read(start: number, end: number): Promise<Uint8Array> {
    if (start < this.#position) {
      throw new UploadError(
        "source",
        "The service needs bytes again that the stream has already passed. Attach a Blob or a file that can be read at any position.",
      );
    }
    while (this.#position < start) {
      if (this.#rest.length === 0 && !(await this.#readMore())) throw this.#tooShort();
      this.#take(start - this.#position);
    }
    const bytes = this.#memory(end - start);
    for (let filled = 0; filled < bytes.length;) {
      if (this.#rest.length === 0 && !(await this.#readMore())) throw this.#tooShort();
      const piece = this.#take(bytes.length - filled);
      bytes.set(piece, filled);
      filled += piece.length;
    }
    if (end === this.size && (this.#rest.length > 0 || (await within(LONGEST_END, this.#readMore())))) {
      throw new UploadError("source", `The stream is longer than the ${this.size} bytes that were stated.`);
    }
    return bytes;
  }

  release(bytes: Uint8Array): void {
    this.#spare = bytes;
  }

  #memory(length: number): Uint8Array {
    const spare = this.#spare;
    this.#spare = undefined;
    return spare && spare.length >= length ? spare.subarray(0, length) : new Uint8Array(length);
  }

  close(reason?: unknown): void {
    this.#spare = undefined;
    void (async () => this.#node?.destroy())().catch(() => {});
    void (async () => this.#chunks.return?.(reason))().catch(() => {});
  }

  /** Takes at most `most` of the bytes that were read. */
  #take(most: number): Uint8Array {
    const rest = this.#rest;
    const piece = rest.length <= most ? rest : rest.subarray(0, most);
    this.#rest = piece === rest ? NOTHING : rest.subarray(most);
    this.#position += piece.length;
    return piece;
  }

  #tooShort(): UploadError {
    const message = `The stream ended after ${this.#position} bytes of the ${this.size} that were stated.`;
    return new UploadError("source", message);
  }

  /** Reads some bytes. Returns `false` at the end. */
  async #readMore(): Promise<boolean> {
    while (this.#rest.length === 0) {
      let result: IteratorResult<unknown>;
      try {
        result = await this.#chunks.next();
      } catch (cause) {
        throw new UploadError("source", "The stream failed.", { cause });
      }
      if (result.done) {
        if (this.#node) release(this.#node);
        return false;
      }
      const chunk = result.value;
      if (!isBytes(chunk)) throw new UploadError("source", `The stream returned ${typeof chunk} instead of bytes.`);
      this.#rest = exactBytes(chunk);
    }
    return true;
  }
}

/** Returns the result of `work`, or `false` if it takes longer than so many milliseconds. */
async function within(milliseconds: number, work: Promise<boolean>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => (timer = setTimeout(resolve, milliseconds, false)));
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Web streams are not async iterables in every browser. */
export function chunksOf(stream: ReadableStream<unknown>): AsyncIterator<unknown> {
  const reader = stream.getReader();
  return {
    next: async () => {
      const { done, value } = await reader.read();
      return done ? { done, value: undefined } : { done: false, value };
    },
    return: async (reason) => {
      const cancelled = reader.cancel(reason);
      reader.releaseLock();
      await cancelled;
      return { done: true, value: undefined };
    },
  };
}
