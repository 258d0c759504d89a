import type { Reply } from "../api.js";
import type { Variations } from "../variations.js";
import { requestBlocked } from "./replies.js";

/** The sliding window of the global limit (documented). */
const window = 300_000;

/** The rate limit: off, announced on successes, or 429. Delays are up to faults. */
export class AzureDevOpsThrottle {
  private arrivals: number[] = [];

  constructor(private readonly now: () => number) {}

  /** Counts a request. Answers 429 with E5 if the window is full. */
  refuse(vary: Variations): Reply | undefined {
    this.arrivals = this.arrivals.filter((time) => this.now() - time < window);
    if (this.arrivals.length >= vary.azureRequests) return requestBlocked(this.headers(vary.retryAfterSeconds));
    if (vary.azureRequests !== Infinity) this.arrivals.push(this.now());
    return undefined;
  }

  /** Adds the headers that announce delays to a success. It stays a success (documented). */
  mark(reply: Reply, { azureRetryAfterOnSuccess: seconds }: Variations): Reply {
    const succeeded = reply.status >= 200 && reply.status < 300 && reply.status !== 203;
    return seconds === null || !succeeded
      ? reply
      : { ...reply, headers: { ...reply.headers, ...this.headers(seconds) } };
  }

  clear(): void {
    this.arrivals = [];
  }

  /** Names are documented, values are examples. */
  private headers(retryAfter: number | null): Record<string, string> {
    return {
      ...(retryAfter === null ? {} : { "retry-after": String(retryAfter) }),
      "x-ratelimit-resource": "WorkItemTrackingResource/User",
      "x-ratelimit-limit": "200",
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset": String(Math.ceil((this.now() + window) / 1000)),
    };
  }
}
