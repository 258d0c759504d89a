import type { ByteRange } from "./protocol.js";

/** The multiple that OneDrive and SharePoint ask of ranges, in bytes. */
export const KIB_320 = 327_680;

/** 12 × 320 KiB: below 4,000,000 and below 4 MiB, so that it satisfies every reading of "4 MB". */
export const DEFAULT_RANGE_SIZE = 12 * KIB_320;

/** The `Content-Range` header of a range; its end is inclusive on the wire. */
export function contentRange({ start, end, total }: ByteRange): string {
  return `bytes ${start}-${end - 1}/${total}`;
}

/** Where the first gap begins, and where it ends if that is before the file does. */
export interface Gap {
  readonly next: number;
  readonly until?: number;
}

/**
 * The first gap in any form of `nextExpectedRanges` that was seen: `["0-"]`, `["2097152"]`, `["26-99","200-"]`. Gaps that
 * adjoin are one. `total`: an end at or behind that of the file is none.
 */
export function firstGap(ranges: unknown, total = 0): Gap | undefined {
  const list = Array.isArray(ranges) ? ranges : [ranges];
  const gaps = list.flatMap((value) => {
    const match = /^\s*(\d{1,15})\s*(?:-\s*(\d{1,15})?|$)/.exec(typeof value === "object" ? "" : String(value));
    return match ? [{ next: Number(match[1]), last: match[2] === undefined ? Infinity : Number(match[2]) }] : [];
  });
  const [first, ...others] = gaps.sort((one, other) => one.next - other.next);
  if (!first) return undefined;
  const { next } = first;
  const last = others.reduce((end, gap) => (gap.next <= end + 1 ? Math.max(end, gap.last) : end), first.last);
  return last >= next && last + 1 < total ? { next, until: last + 1 } : { next };
}
