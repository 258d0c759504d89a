import { randomUUID } from "node:crypto";
import type { LimitedRequest, Limiter } from "../index.js";
import { ENTER, LEAVE, PAUSE, RENEW } from "./scripts.js";

export type { LimitedRequest, Limiter } from "../index.js";

/** Evaluates a Lua script in Redis, as `EVAL` does, with whatever client you have. */
export type RunScript = (script: string, keys: string[], args: string[]) => Promise<unknown>;

/** The limits that a limiter in Redis keeps, and how workers hear of each other. */
export interface RedisLimiterOptions {
  /** The beginning of all keys. Workers with the same prefix share one limit. @default "graph-large-attachments" */
  readonly prefix?: string;
  /** Milliseconds after which the places of a worker that has died come free. Three heartbeats fit into it. @default 15000 */
  readonly lease?: number;
  /**
   * Bytes that a mailbox takes in `uploadWindow`: 157286400 for the documented 150 MB in 5 minutes (docs: throttling-limits,
   * Outlook service). Whether uploads of ranges count is not documented. @default no limit
   */
  readonly uploadBytes?: number;
  /** Milliseconds of that window. @default 300000 */
  readonly uploadWindow?: number;
  /**
   * Subscribes a connection of its own to a channel, and calls `hear` with each message, so that a free place is heard of
   * immediately. Without it, Redis is asked every `poll` milliseconds while a request waits.
   */
  readonly subscribe?: (channel: string, hear: (message: string) => void) => unknown;
  /** Milliseconds between two questions while a request waits. @default 50; 1000 with `subscribe` */
  readonly poll?: number;
  /** Called when Redis fails. Requests then go without the limiter, and a 429 is waited out. */
  readonly onError?: (error: unknown) => void;
}

/** Requests that a worker sends in one place before others may have it. Within one worker it changes hands without a wait. */
const MOST_IN_A_ROW = 16;

/** A place in a lane, and how many requests of this worker had it in a row. */
interface Place {
  readonly id: string;
  readonly times: number;
}

/** The place of a request. */
interface Held extends Place {
  readonly lane: string;
  readonly bytes: number;
  readonly slot: number;
}

/**
 * A limiter that all workers with one Redis share. A mailbox then gets no more requests at the same time, from all workers
 * together, than it takes, and a 429 to one of them pauses all. A worker that dies gives its places back after `lease`.
 *
 * @example
 * const limiter = redisLimiter((script, keys, args) => redis.eval(script, keys.length, ...keys, ...args)); // ioredis
 * const limiter = redisLimiter((script, keys, args) => redis.eval(script, { keys, arguments: args })); // redis
 * withLargeAttachments(client, { limiter });
 */
