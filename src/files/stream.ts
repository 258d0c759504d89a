import { exactBytes, isBytes } from "./bytes.js";
import type { Content } from "./open.js";
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

const NOTHING: Uint8Array = new Uint8Array(0);
/** The next read tells the error. */
const ignore = () => {};

/** A stream of bytes, read once and in order, in pieces of any length. */
export class StreamContent implements Content {
  readonly anywhere = false;
  readonly #chunks: AsyncIterator<unknown>;
  readonly #node: NodeStream | undefined;
  /** Read from the stream, but not yet asked for. */
  #rest = NOTHING;
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
    while (this.#position < start) {
      if (this.#rest.length === 0 && !(await this.#goOn())) throw this.#short();
      this.#take(start - this.#position);
    }
    const bytes = this.#memory(end - start);
    for (let filled = 0; filled < bytes.length;) {
      if (this.#rest.length === 0 && !(await this.#goOn())) throw this.#short();
      const piece = this.#take(bytes.length - filled);
      bytes.set(piece, filled);
      filled += piece.length;
    }
    if (end === this.size && (this.#rest.length > 0 || (await this.#goOn())))
      throw new UploadError("source", `The stream is longer than the ${this.size} bytes that were promised.`);
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

  /** Of the bytes that were read, at most `most`. */
  #take(most: number): Uint8Array {
    const rest = this.#rest;
    const piece = rest.length <= most ? rest : rest.subarray(0, most);
    this.#rest = piece === rest ? NOTHING : rest.subarray(most);
    this.#position += piece.length;
    return piece;
  }

  #short(): UploadError {
    const [got, promised] = [this.#position, this.size];
    return new UploadError("source", `The stream ended after ${got} bytes of the ${promised} that were promised.`);
  }

  /** Reads some bytes; `false` at the end. */
  async #goOn(): Promise<boolean> {
    while (this.#rest.length === 0) {
      let result: IteratorResult<unknown>;
      try {
        result = await this.#chunks.next();
      } catch (cause) {
        throw new UploadError("source", "The stream failed.", { cause });
      }
      if (result.done) {
        this.#node?.off("error", ignore);
        return false;
      }
      const chunk = result.value;
      if (!isBytes(chunk)) throw new UploadError("source", `The stream gave a ${typeof chunk} instead of bytes.`);
      this.#rest = exactBytes(chunk);
    }
    return true;
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
