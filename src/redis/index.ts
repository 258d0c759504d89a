import { randomUUID } from "node:crypto";
import type { LimitedRequest, Limiter } from "../index.js";
import { ENTER, LEAVE, PAUSE, RENEW } from "./scripts.js";

export type { LimitedRequest, Limiter } from "../index.js";

/** Evaluates a Lua script in Redis, as `EVAL` does, with whatever client you have. */
export type RunScript = (script: string, keys: string[], args: string[]) => Promise<unknown>;

/** What a limiter in Redis counts, and how workers hear of each other. */
export interface RedisLimiterOptions {
  /** What all keys begin with. Workers with the same prefix share one limit. @default "graph-large-attachments" */
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

/** A place that a request has. */
interface Held {
  readonly lane: string;
  readonly id: string;
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
  const wake = new Map<string, () => void>();
  const line = new Line();
  let beat: ReturnType<typeof setInterval> | undefined;

  const tryTo = (script: string, keys: string[], args: readonly (string | number)[]) =>
    (async () => run(script, keys, args.map(String)))().catch((error: unknown) => void onError(error));

  if (subscribe) void (async () => subscribe(channel, (lane) => wake.get(lane)?.()))().catch(onError);

  /** Asks until there is a place. `undefined` if Redis fails. */
  async function ask({ lane, most, bytes: all }: LimitedRequest, signal?: AbortSignal): Promise<Held | undefined> {
    const bytes = Number.isFinite(most) && uploadBytes !== undefined ? all : 0;
    const id = randomUUID();
    const args = [id, Math.min(most, 1e9), bytes, lease, uploadBytes ?? 0, uploadWindow];
    for (;;) {
      let woken = false;
      const heard = new Promise<void>((resolve) => wake.set(lane, () => resolve(void (woken = true))));
      const answer = await tryTo(ENTER, keysOf(lane), args);
      if (answer === undefined) return undefined;
      const [wait = 0, slot = 0] = (answer as unknown[]).map(Number);
      if (wait === 0) return { lane, id, bytes, slot };
      signal?.throwIfAborted();
      const jitter = poll * (0.5 + Math.random() / 2);
      const most = wait > 0 ? wait + Math.random() * 10 : Math.min(-wait, jitter);
      if (!woken || wait > 0) await within(most, signal, wait < 0 ? heard : undefined);
    }
  }

  function leave(place: Held): void {
    if (!held.delete(place)) return;
    if (held.size === 0) {
      clearInterval(beat);
      beat = undefined;
    }
    const { lane, id, bytes, slot } = place;
    void tryTo(LEAVE, keysOf(lane).slice(0, 2), [id, bytes, slot, uploadWindow, channel, lane]);
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
function within(milliseconds: number, signal: AbortSignal | undefined, heard?: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => end(() => reject(signal?.reason));
    const timer = setTimeout(() => end(resolve), milliseconds);
    const end = (settle: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
      settle();
    };
    signal?.addEventListener("abort", stop);
    void heard?.then(() => end(resolve));
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
