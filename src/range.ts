/** The unit of ranges for OneDrive and SharePoint. Bytes. */
export const KIB_320 = 327_680;

/** 12 × 320 KiB. Below 4,000,000 and below 4 MiB, so that it fits every reading of "4 MB". */
export const DEFAULT_RANGE_SIZE = 12 * KIB_320;

/** The bytes from `start` up to, but not including, `end` of a file of `total` bytes. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
  readonly total: number;
}

/** The `Content-Range` header of a range. Its end is inclusive on the wire. */
export function contentRange({ start, end, total }: ByteRange): string {
  return `bytes ${start}-${end - 1}/${total}`;
}

/** Bytes that the service still needs, from `next` up to `until` or to the end of the file. */
export interface Gap {
  readonly next: number;
  readonly until?: number;
}

/**
 * Finds the first gap in `nextExpectedRanges`, in all forms that were seen: `["0-"]`, `["2097152"]`, `["26-99","200-"]`.
 * Adjoining gaps count as one. An end at or after `total`, the size of the file, is left out.
 */
export function firstGap(ranges: unknown, total = 0): Gap | undefined {
  const list: readonly unknown[] = Array.isArray(ranges) ? ranges : [ranges];
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