export function redisLimiter(run: RunScript, options: RedisLimiterOptions = {}): Limiter {
  const {
    prefix = "graph-large-attachments",
    lease = 15_000,
    uploadWindow = 300_000,
    uploadBytes,
    subscribe,
  } = options;
  const { poll = subscribe ? 1_000 : 50, onError = () => {} } = options;
  if (typeof run !== "function") throw new TypeError("redisLimiter needs a function that evaluates a script in Redis.");
  for (const [name, value] of Object.entries({ lease, uploadWindow, uploadBytes, poll })) {
    if (value !== undefined && !(Number.isSafeInteger(value) && value > 0))
      throw new TypeError(`${name} must be a whole number above 0, but is ${String(value)}.`);
  }
  const channel = subscribe ? `${prefix}:left` : "";
  const keysOf = (lane: string) => ["leases", "sent", "pause"].map((part) => `{${prefix} ${lane}}:${part}`);
  const held = new Set<Held>();
  /** Wakes who waits for a place in a lane, with the place of another request of this worker or without. */
  const waiting = new Map<string, (place?: Place) => void>();
  const line = new Line();
  let beat: ReturnType<typeof setInterval> | undefined;

  const tryTo = (script: string, keys: string[], args: readonly (string | number)[]) =>
    (async () => run(script, keys, args.map(String)))().catch((error: unknown) => void onError(error));

  if (subscribe) void (async () => subscribe(channel, (lane) => waiting.get(lane)?.()))().catch(onError);

  /** Asks until there is a place. `undefined` if Redis fails. */
  async function ask({ lane, most, bytes: all }: LimitedRequest, signal?: AbortSignal): Promise<Held | undefined> {
    const bytes = Number.isFinite(most) && uploadBytes !== undefined ? all : 0;
    const limits = [Math.min(most, 1e9), bytes, lease, uploadBytes ?? 0, uploadWindow];
    for (let given: Place | undefined; ;) {
      let woken = false;
      const heard = new Promise<Place | undefined>((resolve) =>
        waiting.set(lane, (place) => {
          waiting.delete(lane);
          woken = true;
          resolve(place);
        }),
      );
      const { id, times } = given ?? { id: randomUUID(), times: 0 };
      const answer = await tryTo(ENTER, keysOf(lane), [id, ...limits]);
      const [wait = 0, slot = 0] = Array.isArray(answer) ? answer.map(Number) : [];
      if (answer === undefined || wait === 0) {
        waiting.delete(lane);
        if (woken) void heard.then((place) => place && giveBack(lane, place));
        return answer === undefined ? undefined : { lane, id, times: times + 1, bytes, slot };
      }
      if (given) giveBack(lane, given);
      const pause = wait > 0 ? wait + Math.random() * 10 : Math.min(-wait, poll * (0.5 + Math.random() / 2));
      if (wait > 0) waiting.delete(lane);
      try {
        given = await within(pause, signal, woken || wait < 0 ? heard : undefined);
      } catch (error) {
        void heard.then((place) => place && giveBack(lane, place));
        throw error;
      } finally {
        waiting.delete(lane);
      }
    }
  }

  function giveBack(lane: string, { id }: Place, bytes = 0, slot = 0): void {
    void tryTo(LEAVE, keysOf(lane).slice(0, 2), [id, bytes, slot, uploadWindow, channel, lane]);
  }

  function leave(place: Held): void {
    if (!held.delete(place)) return;
    if (held.size === 0) {
      clearInterval(beat);
      beat = undefined;
    }
    const { lane, id, times, bytes, slot } = place;
    const next = times < MOST_IN_A_ROW ? waiting.get(lane) : undefined;
    if (!next) return giveBack(lane, place, bytes, slot);
    if (slot > 0) giveBack(lane, { id: "", times }, bytes, slot);
    next({ id, times });
  }

  function renew(): void {
    const lanes = new Map<string, string[]>();
    for (const { lane, id } of held) lanes.set(lane, [...(lanes.get(lane) ?? []), id]);
    for (const [lane, ids] of lanes) void tryTo(RENEW, keysOf(lane).slice(0, 1), [lease, ...ids]);
  }

  return {
    async enter(request, signal) {
      // one request of this process asks Redis, the others wait for it
      const place = await line.alone(request.lane, () => ask(request, signal), signal);
      if (!place) return () => {};
      held.add(place);
      beat ??= setInterval(renew, lease / 3).unref();
      if (signal?.aborted) {
        leave(place);
        throw signal.reason;
      }
      return () => leave(place);
    },
    pause(lane, milliseconds) {
      const [, , paused = ""] = keysOf(lane);
      if (milliseconds > 0) void tryTo(PAUSE, [paused], [Math.ceil(milliseconds)]);
    },
  };
}

/** Waits for a time or for `heard`, whatever comes first. An abort rejects immediately. */
function within<T>(milliseconds: number, signal: AbortSignal | undefined, heard?: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const stop = () => end(() => reject(signal?.reason));
    const timer = setTimeout(() => end(() => resolve(undefined)), milliseconds);
    const end = (settle: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
      settle();
    };
    if (signal?.aborted) return stop();
    signal?.addEventListener("abort", stop);
    void heard?.then((found) => end(() => resolve(found)));
  });
}

/** Those who wait for one lane, one after another. */
class Line {
  readonly #tails = new Map<string, Promise<void>>();

  async alone<T>(lane: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    const before = this.#tails.get(lane);
    let done = () => {};
    const mine = new Promise<void>((resolve) => (done = resolve));
    const tail = (before ?? Promise.resolve()).then(() => mine);
    this.#tails.set(lane, tail);
    try {
      if (before) await aborted(before, signal);
      return await work();
    } finally {
      done();
      if (this.#tails.get(lane) === tail) this.#tails.delete(lane);
    }
  }
}

/** Settles as `work` does, or rejects when the signal aborts. */
async function aborted(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return work;
  let stop = () => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop);
  });
  await Promise.race([work, stopped]).finally(() => signal.removeEventListener("abort", stop));
}
