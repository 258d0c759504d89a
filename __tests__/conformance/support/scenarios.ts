import type { FaultScript } from "../../../src/emulator/index.js";
import type { Subject } from "../../support/subjects.js";

const conflict = { error: { code: "ErrorIrresolvableConflict", message: "change key" } };

const replied = (body: unknown) => ({
  reply: (reply: object) => ({ ...reply, headers: { "content-type": "application/json" }, body }) as never,
});

export const positions = ["first", "middle", "last"] as const;
type Position = (typeof positions)[number];

export type Scenario = Omit<FaultScript, "on"> & { readonly needs?: "status" | "gone" | "html" };

/** Faults of a range after which the upload does different things. It must end with the whole file, attached once. */
export const faultsFor = ({ range }: Subject): Record<string, Scenario> => ({
  "503 with a Retry-After date": { status: 503, headers: { "Retry-After": new Date(0).toUTCString() } },
  "503 after the bytes were kept": { status: 503, after: true },
  "a reset before the bytes": { reset: "before" },
  "a reset after the bytes were kept": { reset: "after" },
  "acceptance of a part": { partial: Math.floor(range / 3), needs: "status" },
  "acceptance of a part, then a reset": { partial: Math.floor(range / 3), reset: "after" },
  "a session that is gone with 404": { gone: true, needs: "gone" },
  "416 for bytes that are there": {
    needs: "status",
    status: 416,
    after: true,
    body: { error: { code: "invalidRange", message: "" } },
  },
});

/** Faults that are other forms of those above, each with the range where it matters most. */
export const variants: Record<string, Scenario & { readonly at: Position }> = {
  "408": { at: "middle", status: 408 },
  "429 with Retry-After": { at: "middle", status: 429, headers: { "Retry-After": "0" } },
  "429 without Retry-After": { at: "first", status: 429 },
  "412 of two writers": { at: "last", status: 412, body: conflict },
  "500 without a body": { at: "middle", status: 500 },
  "500 after the bytes were kept": { at: "last", status: 500, after: true },
  "502 in HTML": { at: "last", status: 502, body: "<html>Bad gateway</html>" },
  "504": { at: "first", status: 504 },
  "509": { at: "middle", status: 509 },
  "a reset midway": { at: "middle", reset: "midway" },
  "no reply, nothing kept": { at: "middle", hang: true },
  "no reply, the bytes kept": { at: "last", hang: "after" },
  "a reply that is cut": { at: "last", cutReply: true },
  "acceptance of nothing": { at: "middle", partial: 0, needs: "status" },
  "a session that is gone with 410": { at: "last", gone: true, status: 410, needs: "gone" },
  "a session that is gone with 401": { at: "middle", gone: true, status: 401, needs: "gone" },
};

/** All faults, without the ranges of the variants. */
export const allFaultsFor = (subject: Subject): Record<string, Scenario> => ({
  ...faultsFor(subject),
  ...Object.fromEntries(Object.entries(variants).map(([name, { at: _, ...fault }]) => [name, fault])),
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
export const concerning = <S extends Scenario>({ lacks }: Subject, all: Record<string, S>): [string, S][] =>
  Object.entries(all).filter(([, { needs }]) => !needs || !lacks.has(needs));

/**
 * Little patience only with a service that is to be silent: on a machine that is busy, a reply that took a moment would
 * pass for one that was lost, and a fault be used up that the scenario counts on.
 */
export const patienceWith = (...faults: readonly FaultScript[]): { timeout?: number } =>
  faults.some(({ hang }) => hang) ? { timeout: 250 } : {};
