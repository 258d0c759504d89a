import { tell } from "../callbacks.js";
import type { Answer } from "../http/refusal.js";
import type { ByteRange } from "../range.js";
import type { UploadAttempt } from "../reports.js";

/** One attempt at a range, and what came of it. */
export interface Attempt {
  readonly range: ByteRange;
  readonly answer: Answer;
  /** The reply says that the service has the range. */
  readonly taken: boolean;
}

/** Counts the attempts at each range and reports them. */
export class Attempts {
  /** Attempts at ranges that were not taken yet, by their first byte. */
  readonly #counts = new Map<number, number>();

  /** The last attempt, until it is known whether a wait follows it. */
  #pending: Attempt | undefined;

  /** `listener`: who wants to know, if anybody does. */
  constructor(private readonly listener: () => ((attempt: UploadAttempt) => unknown) | undefined) {}

  /** `wait`: milliseconds until the next attempt. */
  end({ range, answer, taken }: Attempt, wait?: number): void {
    const { reply } = answer;
    const attempt = (this.#counts.get(range.start) ?? 0) + 1;
    if (taken) this.#counts.delete(range.start);
    else this.#counts.set(range.start, attempt);
    const listener = this.listener();
    if (!listener) return;
    const requestId = reply?.headers.get("request-id") ?? reply?.headers.get("x-vss-e2eid") ?? undefined;
    const reason = answer.reply ? answer.verdict : answer.cause.message;
    tell(listener, { range, attempt, status: reply?.status, reason: taken ? "taken" : reason, wait, requestId });
  }

  /** Reports an attempt later, when it is known whether a wait follows it. */
  pend(attempt: Attempt): void {
    this.#pending = attempt;
  }

  /** Reports the pending attempt, if there is one. `wait`: milliseconds until the next one. */
  settle(wait?: number): void {
    if (this.#pending) this.end(this.#pending, wait);
    this.#pending = undefined;
  }
}
