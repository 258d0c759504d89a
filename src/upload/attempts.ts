import { NoReply } from "../http/refusal.js";
import type { UploadAttempt } from "../options.js";
import type { ByteRange, Reply } from "../protocol.js";

/** Tells of each attempt at a range once, when it is known what came of it. */
export class Attempts {
  /** Attempts at ranges that were not taken yet, by their first byte. */
  readonly #counts = new Map<number, number>();
  #open: Omit<UploadAttempt, "reason"> | undefined;
  #silence: string | undefined;

  constructor(private readonly tell: (attempt: UploadAttempt) => void) {}

  begin(range: ByteRange, answer: Reply | NoReply): void {
    const count = (this.#counts.get(range.start) ?? 0) + 1;
    this.#counts.set(range.start, count);
    const reply = answer instanceof NoReply ? undefined : answer;
    const requestId = reply?.headers.get("request-id") ?? reply?.headers.get("x-vss-e2eid") ?? undefined;
    this.#silence = answer instanceof NoReply ? answer.message : undefined;
    this.#open = { range, attempt: count, status: reply?.status, requestId };
  }

  /** An attempt at a range beside which another one decides what comes next. */
  note(range: ByteRange, answer: Reply | NoReply): void {
    this.begin(range, answer);
    this.end(answer instanceof NoReply || answer.status >= 300 ? "passing" : "taken");
  }

  /** Where no reply came, that is the reason, whatever follows from it. */
  end(reason: string, wait?: number): void {
    if (!this.#open) return;
    if (reason === "taken") this.#counts.delete(this.#open.range.start);
    const attempt = { ...this.#open, reason: this.#silence ?? reason, wait };
    this.#open = undefined;
    this.tell(attempt);
  }
}
