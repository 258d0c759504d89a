import { sleep } from "./retry.js";

interface Lane {
  running: number;
  /** Nothing is sent before this time of the monotonic clock. Milliseconds. */
  until: number;
  readonly waiting: (() => void)[];
}

/** Lets a few requests of one lane run at the same time, and none while it is paused: a mailbox takes four at a time. */
export class Gate {
  readonly #lanes = new Map<string, Lane>();

  /** Runs `job` when there is room for it. An abort while it waits rejects immediately. */
  async run<T>(name: string, most: number, job: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const lane = this.#lane(name);
    if (lane.running < most) lane.running++;
    else await turn(lane, signal);
    try {
      for (let wait = lane.until - now(); wait > 0; wait = lane.until - now()) await sleep(wait, signal);
      return await job();
    } finally {
      const next = lane.waiting.shift();
      if (next) next();
      else lane.running--;
      if (lane.running === 0 && lane.until <= now()) this.#lanes.delete(name);
    }
  }

  /** Holds back requests that have not been sent yet. */
  pause(name: string, milliseconds: number): void {
    const lane = this.#lane(name);
    lane.until = Math.max(lane.until, now() + milliseconds);
  }

  #lane(name: string): Lane {
    const lane = this.#lanes.get(name) ?? { running: 0, until: 0, waiting: [] };
    this.#lanes.set(name, lane);
    return lane;
  }
}

const now = () => performance.now();

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
