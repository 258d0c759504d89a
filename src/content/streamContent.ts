import { exactBytes, isBytes } from "./bytes.js";
import type { Content } from "./content.js";
import { UploadError } from "../errors.js";

/**
 * A Node stream as such: its iterator hears of an error only while it waits for bytes, so that one before would bring the
 * process down, and it lets go of the stream only once it has begun.
 */
interface NodeStream {
  on(event: "error", listener: () => void): unknown;
  off(event: "error", listener: () => void): unknown;
  destroy(): unknown;
}

/** The next read tells the error. */
const ignore = () => {};

/** A stream of bytes, read once and in order, in pieces of any length. */
export class StreamContent implements Content {
  readonly anywhere = false;
  readonly #chunks: AsyncIterator<unknown>;
  readonly #node: NodeStream | undefined;
  /** Read from the stream, but not yet asked for. */
  #rest: Uint8Array = new Uint8Array(0);
  #position = 0;
  /** Memory that was released: a stream fills what it has filled before. */
  #spare: Uint8Array | undefined;

  constructor(
    stream: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
    readonly size: number,
  ) {
    if ("getReader" in stream && stream.locked)
      throw new UploadError("invalid", "The stream is locked by another reader.");
    this.#chunks = "getReader" in stream ? chunksOf(stream) : stream[Symbol.asyncIterator]();
    this.#node = "destroy" in stream && "on" in stream ? (stream as unknown as NodeStream) : undefined;
    this.#node?.on("error", ignore);
  }

  async read(start: number, end: number): Promise<Uint8Array> {
    if (start < this.#position) {
      throw new UploadError(
        "source",
        "The service wants bytes again that the stream has passed. Attach a Blob or a file that can be read at any place.",
      );
    }
    while (this.#position < start) await this.#take(start - this.#position);
    const bytes = this.#memory(end - start);
    for (let filled = 0; filled < bytes.length;) {
      const piece = await this.#take(bytes.length - filled);
      bytes.set(piece, filled);
      filled += piece.length;
    }
    if (end === this.size) await this.#mustEnd();
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
    this.#node?.destroy();
    void Promise.resolve(this.#chunks.return?.(reason)).catch(() => {});
  }

  /** Some bytes, at most `most`. */
  async #take(most: number): Promise<Uint8Array> {
    while (this.#rest.length === 0) {
      const chunk = await this.#next();
      if (chunk === undefined) {
        throw new UploadError(
          "source",
          `The stream ended after ${this.#position} bytes of the ${this.size} that were promised.`,
        );
      }
      this.#rest = chunk;
    }
    const piece = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(piece.length);
    this.#position += piece.length;
    return piece;
  }

  async #mustEnd(): Promise<void> {
    while (this.#rest.length === 0) {
      const chunk = await this.#next();
      if (chunk === undefined) return;
      this.#rest = chunk;
    }
    throw new UploadError("source", `The stream is longer than the ${this.size} bytes that were promised.`);
  }

  async #next(): Promise<Uint8Array | undefined> {
    let result: IteratorResult<unknown>;
    try {
      result = await this.#chunks.next();
    } catch (cause) {
      throw new UploadError("source", "The stream failed.", { cause });
    }
    if (result.done) {
      this.#node?.off("error", ignore);
      return undefined;
    }
    const chunk = result.value;
    if (isBytes(chunk)) return exactBytes(chunk);
    throw new UploadError("source", `The stream gave a ${typeof chunk} instead of bytes.`);
  }
}

/** Web streams are no async iterables in every browser. */
function chunksOf(stream: ReadableStream<Uint8Array>): AsyncIterator<unknown> {
  const reader = stream.getReader();
  return {
    next: async () => {
      const { done, value } = await reader.read();
      return done ? { done, value: undefined } : { done: false, value };
    },
    return: async (reason) => {
      await reader.cancel(reason);
      return { done: true, value: undefined };
    },
  };
}
