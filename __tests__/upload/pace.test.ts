import fc from "fast-check";
import { Pace, type PaceLimits } from "../../src/upload/pace.js";
import { KIB_320 } from "../../src/range.js";
import { check } from "../fuzz/support/check";

const MIB = 1_048_576;
const limits = (more: Partial<PaceLimits> = {}): PaceLimits => ({
  rangeSize: 12 * KIB_320,
  unit: 1,
  parallel: 1,
  ...more,
});
const TOTAL = 1_000 * MIB;

/** The size of the next range of an endless file. */
const sizeOf = (pace: Pace) => pace.cut({ next: 0 }, TOTAL, TOTAL)[0]!.end;
const times = (count: number, work: () => void) => Array.from({ length: count }, work);

/** The sizes of ranges as they shrink, down to the smallest. */
function falling(given: PaceLimits): number[] {
  const pace = new Pace(given);
  const sizes = [sizeOf(pace)];
  while (pace.shrink()) sizes.push(sizeOf(pace));
  expect(sizeOf(pace)).toBe(sizes.at(-1));
  return sizes;
}

describe("on a connection that fails", () => {
  test("each range is half of the one before, down to 320 KiB", () => {
    expect(falling(limits())).toEqual([12, 6, 3, 1.5, 1].map((times320) => times320 * KIB_320));
    expect(falling(limits({ rangeSize: 4 * MIB }))).toEqual([4_194_304, 2_097_152, 1_048_576, 524_288, 327_680]);
  });

  test("a rangeSize of 320 KiB or less is kept, because smaller ranges only cost more", () => {
    for (const rangeSize of [KIB_320, KIB_320 - 1, 40_000, 1])
      expect(falling(limits({ rangeSize }))).toEqual([rangeSize]);
    expect(falling(limits({ rangeSize: KIB_320 + 1 }))).toEqual([KIB_320 + 1, KIB_320]);
  });

  test.each([KIB_320, 2 * KIB_320, 100_000, 500_000, 7])("a range stays a multiple of the unit of %p bytes", (unit) => {
    for (const many of [1, 2, 3, 5, 7, 12, 60, 500]) {
      const sizes = falling(limits({ unit, rangeSize: many * unit }));
      expect(sizes.filter((size) => size % unit !== 0)).toEqual([]);
      expect(sizes).toEqual([...sizes].sort((one, other) => other - one));
      expect(sizes[0]).toBe(many * unit);
      // the smallest is one unit, or the multiple of it that is just below 320 KiB
      const least = unit >= KIB_320 ? unit : KIB_320 - (KIB_320 % unit);
      expect(sizes.at(-1)).toBe(Math.min(many * unit, least));
    }
  });

  test("a larger range is tried after some successes in a row, and never one larger than at first", () => {
    const pace = new Pace(limits());
    const after = (count: number) => (times(count, () => pace.grow()), sizeOf(pace) / KIB_320);
    pace.shrink();
    expect([after(7), after(1), after(80)]).toEqual([6, 12, 12]);
    pace.shrink();
    after(15);
    pace.shrink(); // earlier successes no longer count
    expect([after(31), after(1)]).toEqual([3, 6]);
  });

  test("each loss doubles the number of successes that a larger range needs", () => {
    const pace = new Pace(limits());
    const needed = () => {
      pace.shrink();
      let count = 0;
      for (const size = sizeOf(pace); sizeOf(pace) === size; count++) pace.grow();
      return count;
    };
    expect(Array.from({ length: 7 }, needed)).toEqual([8, 16, 32, 64, 64, 64, 64]);
  });
});

describe("ranges that are sent at the same time", () => {
  const four = () => new Pace({ rangeSize: 100, unit: 10, parallel: 4 });

  test("follow each other, as many as the service takes", () => {
    expect(four().cut({ next: 50 }, 400, 1_000).map(({ start, end }) => [start, end])).toEqual([[50, 150], [150, 250], [250, 350], [350, 450]]); // prettier-ignore
    expect(new Pace({ rangeSize: 100, unit: 10, parallel: 1 }).cut({ next: 50 }, 400, 1_000)).toEqual([{ start: 50, end: 150, total: 1_000 }]); // prettier-ignore
  });

  test("end where the file does, the last one of any length", () => {
    expect(
      four()
        .cut({ next: 750 }, 253, 1_003)
        .map(({ end }) => end),
    ).toEqual([850, 950, 1_003]);
    expect(four().cut({ next: 1_000 }, 3, 1_003)).toEqual([{ start: 1_000, end: 1_003, total: 1_003 }]);
  });

  test("end where a gap does, because the service has the bytes after it", () => {
    expect(
      four()
        .cut({ next: 0, until: 230 }, 400, 1_000)
        .map(({ end }) => end),
    ).toEqual([100, 200, 230]);
    expect(
      four()
        .cut({ next: 0, until: 100 }, 400, 1_000)
        .map(({ end }) => end),
    ).toEqual([100]);
    expect(
      four()
        .cut({ next: 100, until: 110 }, 400, 1_000)
        .map(({ end }) => end),
    ).toEqual([110]);
  });

  test("continue after a gap that is shorter than the unit, because a service takes no range of that length", () => {
    expect(
      four()
        .cut({ next: 100, until: 109 }, 200, 1_000)
        .map(({ end }) => end),
    ).toEqual([200, 300]);
  });

  test("leave less than a unit at the end of a block to the next block", () => {
    expect(
      four()
        .cut({ next: 7 }, 393, 1_000)
        .map(({ end }) => end),
    ).toEqual([107, 207, 307, 397]);
    expect(
      four()
        .cut({ next: 7 }, 205, 1_000)
        .map(({ end }) => end),
    ).toEqual([107, 207]);
    expect(
      four()
        .cut({ next: 0, until: 205 }, 203, 1_000)
        .map(({ end }) => end),
    ).toEqual([100, 200]);
  });
});

