import type { FaultScript } from "../../../src/emulator/index.js";
import type { Subject } from "../../support/subjects.js";

const conflict = { error: { code: "ErrorIrresolvableConflict", message: "change key" } };

const replied = (body: unknown) => ({
  reply: (reply: object) => ({ ...reply, headers: { "content-type": "application/json" }, body }) as never,
});

export type Scenario = Omit<FaultScript, "on"> & { readonly needs?: "status" | "gone" | "html" };

/** One fault each; the upload must end whole, and once. */
export const faultsFor = ({ range }: Subject): Record<string, Scenario> => ({
  "408": { status: 408 },
  "429 with Retry-After": { status: 429, headers: { "Retry-After": "0" } },
  "429 without Retry-After": { status: 429 },
  "412 of two writers": { status: 412, body: conflict },
  "500 without a body": { status: 500 },
  "500 after the bytes were kept": { status: 500, after: true },
  "502 in HTML": { status: 502, body: "<html>Bad gateway</html>" },
  "503 with a Retry-After date": { status: 503, headers: { "Retry-After": new Date(0).toUTCString() } },
  "503 after the bytes were kept": { status: 503, after: true },
  "504": { status: 504 },
  "509": { status: 509 },
  "a reset before the bytes": { reset: "before" },
  "a reset midway": { reset: "midway" },
  "a reset after the bytes were kept": { reset: "after" },
  "no reply, nothing kept": { hang: true },
  "no reply, the bytes kept": { hang: "after" },
  "a reply that is cut": { cutReply: true },
  "acceptance of a part": { partial: Math.floor(range / 3), needs: "status" },
  "acceptance of a part, then a reset": { partial: Math.floor(range / 3), reset: "after" },
  "acceptance of nothing": { partial: 0, needs: "status" },
  "a session that is gone with 404": { gone: true, needs: "gone" },
  "a session that is gone with 410": { gone: true, status: 410, needs: "gone" },
  "a session that is gone with 401": { gone: true, status: 401, needs: "gone" },
  "416 for bytes that are there": {
    needs: "status",
    status: 416,
    after: true,
    body: { error: { code: "invalidRange", message: "" } },
  },
});

/** Replies to a range that is kept, but not the last: what the service says of it cannot be used. */
export const hostileFor = (size: number): Record<string, Scenario> => ({
  "an empty 200": replied(""),
  "a 200 in HTML": { ...replied("<html></html>"), needs: "html" },
  "truncated JSON": replied('{"nextExpectedRanges":["4'),
  "no ranges": replied({}),
  "an empty list of ranges": replied({ nextExpectedRanges: [] }),
  "a number": replied({ nextExpectedRanges: 7.5 }),
  "a negative offset": replied({ nextExpectedRanges: ["-5"] }),
  "an offset beyond what was sent": replied({ nextExpectedRanges: [`${size - 18}-`] }),
  "an offset beyond the end": replied({ nextExpectedRanges: ["99999999999-"] }),
  nonsense: replied({ nextExpectedRanges: ["bytes"] }),
  "a huge reply": replied({ nextExpectedRanges: ["x".repeat(2_000_000)] }),
});

/** Those that this subject can meet. */
export const concerning = ({ lacks }: Subject, all: Record<string, Scenario>): [string, Scenario][] =>
  Object.entries(all).filter(([, { needs }]) => !needs || !lacks.has(needs));

/**
 * Little patience only with a service that is to be silent: on a machine that is busy, a reply that took a moment would
 * pass for one that was lost, and a fault be used up that the scenario counts on.
 */
export const patienceWith = (...faults: readonly FaultScript[]): { timeout?: number } =>
  faults.some(({ hang }) => hang) ? { timeout: 250 } : {};
