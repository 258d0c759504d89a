import { contentRange, DEFAULT_RANGE_SIZE, firstGap, KIB_320, type Gap } from "../src/range.js";

test.each([
  [{ start: 0, end: 2_097_152, total: 3_483_322 }, "bytes 0-2097151/3483322"],
  [{ start: 2_097_152, end: 3_483_322, total: 3_483_322 }, "bytes 2097152-3483321/3483322"],
  [{ start: 9, end: 10, total: 10 }, "bytes 9-9/10"],
])("%j is written with an inclusive end, as in HTTP: %s", (range, header) => {
  expect(contentRange(range)).toBe(header);
});

test("the default range fits every reading of 4 MB, and is a multiple of OneDrive's unit", () => {
  expect(DEFAULT_RANGE_SIZE).toBe(3_932_160);
  expect(DEFAULT_RANGE_SIZE).toBeLessThan(4_000_000);
  expect(DEFAULT_RANGE_SIZE % KIB_320).toBe(0);
});

test.each([
  [["0-"], 0],
  [["0-4533321"], 0],
  [["2097152"], 2_097_152],
  [["26-"], 26],
  [["12345-55232", "77829-99375"], 12_345],
  [["77829-99375", "12345-"], 12_345],
  [[" 26 - 30"], 26],
  [[2_097_152], 2_097_152],
  [2_097_152, 2_097_152],
  ["26-", 26],
  [["?", "26-"], 26],
  [[], undefined],
  [undefined, undefined],
  [null, undefined],
  [["-"], undefined],
  [["-26"], undefined],
  [["26x"], undefined],
  [["1e3"], undefined],
  [[1.5], undefined],
  [["99999999999999999999-"], undefined],
  [[{}], undefined],
])("nextExpectedRanges %j begins at %p", (ranges, offset) => {
  expect(firstGap(ranges)?.next).toBe(offset);
});

test.each<[string[], Gap]>([
  [["12345-55232", "77829-99375"], { next: 12_345, until: 55_233 }],
  [["77829-99375", "12345-20000"], { next: 12_345, until: 20_001 }],
  [["50000-70000", "12345-20000", "20001-49999"], { next: 12_345, until: 70_001 }], // one gap in three pieces
  [["26-100", "101-127"], { next: 26 }],
  [["26-100", "50-"], { next: 26 }],
  [["26-127"], { next: 26 }],
  [["78929-4533322"], { next: 78_929 }], // the sample in the documentation has one byte too many
  [["26-"], { next: 26 }],
  [["26"], { next: 26 }],
  [["26-25"], { next: 26 }],
])("the gap in %j of 128 bytes, or of 100,000, ends where the service has bytes again: %j", (ranges, gap) => {
  expect(firstGap(ranges, gap.until ? 100_000 : 128)).toEqual(gap);
});