test("the same range is repeated until it succeeds, if the service cannot say what it has of it", () => {
  const pace = new Pace(limits({ rangeSize: 4 * MIB }));
  const [range] = pace.cut({ next: MIB }, 4 * MIB, TOTAL);
  pace.shrink();
  pace.repeat(range!);
  for (let again = 0; again < 3; again++) {
    expect(pace.cut({ next: MIB }, 4 * MIB, TOTAL)).toEqual([range]);
    pace.shrink();
  }
  expect(pace.cut({ next: 5 * MIB }, 4 * MIB, TOTAL)).toEqual([
    { start: 5 * MIB, end: 5 * MIB + KIB_320, total: TOTAL },
  ]);
  pace.grow();
  expect(pace.cut({ next: MIB }, 4 * MIB, TOTAL)).toEqual([{ start: MIB, end: MIB + KIB_320, total: TOTAL }]);
});

/** Limits, earlier events, and a gap in a file, of which a block is in memory. */
const situations = fc
  .record({
    unit: fc.constantFrom(1, 7, 10, 320, KIB_320),
    many: fc.integer({ min: 1, max: 14 }),
    parallel: fc.integer({ min: 1, max: 6 }),
    before: fc.array(fc.constantFrom("shrink", "grow"), { maxLength: 12 }),
    place: fc.nat(),
    left: fc.nat(),
    length: fc.nat(),
    until: fc.option(fc.nat(), { nil: undefined }),
  })
  .map(({ unit, many, parallel, before, place, left, length, until }) => {
    const block = unit * many * parallel;
    const next = place % (3 * block);
    const total = next + 1 + (left % (2 * block));
    const least = Math.min(unit, total - next); // a reader hands out at least this much
    const available = Math.max(least, 1 + (length % Math.min(block, total - next)));
    const gap =
      total - next > 1 && until !== undefined ? { next, until: next + 1 + (until % (total - next - 1)) } : { next };
    return { given: { rangeSize: unit * many, unit, parallel }, before, gap, available, total };
  });

describe("the ranges of a gap, whatever has happened before,", () => {
  const hold = (
    claim: (ranges: ReturnType<Pace["cut"]>, one: typeof situations extends fc.Arbitrary<infer T> ? T : never) => void,
  ) =>
    check(situations, 5_000, (one) => {
      const pace = new Pace(one.given);
      for (const event of one.before) pace[event as "shrink" | "grow"]();
      claim(pace.cut(one.gap, one.available, one.total), one);
    });

  test("begin where it does and follow each other; none is empty, and there are no more than the service takes", () =>
    hold((ranges, { gap, given, total }) => {
      expect(ranges.map(({ start }) => start)).toEqual([gap.next, ...ranges.slice(0, -1).map(({ end }) => end)]);
      expect(ranges.length).toBeGreaterThan(0);
      expect(ranges.length).toBeLessThanOrEqual(given.parallel);
      expect(ranges.every((range) => range.end > range.start && range.total === total)).toBe(true);
    }));

  test("are never larger than rangeSize, and stay within the block, the gap and the file", () =>
    hold((ranges, { gap, given, available, total }) => {
      expect(ranges.filter(({ start, end }) => end - start > given.rangeSize)).toEqual([]);
      const end = gap.until !== undefined && gap.until - gap.next >= given.unit ? gap.until : total;
      expect(ranges.at(-1)!.end).toBeLessThanOrEqual(Math.min(gap.next + available, end));
    }));

  test("are multiples of the unit, except at the end of the file or of a gap of less than a unit", () =>
    hold((ranges, { gap, given: { unit }, total }) => {
      const odd = ranges.filter(({ start, end }) => (end - start) % unit !== 0 && end !== total);
      expect(odd.filter(({ start, end }) => end !== gap.until || end - start >= unit)).toEqual([]);
    }));
});
