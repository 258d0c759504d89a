import { NoReply } from "./errors.js";
import type { UploadAttempt } from "./options.js";
import type { ByteRange, Reply } from "./protocol.js";

/** Tells of each attempt at a range once, when it is known what came of it. */
export class Attempts {
  #count = 0;
  #start = -1;
  #open: Omit<UploadAttempt, "reason"> | undefined;
  #silence: string | undefined;

  constructor(private readonly tell: (attempt: UploadAttempt) => void) {}

  begin(range: ByteRange, answer: Reply | NoReply): void {
    this.#count = range.start === this.#start ? this.#count + 1 : 1;
    this.#start = range.start;
    const reply = answer instanceof NoReply ? undefined : answer;
    const requestId = reply?.headers.get("request-id") ?? reply?.headers.get("x-vss-e2eid") ?? undefined;
    this.#silence = answer instanceof NoReply ? answer.message : undefined;
    this.#open = { range, attempt: this.#count, status: reply?.status, requestId };
  }

  /** Where no reply came, that is the reason, whatever follows from it. */
  end(reason: string, wait?: number): void {
    if (!this.#open) return;
    const attempt = { ...this.#open, reason: this.#silence ?? reason, wait };
    this.#open = undefined;
    this.tell(attempt);
  }
}
