import type { ByteRange } from "./protocol.js";

/** The multiple that OneDrive and SharePoint ask of ranges, in bytes. */
export const KIB_320 = 327_680;

/** 12 × 320 KiB: below 4,000,000 and below 4 MiB, so that it satisfies every reading of "4 MB". */
export const DEFAULT_RANGE_SIZE = 12 * KIB_320;

/** The `Content-Range` header of a range; its end is inclusive on the wire. */
export function contentRange({ start, end, total }: ByteRange): string {
  return `bytes ${start}-${end - 1}/${total}`;
}

/** The offset in any form of `nextExpectedRanges` that was seen: `["0-"]`, `["2097152"]`, `["26-99","200-"]`. */
export function firstOffset(ranges: unknown): number | undefined {
  const list = Array.isArray(ranges) ? ranges : [ranges];
  const starts = list.map(
    (value) => /^\s*(\d{1,15})\s*(?:-|$)/.exec(typeof value === "object" ? "" : String(value))?.[1],
  );
  const offsets = starts.filter((start) => start !== undefined).map(Number);
  return offsets.length > 0 ? Math.min(...offsets) : undefined;
}
