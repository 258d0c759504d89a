import { KIB_320, type ByteRange, type Gap } from "../range.js";

/** Ranges in a row that must succeed before a larger one is tried: after each loss, twice as many. */
const STEADY = { first: 4, most: 64 };

/** The sizes that a service takes, and how much is sent at the same time on a good connection. Bytes. */
export interface PaceLimits {
  readonly rangeSize: number;
  readonly unit: number;
  /** Ranges in flight at the same time. */
  readonly parallel: number;
}

/** Decides how large ranges are: smaller on a connection that fails, because a lost range is sent again as a whole. */
export class Pace {
  #size: number;
  #streak = 0;
  #steady = STEADY.first;
  #repeated: ByteRange | undefined;

  constructor(private readonly limits: PaceLimits) {
    this.#size = limits.rangeSize;
  }

  /** Cuts the next ranges out of the `available` bytes at the beginning of the gap. */
  cut({ next, until }: Gap, available: number, total: number): ByteRange[] {
    const { unit, parallel } = this.limits;
    if (this.#repeated?.start === next) return [this.#repeated];
    const gapEnd = until !== undefined && until - next >= unit ? until : total; // services name no end within a unit
    const last = Math.min(next + available, gapEnd);
    const ranges: ByteRange[] = [];
    for (let start = next; start < last && ranges.length < parallel;) {
      const end = Math.min(start + this.#size, last);
      const whole = end < total ? start + Math.floor((end - start) / unit) * unit : end;
      if (whole === start && last < gapEnd && ranges.length > 0) break; // less than a unit: sent with the next block
      const range = { start, end: whole > start ? whole : end, total };
      ranges.push(range);
      start = range.end;
    }
    return ranges;
  }

  /** The connection has lost a range, or it was `refused` as too large. Returns `false` if it cannot be any smaller. */
  shrink(refused = false): boolean {
    if (refused) this.#repeated = undefined;
    const { rangeSize, unit } = this.limits;
    const least = Math.min(rangeSize, Math.max(KIB_320, unit));
    const smaller = Math.max(least, Math.floor(this.#size / 2 / unit) * unit);
    const could = smaller < this.#size;
    this.#size = smaller;
    this.#streak = 0;
    this.#steady = Math.min(STEADY.most, this.#steady * 2);
    return could;
  }

  /** A service that cannot say what it has of a range takes only the same range again. */
  repeat(range: ByteRange): void {
    this.#repeated = range;
  }

  /** A range has succeeded. */
  grow(): void {
    this.#repeated = undefined;
    this.#streak += 1;
    if (this.#streak < this.#steady) return;
    this.#streak = 0;
    this.#size = Math.min(this.limits.rangeSize, this.#size * 2);
  }
}
