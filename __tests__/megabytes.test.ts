import { inMegabytes, sizeAndLimit } from "../src/megabytes.js";

// Sizes stand in error messages, which people read.
test.each([
  [999_999, "999999 bytes"],
  [1_000_000, "1 MB"],
  [157_286_400, "157 MB"],
  [26_214_400, "26.2 MB"],
  [268_435_456_000, "268 GB"],
])("%d bytes read %s", (bytes, expected) => {
  expect(inMegabytes(bytes)).toBe(expected);
});

test("a file that is one byte too large is told in bytes, so that the difference shows", () => {
  expect(sizeAndLimit(157_286_401, 157_286_400)).toEqual(["157286401 bytes", "157286400 bytes"]);
  expect(sizeAndLimit(210_000_000, 157_286_400)).toEqual(["210 MB", "157 MB"]);
});
