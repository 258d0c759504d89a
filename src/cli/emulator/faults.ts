import type { FaultScript } from "graph-large-attachments/emulator";

/** A fault that the page offers for the next range. */
export interface OfferedFault {
  readonly label: string;
  readonly script: FaultScript;
}

const on = { kind: "range" } as const;
const busy = { error: { code: "TooManyRequests", message: "Please retry after 3 seconds." } };
const unavailable = { error: { code: "ServiceUnavailable", message: "The service is not available at the moment." } };

/** The faults by their names in the API of the page. Each happens once. */
export const offeredFaults: Readonly<Record<string, OfferedFault>> = {
  reset: { label: "Connection reset in the middle of the next range", script: { on, reset: "midway" } },
  busy: {
    label: "429 Too Many Requests, Retry-After: 3",
    script: { on, status: 429, headers: { "Retry-After": "3" }, body: busy },
  },
  unavailable: { label: "503 Service Unavailable", script: { on, status: 503, body: unavailable } },
  lostReply: { label: "Range stored, reply lost", script: { on, reset: "after" } },
  slowReply: { label: "Reply after 5 s", script: { on, delay: 5000 } },
};

/** Slows every range down, so that you can watch an upload. */
export const slowRange: FaultScript = { on, delay: 1000 };
