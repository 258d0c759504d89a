import type { LimitedRequest, Limiter } from "../limiter.js";
import { onAbort, reasonOf } from "../signals.js";
import { Quota, SMALL, type Allowance } from "./quota.js";

/** Milliseconds that a place is kept for a file that is being read. */
export const PATIENCE = 200;
/** Places that come back with each reply after a 429 has halved them. */
const RECOVERY = 0.05;
/** Milliseconds after which a lane that nobody uses forgets that it was throttled. */
const FORGOTTEN = 600_000;

/** A request as the gate counts it. */
interface Entering extends Pick<LimitedRequest, "lane" | "most"> {
  readonly bytes?: number;
  /** Places that it takes. @default 1 */
  readonly weight?: number;
  /** The documented limit of the bytes of the lane. */
  readonly allowance?: Allowance;
  /** The lane whose length decides who is next. Every other place goes to who has waited longest. */
  readonly behind?: string;
}

interface Waiting {
  readonly behind?: string;
  readonly bytes: number;
  readonly weight: number;
  go(): void;
}

interface Lane {
  running: number;
  most: number;
  /** Places after a 429, and how many bring all of them back. */
  slowed?: { places: number; readonly enough: number };
  /** Nothing is sent before this time of the monotonic clock. Milliseconds. */
  until: number;
  timer?: ReturnType<typeof setTimeout>;
  readonly waiting: Waiting[];
  quota?: Quota;
  /** When a request with a quota left last. */
  used: number;
  /** Places given so far. */
  given: number;
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

  /**
   * Waits for a place. `again`: before all others, with its bytes in memory. Returns what gives the place back; `unsent`: the
   * request has not gone.
   */
  enter(request: Entering, signal?: AbortSignal, again = false) {
    return new Promise<(unsent?: boolean) => void>((resolve, reject) => {
      if (signal?.aborted) return reject(reasonOf(signal));
      const { lane: name, bytes = 0, weight = 1, allowance, behind } = request;
      const lane = this.#lane(name);
      lane.most = request.most;
      if (allowance) lane.quota ??= new Quota(allowance);
      const end = onAbort(signal, (reason) => {
        lane.waiting.splice(lane.waiting.indexOf(one), 1);
        end();
        reject(reason);
        this.#serve(name, lane);
      });
      const go = () => {
        const counted = lane.quota?.take(bytes, now());
        let left = false;
        end();
        resolve((unsent) => {
          if (left) return;
          left = true;
          lane.running -= weight;
          lane.used = now();
          counted?.(now(), unsent);
          recover(lane);
          this.#serve(name, lane);
        });
      };
      const one = { bytes, weight, behind, go };
      if (again) lane.waiting.unshift(one);
      else lane.waiting.push(one);
      this.#serve(name, lane);
    });
  }

  /** Runs `job` when there is room for it. An abort while it waits rejects immediately. */
  async run<T>(lane: string, most: number, job: (place: Place) => Promise<T>, signal?: AbortSignal): Promise<T> {
    let leave: (() => void) | undefined = await this.enter({ lane, most }, signal);
    let ended = false;
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
        if (!leave && !ended && !signal?.aborted) leave = await this.enter({ lane, most }, signal, true);
      }
    };
    try {
      return await job({ lend });
    } finally {
      ended = true;
      leave?.();
    }
  }

  /** Holds back requests that have not been sent yet, and halves the places. Replies during a pause halve them once. */
  pause(name: string, milliseconds: number): void {
    const lane = this.#lane(name);
    const explained = lane.quota?.refused(now());
    if (lane.until <= now() && !explained) {
      const all = Number.isFinite(lane.most) ? lane.most : Math.max(lane.running, 2);
      const { places, enough } = lane.slowed ?? { places: all, enough: all };
      lane.slowed = { places: Math.max(1, Math.floor(places / 2)), enough };
    }
    lane.until = Math.max(lane.until, now() + milliseconds);
  }

  /** Takes places that are free now, for work that can wait for its turn instead. `undefined` if there are too few. */
  takeFree(name: string, most: number, weight: number): (() => void) | undefined {
    const lane = this.#lane(name);
    if (lane.running + weight > most) return undefined;
    lane.running += weight;
    return () => void (lane.running -= weight);
  }

  /** True if a lane has at least half of its places free, and nobody waits. */
  hasRoom(name: string): boolean {
    const lane = this.#lanes.get(name);
    return !lane || (lane.waiting.length === 0 && lane.running * 2 <= lane.most);
  }

  /** Lets in who may go, in turn. Where the bytes are used up, small requests go first. One timer serves all who wait. */
  #serve(name: string, lane: Lane): void {
    clearTimeout(lane.timer);
    const places = Math.floor(lane.slowed?.places ?? lane.most);
    const pause = lane.until - now();
    let wait = lane.waiting.length > 0 && pause > 0 ? pause : Infinity;
    for (let at = 0; pause <= 0 && at < lane.waiting.length;) {
      const { running } = lane;
      if (lane.given % 2 === 1) this.#putLongestFirst(lane.waiting);
      const one = lane.waiting[at];
      if (!one || (running > 0 && running + one.weight > places)) break;
      const left = at > 0 && one.bytes > SMALL ? Infinity : (lane.quota?.wait(one.bytes, running === 0, now()) ?? 0);
      wait = Math.min(wait, left > 0 ? left : Infinity);
      if (left > 0) at++;
      else {
        lane.waiting.splice(at, 1);
        lane.running += one.weight;
        lane.given++;
        one.go();
      }
    }
    if (Number.isFinite(wait)) lane.timer = setTimeout(() => this.#serve(name, lane), wait);
    const idle = lane.running + lane.waiting.length === 0;
    if (idle && !lane.slowed && !lane.quota && lane.until <= now()) this.#lanes.delete(name);
  }

  /** Where the most are waiting, work ends last. */
  #putLongestFirst(waiting: Waiting[]): void {
    const lengthOf = ({ behind }: Waiting) =>
      behind === undefined ? 0 : (this.#lanes.get(behind)?.waiting.length ?? 0);
    const lengths = waiting.map(lengthOf);
    waiting.unshift(...waiting.splice(lengths.indexOf(Math.max(...lengths)), 1));
  }

  #lane(name: string): Lane {
    const known = this.#lanes.get(name);
    if (known) return known;
    for (const [other, { running, waiting, until, used }] of this.#lanes)
      if (running + waiting.length === 0 && Math.max(until, used) + FORGOTTEN < now()) this.#lanes.delete(other);
    const lane: Lane = { running: 0, most: Infinity, until: 0, waiting: [], used: 0, given: 0 };
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
