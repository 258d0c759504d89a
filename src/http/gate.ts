import type { LimitedRequest, Limiter } from "../limiter.js";
import { onAbort, reasonOf } from "../signals.js";

/** Milliseconds that a place is kept for a file that is being read. */
const PATIENCE = 200;
/** Places that come back with each reply after a 429 has halved them. */
const RECOVERY = 0.05;
/** Milliseconds after which a lane that nobody uses forgets that it was throttled. */
const FORGOTTEN = 600_000;

interface Lane {
  running: number;
  most: number;
  /** Places after a 429, and how many bring all of them back. */
  slowed?: { places: number; readonly enough: number };
  /** Nothing is sent before this time of the monotonic clock. Milliseconds. */
  until: number;
  timer?: ReturnType<typeof setTimeout>;
  readonly waiting: (() => void)[];
}

/** A place in a lane. */
export interface Place {
  /** Waits for `work`. If it takes long, another job may have the place meanwhile. */
  lend<T>(work: Promise<T>): Promise<T>;
}

/**
 * The limiter in the process. Lets a few requests of one lane run at the same time, and none while it is paused: a mailbox
 * takes four at a time. A pause halves the places, which then come back slowly.
 */
export class Gate implements Limiter {
  readonly #lanes = new Map<string, Lane>();

  /** Waits for a place. `again`: before all others, with its bytes in memory. Returns what gives the place back. */
  enter(request: Pick<LimitedRequest, "lane" | "most">, signal?: AbortSignal, again = false) {
    return new Promise<() => void>((resolve, reject) => {
      if (signal?.aborted) return reject(reasonOf(signal));
      const name = request.lane;
      const lane = this.#lane(name);
      lane.most = request.most;
      let left = false;
      const leave = () => {
        if (left) return;
        left = true;
        lane.running--;
        recover(lane);
        this.#serve(name, lane);
      };
      const end = onAbort(signal, (reason) => {
        lane.waiting.splice(lane.waiting.indexOf(go), 1);
        end();
        reject(reason);
        this.#serve(name, lane);
      });
      const go = () => {
        end();
        resolve(leave);
      };
      if (again) lane.waiting.unshift(go);
      else lane.waiting.push(go);
      this.#serve(name, lane);
    });
  }

  /** Runs `job` when there is room for it. An abort while it waits rejects immediately. */
  async run<T>(lane: string, most: number, job: (place: Place) => Promise<T>, signal?: AbortSignal): Promise<T> {
    let leave: (() => void) | undefined = await this.enter({ lane, most }, signal);
    const lend: Place["lend"] = async (work) => {
      const away = () => {
        leave?.();
        leave = undefined;
      };
      const timer = setTimeout(away, PATIENCE);
      try {
        return await work;
      } finally {
        clearTimeout(timer);
        if (!leave && !signal?.aborted) leave = await this.enter({ lane, most }, signal, true);
      }
    };
    try {
      return await job({ lend });
    } finally {
      leave?.();
    }
  }

  /** Holds back requests that have not been sent yet, and halves the places. Replies during a pause halve them once. */
  pause(name: string, milliseconds: number): void {
    const lane = this.#lane(name);
    if (lane.until <= now()) {
      const all = Number.isFinite(lane.most) ? lane.most : Math.max(lane.running, 2);
      const { places, enough } = lane.slowed ?? { places: all, enough: all };
      lane.slowed = { places: Math.max(1, Math.floor(places / 2)), enough };
    }
    lane.until = Math.max(lane.until, now() + milliseconds);
  }

  /** Lets in who may go. One timer serves all who wait for the end of a pause. */
  #serve(name: string, lane: Lane): void {
    clearTimeout(lane.timer);
    const places = Math.floor(lane.slowed?.places ?? lane.most);
    while (lane.waiting.length > 0 && lane.running < places) {
      const wait = lane.until - now();
      if (wait > 0) {
        lane.timer = setTimeout(() => this.#serve(name, lane), wait);
        return;
      }
      lane.running++;
      lane.waiting.shift()?.();
    }
    const idle = lane.running + lane.waiting.length === 0;
    if (idle && !lane.slowed && lane.until <= now()) this.#lanes.delete(name);
  }

  #lane(name: string): Lane {
    const known = this.#lanes.get(name);
    if (known) return known;
    for (const [other, { running, waiting, until }] of this.#lanes)
      if (running + waiting.length === 0 && until + FORGOTTEN < now()) this.#lanes.delete(other);
    const lane: Lane = { running: 0, most: Infinity, until: 0, waiting: [] };
    this.#lanes.set(name, lane);
    return lane;
  }
}

const now = () => performance.now();

function recover(lane: Lane): void {
  if (!lane.slowed || lane.until > now()) return;
  lane.slowed.places += RECOVERY;
  if (lane.slowed.places >= lane.slowed.enough) lane.slowed = undefined;
}
