import { sleep } from "./retry.js";

interface Lane {
  running: number;
  /** Milliseconds since 1970 until which nothing is sent. */
  until: number;
  readonly waiting: (() => void)[];
}

/** Lets a few requests of one key run at once, and none while that key is paused: a mailbox takes four at a time. */
export class Gate {
  readonly #lanes = new Map<string, Lane>();

  /** Runs `job` when there is room for it; an abort while it waits rejects at once. */
  async run<T>(key: string, most: number, job: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const lane = this.#lane(key);
    if (lane.running < most) lane.running++;
    else await turn(lane, signal);
    try {
      for (let wait = lane.until - Date.now(); wait > 0; wait = lane.until - Date.now()) await sleep(wait, signal);
      return await job();
    } finally {
      const next = lane.waiting.shift();
      if (next) next();
      else lane.running--;
      if (lane.running === 0 && lane.until <= Date.now()) this.#lanes.delete(key);
    }
  }

  /** Holds back what has not been sent yet. */
  pause(key: string, milliseconds: number): void {
    const lane = this.#lane(key);
    lane.until = Math.max(lane.until, Date.now() + milliseconds);
  }

  #lane(key: string): Lane {
    const lane = this.#lanes.get(key) ?? { running: 0, until: 0, waiting: [] };
    this.#lanes.set(key, lane);
    return lane;
  }
}

/** Waits until a request of the lane has ended, and takes its place. */
function turn({ waiting }: Lane, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = () => {
      waiting.splice(waiting.indexOf(go), 1);
      reject(signal?.reason);
    };
    const go = () => {
      signal?.removeEventListener("abort", stop);
      resolve();
    };
    waiting.push(go);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
