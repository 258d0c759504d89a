import type { Reply } from "../api.js";
import { requestBlocked } from "./replies.js";
import type { Variations } from "../variations.js";

/** The sliding window of the global limit (documented). */
const window = 300_000;

/** The three states of the rate limit but delay, which is a fault's: nothing, flagged successes, and 429. */
export class AzureDevOpsThrottle {
  private arrivals: number[] = [];

  constructor(private readonly now: () => number) {}

  /** Counts a request; 429 with E5 once the window is full. */
  refuse(vary: Variations): Reply | undefined {
    this.arrivals = this.arrivals.filter((time) => this.now() - time < window);
    if (this.arrivals.length >= vary.azureRequests) return requestBlocked(this.headers(vary.retryAfterSeconds));
    if (vary.azureRequests !== Infinity) this.arrivals.push(this.now());
    return undefined;
  }

  /** Adds the headers that announce delays to a success, which stays valid (documented). */
  mark(reply: Reply, { azureRetryAfterOnSuccess: seconds }: Variations): Reply {
    const succeeded = reply.status >= 200 && reply.status < 300 && reply.status !== 203;
    return seconds === null || !succeeded
      ? reply
      : { ...reply, headers: { ...reply.headers, ...this.headers(seconds) } };
  }

  clear(): void {
    this.arrivals = [];
  }

  /** Names are documented, values illustrative. */
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
