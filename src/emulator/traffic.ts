import type { Reply } from "./api.js";
import { irresolvableConflict, refuse, retryAfter } from "./replies.js";
import type { Variations } from "./variations.js";

/** A request from the arrival of its head until its answer is written. */
export interface Passage {
  readonly mailbox: string;
  /** The item that a write touches. */
  readonly writesTo?: string;
  /** The requests that were in progress in this mailbox on arrival. */
  readonly others: readonly Passage[];
  /** True if the connection was lost, so the request does not count any more. */
  abandoned: boolean;
}

interface Arrival {
  readonly mailbox: string;
  readonly time: number;
  bytes: number;
}

const requestWindow = 600_000;
const uploadWindow = 300_000;

/** Counts the requests in progress and in the last minutes, per mailbox and item. */
export class Traffic {
  private readonly open = new Set<Passage>();
  private arrivals: Arrival[] = [];

  constructor(private readonly now: () => number) {}

  enter(mailbox: string, writesTo: string | undefined): Passage {
    const others = [...this.open].filter((other) => other.mailbox === mailbox);
    const passage = { mailbox, writesTo, others, abandoned: false };
    this.open.add(passage);
    return passage;
  }

  leave(passage: Passage): void {
    this.open.delete(passage);
  }

  abandon(passage: Passage): void {
    // An answered request still counts for those that overlapped it.
    if (this.open.delete(passage)) passage.abandoned = true;
  }

  /** Refuses the later of two overlapping writes with 412, and a request above the concurrency with 429. */
  refuse(passage: Passage, vary: Variations): Reply | undefined {
    const others = passage.others.filter((other) => !other.abandoned);
    if (others.length >= vary.concurrency) {
      return throttled(vary, "Application is over its MailboxConcurrency limit.");
    }
    return vary.conflicts && this.overlaps(passage) ? irresolvableConflict() : undefined;
  }

  /** True if an earlier write to the same item was in progress on arrival. */
  overlaps({ writesTo, others }: Passage): boolean {
    return writesTo !== undefined && others.some((other) => !other.abandoned && other.writesTo === writesTo);
  }

  /**
   * Counts a request in the two documented windows. Answers 429 if one is full, and 413 to a body that fits into no window, which
   * no wait would help. Its code is a choice.
   */
  count(mailbox: string, uploadBytes: number, vary: Variations): Reply | undefined {
    if (uploadBytes > vary.mailboxUploadBytes) {
      return refuse(413, "RequestEntityTooLarge", `A mailbox takes ${vary.mailboxUploadBytes} bytes in 5 minutes.`);
    }
    const now = this.now();
    this.arrivals = this.arrivals.filter(({ time }) => now - time < requestWindow);
    const own = this.arrivals.filter((arrival) => arrival.mailbox === mailbox);
    if (own.length >= vary.mailboxRequests) return throttled(vary, "Application is over its MailboxRequests limit.");
    const recent = own.filter(({ time }) => now - time < uploadWindow);
    const uploaded = recent.reduce((sum, { bytes }) => sum + bytes, 0);
    if (uploaded + uploadBytes > vary.mailboxUploadBytes) {
      const wait = vary.retryAfterFits ? fitsAfter(recent, uploadBytes - vary.mailboxUploadBytes, now) : undefined;
      return throttled(vary, "Application is over its MailboxUpload limit.", wait);
    }
    this.arrivals.push({ mailbox, time: now, bytes: uploadBytes });
    return undefined;
  }

  clear(): void {
    this.open.clear();
    this.arrivals = [];
  }
}

/** Seconds until enough of the arrivals, oldest first, have left the window. `over`: bytes above the limit without them. */
function fitsAfter(recent: readonly Arrival[], over: number, now: number): number {
  let left = recent.reduce((sum, { bytes }) => sum + bytes, over);
  const last = recent.find(({ bytes }) => (left -= bytes) <= 0);
  return Math.ceil(((last?.time ?? now) + uploadWindow - now) / 1000);
}

/** 429 ApplicationThrottled (field report). */
const throttled = (vary: Variations, message: string, retryAfterSeconds = vary.retryAfterSeconds): Reply =>
  refuse(429, "ApplicationThrottled", message, retryAfter({ ...vary, retryAfterSeconds }));
