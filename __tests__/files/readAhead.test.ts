import { memory, openSource } from "../../src/files/open.js";
import { readAhead } from "../../src/files/read.js";
import { StreamContent } from "../../src/files/stream.js";

const bytes = Uint8Array.from({ length: 20 }, (_, index) => index);
async function* chunks(reads: number[]) {
  for (let start = 0; start < bytes.length; start += 3) {
    reads.push(start);
    yield bytes.subarray(start, start + 3);
  }
}
const list = (read: Uint8Array) => [...read];
const cut = (start: number, end: number) => [...bytes.subarray(start, end)];

/** The reads of a file after so many bytes were read early, and what they return. */
const orders: [string, [number, number][]][] = [
  ["exactly these", [[0, 8], [8, 16], [16, 20]]], // prettier-ignore
  ["fewer, and then the others", [[0, 5], [5, 8], [8, 20]]], // prettier-ignore
  ["more", [[0, 11], [11, 20]]], // prettier-ignore
  ["the rest before anything else", [[8, 20]]],
];
describe.each([
  ["a stream", () => new StreamContent(chunks([]), bytes.length)],
  ["a file in memory", () => memory(bytes)],
  [
    "a file that is read by its own code",
    () => openSource({ size: 20, slice: (a: number, b: number) => bytes.slice(a, b) }),
  ],
])("%s of which 8 bytes were read early", (_, open) => {
  test.each(orders)("gives %s", async (_order, reads) => {
    const content = readAhead(open());
    content.begin?.(8);
    for (const [start, end] of reads) expect(list(await content.read(start, end))).toEqual(cut(start, end));
  });

  test("gives everything as well if nothing was read early", async () => {
    expect(list(await readAhead(open()).read(0, 20))).toEqual(cut(0, 20));
  });
});

test("a file is read early once, however often that is asked for, and told by its own data", async () => {
  const reads: number[] = [];
  const stream = new StreamContent(chunks(reads), bytes.length, "text/x");
  const content = readAhead(readAhead(stream));
  content.begin?.(6);
  content.begin?.(6);
  await content.read(0, 6);
  expect(reads).toEqual([0, 3]);
  expect(content).toMatchObject({ size: 20, type: "text/x", anywhere: false, slice: undefined });
});

test("what fails early is reported to the one that reads", async () => {
  const content = readAhead(openSource({ size: 20, slice: () => Promise.reject(new Error("gone")) }));
  content.begin?.(8);
  await new Promise(setImmediate);
  await expect(content.read(0, 8)).rejects.toMatchObject({ code: "source" });
});
