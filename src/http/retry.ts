import type { Reply } from "../protocol.js";
import { onAbort, reasonOf } from "../signals.js";
import type { Answer } from "./refusal.js";

/** Longest wait that a service may ask for. Beyond it the upload ends and can be resumed later. Milliseconds. */
export const LONGEST_WAIT = 600_000;
const LONGEST_BACKOFF = 60_000;
/** Milliseconds that each wait for a throttle counts for at least, so that one of no length is not repeated forever. */
const LEAST_HELD = 1_000;
/** Milliseconds that a pause is longer than asked for at most, so that processes do not come back together. */
const MOST_JITTER = 10_000;

/** Milliseconds that a `Retry-After` in seconds or as an HTTP date asks for. `undefined` if there is none. */
export function retryAfter(header: string | null, now: number): number | undefined {
  if (!header?.trim()) return undefined;
  if (/^\s*\d+(\.\d+)?\s*$/.test(header)) return Number(header) * 1000;
  const date = /\d:\d\d/.test(header) ? Date.parse(header) : NaN; // Date.parse takes nearly anything for a date
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/**
 * Milliseconds that a reply asks to wait. A date counts from the reply's own `Date`, so that a wrong clock here does no harm.
 * Without `Date`, which browsers hide, a date that is too far away is not believed.
 */
export function askedWait(headers: Headers): number | undefined {
  const header = headers.get("Retry-After");
  if (!header) return undefined;
  const sent = Date.parse(headers.get("Date") ?? "");
  const wait = retryAfter(header, Number.isNaN(sent) ? Date.now() : sent);
  const believed = !Number.isNaN(sent) || !header.includes(":") || (wait ?? 0) <= LONGEST_WAIT;
  return believed ? wait : undefined;
}

/** Exponential backoff with jitter: between half and the whole of `delay` × 2^attempt. Milliseconds. */
export function backoff(attempt: number, delay: number, random: number): number {
  return Math.min(LONGEST_BACKOFF, delay * 2 ** Math.min(attempt, 30)) * (0.5 + random / 2);
}

type Head = Pick<Reply, "status" | "headers">;

/**
 * True if the service did not take a request because there were too many: 429, SharePoint's redirect to a page of that name
 * (docs: avoid-throttling), and 503 or 509 (bandwidth) that say how long to wait. A date that is not believed does not
 * count as a throttle: the usual retries apply.
 */
export function isThrottle({ status, headers }: Head): boolean {
  if (status >= 300 && status < 400) return /\/throttle\.html?([?#]|$)/i.test(headers.get("Location") ?? "");
  if (status !== 429 && status !== 503 && status !== 509) return false;
  const asks = askedWait(headers) !== undefined;
  return asks || (status === 429 && !headers.get("Retry-After")?.includes(":"));
}

/** Milliseconds to wait for a throttle: as long as it asks for. If it does not say, or says 0 again, longer each time. */
function throttleWait({ headers }: Head, times: number, delay: number): number {
  const asked = askedWait(headers);
  return asked || (asked === 0 && times === 0) ? asked : backoff(times, delay, Math.random());
}

/** Milliseconds that a lane pauses for a throttle: somewhat longer than asked for. */
export function pauseFor(reply: Head, times: number, delay: number): number {
  const wait = throttleWait(reply, times, delay);
  return Math.ceil(wait + Math.random() * Math.min(MOST_JITTER, wait / 2));
}

/** Waits. An abort ends the wait immediately and rejects with the signal's reason. */
export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(reasonOf(signal));
    const end = onAbort(signal, (reason) => {
      clearTimeout(timer);
      end();
      reject(reason);
    });
    const timer = setTimeout(() => {
      end();
      resolve();
    }, milliseconds);
  });
}

/** Waits while the browser knows that it is offline. Other runtimes do not wait. */
function whenOnline(signal?: AbortSignal): Promise<void> {
  const { navigator, addEventListener, removeEventListener } = globalThis;
  if (navigator?.onLine !== false || typeof addEventListener !== "function") return Promise.resolve();
  return new Promise((resolve, reject) => {
    const end = (settle: (reason?: unknown) => void) => (reason?: unknown) => {
      removeEventListener("online", online);
      leave();
      settle(reason);
    };
    const online = end(() => resolve());
    const stop = end(reject);
    if (signal?.aborted) return reject(reasonOf(signal));
    addEventListener("online", online);
    const leave = onAbort(signal, stop);
  });
}

/** Counts attempts and waits between them. */
export class Retrier {
  #attempts = 0;
  /** Throttles, and the milliseconds that were waited for them. */
  #throttles = 0;
  #held = 0;

  constructor(
    private readonly limits: { readonly retries: number; readonly delay: number; readonly patience?: number },
    private readonly signal?: AbortSignal,
  ) {}

  /** Starts counting again, because the upload has made progress. */
  reset(): void {
    this.#attempts = this.#throttles = this.#held = 0;
  }

  /**
   * Waits before the next attempt, as long as the reply asks for. `tell` gets the milliseconds. Returns `false` if no attempt
   * is left or the wait would be too long. A throttle uses up no attempt, but time.
   */
  async next(answer?: Answer, tell: (wait: number) => unknown = () => {}): Promise<boolean> {
    if (answer && !answer.reply && answer.cause.untrusted) return false;
    if (answer && !answer.reply && globalThis.navigator?.onLine === false) {
      await whenOnline(this.signal); // the service is not at fault: the attempt does not count
      return true;
    }
    const { retries, delay, patience = LONGEST_WAIT } = this.limits;
    const reply = answer?.reply;
    const throttled = reply !== undefined && isThrottle(reply);
    const asked = reply && askedWait(reply.headers);
    const wait = throttled
      ? throttleWait(reply, this.#throttles, delay)
      : (asked ?? backoff(this.#attempts, delay, Math.random()));
    if (throttled) {
      if (this.#held + wait > patience) return false;
      this.#held += Math.max(wait, LEAST_HELD);
    } else if (this.#attempts >= retries || (asked ?? 0) > patience) return false;
    tell(wait);
    await sleep(wait, this.signal);
    if (throttled) this.#throttles += 1;
    else this.#attempts += 1;
    return true;
  }
}
