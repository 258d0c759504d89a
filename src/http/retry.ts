import { onAbort } from "../signals.js";
import type { Answer } from "./refusal.js";

/** Longest wait that a service may ask for. Beyond it the upload ends and can be resumed later. Milliseconds. */
export const LONGEST_WAIT = 600_000;
const LONGEST_BACKOFF = 60_000;

/** Milliseconds that a `Retry-After` in seconds or as an HTTP date asks for. `undefined` if there is none. */
export function retryAfter(header: string | null, now: number): number | undefined {
  if (header === null || header.trim() === "") return undefined;
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
  const sent = Date.parse(headers.get("Date") ?? "");
  const wait = retryAfter(header, Number.isNaN(sent) ? Date.now() : sent);
  const believed = !Number.isNaN(sent) || !header?.includes(":") || (wait ?? 0) <= LONGEST_WAIT;
  return believed ? wait : undefined;
}

/** Exponential backoff with jitter: between half and the whole of `delay` × 2^attempt. Milliseconds. */
export function backoff(attempt: number, delay: number, random: number): number {
  return Math.min(LONGEST_BACKOFF, delay * 2 ** Math.min(attempt, 30)) * (0.5 + random / 2);
}

/** Waits. An abort ends the wait immediately and rejects with the signal's reason. */
export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const end = onAbort(signal, () => {
      clearTimeout(timer);
      end();
      reject(signal?.reason);
    });
    const timer = setTimeout(() => {
      end();
      resolve();
    }, milliseconds);
  });
}

/** Waits while the browser knows that it is offline. Other runtimes do not wait. */
export function whenOnline(signal?: AbortSignal): Promise<void> {
  const { navigator, addEventListener, removeEventListener } = globalThis;
  if (navigator?.onLine !== false || typeof addEventListener !== "function") return Promise.resolve();
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => () => {
      removeEventListener("online", online);
      leave();
      settle();
    };
    const online = end(resolve);
    const stop = end(() => reject(signal?.reason));
    if (signal?.aborted) return reject(signal.reason);
    addEventListener("online", online);
    const leave = onAbort(signal, stop);
  });
}

/** Counts attempts and waits between them. */
export class Retrier {
  #attempts = 0;

  constructor(
    private readonly limits: { readonly retries: number; readonly delay: number },
    private readonly signal?: AbortSignal,
  ) {}

  /** Starts counting again, because the upload has made progress. */
  reset(): void {
    this.#attempts = 0;
  }

  /**
   * Waits before the next attempt, as long as the reply asks for. `tell` gets the milliseconds. Returns `false` if no attempt
   * is left or the wait would be too long.
   */
  async next(answer?: Answer, tell: (wait: number) => unknown = () => {}): Promise<boolean> {
    if (answer && !answer.reply && answer.cause.untrusted) return false;
    if (answer && !answer.reply && globalThis.navigator?.onLine === false) {
      await whenOnline(this.signal); // the service is not at fault: the attempt does not count
      return true;
    }
    const asked = answer?.reply && askedWait(answer.reply.headers);
    if (this.#attempts >= this.limits.retries || (asked ?? 0) > LONGEST_WAIT) return false;
    const wait = asked ?? backoff(this.#attempts, this.limits.delay, Math.random());
    tell(wait);
    await sleep(wait, this.signal);
    this.#attempts += 1;
    return true;
  }
}
