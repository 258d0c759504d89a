import { createHash } from "node:crypto";
import { openSource } from "../../src/files/open.js";
import { fingerprint, sameFile } from "../../src/files/fingerprint.js";
import { count, Recorded } from "../support/fakes";

const KIB_64 = 65_536;
const sha256 = (...parts: Uint8Array[]) => createHash("sha256").update(Buffer.concat(parts)).digest("hex");

test.each([1, 100, KIB_64, KIB_64 + 1, 2 * KIB_64, 3 * KIB_64 + 7])(
  "a file of %p bytes is identified by its size and the hash of its first and last 64 KiB",
  async (size) => {
    const bytes = count(size);
    const expected = `${size}:${sha256(bytes.subarray(0, KIB_64), bytes.subarray(Math.max(0, size - KIB_64)))}`;
    expect(await fingerprint(openSource(bytes))).toBe(expected);
    expect(await fingerprint(openSource(new Blob([bytes])))).toBe(expected);
  },
);

test("only the edges of a large file are read, because it may be 150 MB", async () => {
  const content = new Recorded(count(10 * KIB_64));
  await fingerprint(content);
  expect(content.reads).toEqual([[0, KIB_64], [9 * KIB_64, 10 * KIB_64]]); // prettier-ignore
});

test("a different byte in either edge makes another file of the same size", async () => {
  const bytes = count(3 * KIB_64);
  const print = await fingerprint(openSource(bytes));
  for (const at of [0, KIB_64 - 1, 2 * KIB_64, 3 * KIB_64 - 1]) {
    const other = bytes.slice();
    other[at]! ^= 1;
    expect(sameFile(print, await fingerprint(openSource(other)))).toBe(false);
  }
  expect(sameFile(print, await fingerprint(openSource(new Blob([bytes]))))).toBe(true);
});

test("a stream is identified only by its size, because it can be read only once", async () => {
  const content = new Recorded(count(100), false);
  expect(await fingerprint(content)).toBe("100");
  expect(await fingerprint(openSource(new Blob([])))).toBe("0");
  expect(content.reads).toEqual([]);
});

test.each([
  ["100:aa", "100:aa", true],
  ["100:aa", "100:bb", false],
  ["100:aa", "101:aa", false],
  ["100:aa", "100", true],
  ["100", "100:aa", true],
  ["100", "100", true],
  ["100:aa", "10", false],
  ["10", "100:aa", false],
])("%s and %s can be the same file: %p", (one, other, same) => {
  expect(sameFile(one, other)).toBe(same);
});
