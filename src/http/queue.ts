import { orAborted } from "../signals.js";

/** Lets jobs of one key run one after another, and of different keys side by side: Exchange answers 412 to parallel writes. */
export class Queue {
  readonly #tails = new Map<string, Promise<unknown>>();

  /** Runs `job` when those before it have ended, however they ended; an abort while it waits rejects at once. */
  async run<T>(key: string | undefined, job: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (key === undefined) return job();
    const before = this.#tails.get(key);
    const result = before ? orAborted(before, signal).then(job) : job();
    const leave = () => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    };
    const tail: Promise<void> = (before ? Promise.allSettled([before, result]) : result).then(leave, leave);
    this.#tails.set(key, tail);
    return result;
  }
}
