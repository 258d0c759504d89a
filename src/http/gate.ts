import { onAbort, reasonOf } from "../signals.js";
import { sleep } from "./retry.js";

/** Milliseconds that a place is kept for a file that is being read. */
const PATIENCE = 200;

interface Lane {
  running: number;
  /** Nothing is sent before this time of the monotonic clock. Milliseconds. */
  until: number;
  readonly waiting: (() => void)[];
}

/** A place in a lane. */
export interface Place {
  /** Waits for `work`. If it takes long, another job may have the place meanwhile. */
  lend<T>(work: Promise<T>): Promise<T>;
}

/** Lets a few requests of one lane run at the same time, and none while it is paused: a mailbox takes four at a time. */
export class Gate {
  readonly #lanes = new Map<string, Lane>();

  /** Runs `job` when there is room for it. An abort while it waits rejects immediately. */
  async run<T>(name: string, most: number, job: (place: Place) => Promise<T>, signal?: AbortSignal): Promise<T> {
    let held = false;
    const enter = async (again: boolean) => {
      const lane = this.#lane(name);
      if (lane.running < most) lane.running++;
      else await turn(lane, again, signal);
      held = true;
    };
    const leave = () => {
      if (!held) return;
      held = false;
      const lane = this.#lane(name);
      const next = lane.waiting.shift();
      if (next) next();
      else lane.running--;
      if (lane.running === 0 && lane.until <= now()) this.#lanes.delete(name);
    };
    const lend: Place["lend"] = async (work) => {
      const timer = setTimeout(leave, PATIENCE);
      try {
        return await work;
      } finally {
        clearTimeout(timer);
        if (!held && !signal?.aborted) await enter(true);
      }
    };
    await enter(false);
    try {
      const lane = this.#lane(name);
      for (let wait = lane.until - now(); wait > 0; wait = lane.until - now()) await sleep(wait, signal);
      return await job({ lend });
    } finally {
      leave();
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

/** Waits until a request of the lane has ended, and takes its place. `again`: before all others, with its bytes in memory. */
function turn({ waiting }: Lane, again: boolean, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(reasonOf(signal));
    const end = onAbort(signal, (reason) => {
      waiting.splice(waiting.indexOf(go), 1);
      end();
      reject(reason);
    });
    const go = () => {
      end();
      resolve();
    };
    if (again) waiting.unshift(go);
    else waiting.push(go);
  });
}
