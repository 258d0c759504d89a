import { orAborted } from "../signals.js";

/** Runs jobs of one key one after another, and jobs of different keys next to each other: Exchange answers 412 to parallel writes. */
export class Queue {
  readonly #tails = new Map<string, Promise<unknown>>();

  /** Runs `job` when those before it have ended, however they ended. An abort while it waits rejects immediately. */
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
