import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { RangeReader } from "../../src/upload/rangeReader.js";
import { StreamContent } from "../../src/files/stream.js";
import { count, Recorded, thrownBy } from "../support/fakes";

const bytes = count(95);
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

test("hands out the ranges in order, each byte read once, the last one shorter", async () => {
  const content = new Recorded(bytes);
  const reader = new RangeReader(content, 10);
  const ranges: Uint8Array[] = [];
  for (let at = 0; at < 95; at += ranges.at(-1)!.length) ranges.push(await reader.read(at));
  expect(ranges.map(({ length }) => length)).toEqual([10, 10, 10, 10, 10, 10, 10, 10, 10, 5]);
  expect(Buffer.concat(ranges)).toEqual(Buffer.from(bytes));
  expect(content.reads).toEqual(ranges.map((_, n) => [n * 10, Math.min(n * 10 + 10, 95)]));
});

test("reads one range ahead while the caller sends, and never two, however long that takes", async () => {
  const content = new Recorded(bytes);
  const reader = new RangeReader(content, 10);
  await reader.read(0);
  await settled();
  expect(content.reads).toEqual([[0, 10], [10, 20]]); // prettier-ignore
  await reader.read(10);
  await settled();
  expect(content.reads.slice(2)).toEqual([[20, 30]]);
});

test("never holds more than two ranges of the file in memory", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const MIB = 1_048_576;
  const given: WeakRef<Uint8Array>[] = [];
  const content = new Recorded(new Uint8Array(0));
  Object.defineProperty(content, "size", { value: 20 * MIB });
  content.read = async (start, end) => {
    const range = new Uint8Array(end - start);
    given.push(new WeakRef(range));
    return range;
  };
  const reader = new RangeReader(content, MIB);
  const alive: number[] = [];
  for (let at = 0; at < 20 * MIB; at += MIB) {
    const { length } = await reader.read(at);
    expect(length).toBe(MIB);
    await settled();
    collect();
    await settled();
    alive.push(given.filter((reference) => reference.deref() !== undefined).length);
  }
  expect(given).toHaveLength(20);
  expect(Math.max(...alive)).toBeLessThanOrEqual(2);
});

test("gives the same range again, or what is left of it, out of memory, because a stream cannot go back", async () => {
  async function* stream() {
    for (let at = 0; at < 95; at += 7) yield bytes.subarray(at, at + 7);
  }
  const reader = new RangeReader(new StreamContent(stream(), 95), 10);
  await reader.read(0);
  expect([...(await reader.read(10))]).toEqual([...bytes.subarray(10, 20)]);
  expect([...(await reader.read(10))]).toEqual([...bytes.subarray(10, 20)]);
  expect([...(await reader.read(13))]).toEqual([...bytes.subarray(13, 20)]);
  expect([...(await reader.read(19))]).toEqual([19]);
  expect([...(await reader.read(20))]).toEqual([...bytes.subarray(20, 30)]);
  expect([reader.canRead(20), reader.canRead(29), reader.canRead(40)]).toEqual([true, true, true]);
  expect([reader.canRead(19), reader.canRead(0)]).toEqual([false, false]);
});

test("from the middle of a range that is not in memory, whole ranges follow", async () => {
  const content = new Recorded(bytes);
  const reader = new RangeReader(content, 10);
  expect(reader.canRead(0)).toBe(true);
  expect([...(await reader.read(33))]).toEqual([...bytes.subarray(33, 43)]);
  expect([...(await reader.read(43))]).toEqual([...bytes.subarray(43, 53)]);
  expect([...(await reader.read(0))]).toEqual([...bytes.subarray(0, 10)]);
  expect([...(await reader.read(4))]).toEqual([...bytes.subarray(4, 10)]);
  expect([reader.canRead(0), reader.canRead(94)]).toEqual([true, true]);
});

test("going back drops what was read ahead, and reads nothing beyond it, for it would be a third range in memory", async () => {
  const content = new Recorded(bytes);
  const reader = new RangeReader(content, 10);
  for (const start of [0, 10, 0]) {
    await reader.read(start);
    await settled();
  }
  expect(content.reads.map(([start]) => start)).toEqual([0, 10, 20, 0, 10]);
});

test("the middle of the range that was read ahead needs no second read", async () => {
  const content = new Recorded(bytes);
  const reader = new RangeReader(content, 10);
  await reader.read(0);
  expect([...(await reader.read(14))]).toEqual([...bytes.subarray(14, 20)]);
  await settled();
  expect(content.reads).toEqual([[0, 10], [10, 20], [20, 30]]); // prettier-ignore
});

test("what is to be read ahead is not read where nobody goes on", async () => {
  const content = new Recorded(bytes);
  const reader = new RangeReader(content, 10);
  await reader.read(0);
  reader.rest();
  await settled();
  expect(content.reads).toEqual([[0, 10]]);
  expect([...(await reader.read(10))]).toEqual([...bytes.subarray(10, 20)]);
});

test("a range larger than the file is the whole file, with nothing to read ahead", async () => {
  const content = new Recorded(bytes);
  expect([...(await new RangeReader(content, 1000).read(0))]).toEqual([...bytes]);
  expect(content.reads).toEqual([[0, 95]]);
});

test("a reading ahead that fails is told only when its range is asked for, so that what was read is still sent", async () => {
  const failing = { start: 10 };
  const content = new Recorded(bytes, true, (start) => {
    if (start === failing.start) throw new Error("disk");
  });
  const reader = new RangeReader(content, 10);
  expect((await reader.read(0)).length).toBe(10);
  await settled();
  expect((await reader.read(5)).length).toBe(5);
  expect(await thrownBy(reader.read(10))).toMatchObject({ message: "disk" });
  failing.start = -1;
  expect([...(await reader.read(10))]).toEqual([...bytes.subarray(10, 20)]);
});

test("reads follow each other also where the caller did not wait, so that a stream is never read twice at once", async () => {
  let running = 0;
  let most = 0;
  const content = new Recorded(bytes, false, async () => {
    most = Math.max(most, (running += 1));
    await settled();
    running -= 1;
  });
  const reader = new RangeReader(content, 10);
  const ranges = await Promise.all([reader.read(0), reader.read(10), reader.read(20)]);
  expect(ranges.map((range) => range[0])).toEqual([0, 10, 20]);
  await settled();
  expect(most).toBe(1);
});

describe.each([
  ["a stream", false],
  ["a file that can be read at any place", true],
])("with a unit, of %s", (_, anywhere) => {
  const reading = (unit = 4) => {
    const content = new Recorded(bytes, anywhere);
    const reader = new RangeReader(content, 10, unit);
    const read = async (start: number) => {
      const got = await reader.read(start);
      expect([...got]).toEqual([...bytes.subarray(start, start + got.length)]);
      return got.length;
    };
    return { content, read };
  };

  test("what is left of a block, but is less than the unit, comes with the next block, each byte read once", async () => {
    const { content, read } = reading();
    const lengths = [await read(0), await read(7), await read(20), await read(29), await read(39), await read(40)];
    await settled();
    expect(lengths).toEqual([10, 13, 10, 11, 11, 10]);
    expect(content.reads).toEqual([0, 10, 20, 30, 40, 50].map((start) => [start, start + 10]));
  });

  test("what is left comes alone where it is the unit or more", async () => {
    const { read } = reading();
    expect([await read(0), await read(6), await read(3)]).toEqual([10, 4, 7]);
  });

  test("the end of the file comes as it is, however little it is", async () => {
    const { content, read } = reading();
    for (let at = 0; at < 80; at += 10) await read(at);
    expect([await read(80), await read(88), await read(92), await read(94)]).toEqual([10, 7, 3, 1]);
    expect(content.reads).toHaveLength(10);
  });

  test("the end of the block that was read ahead comes with the one after it", async () => {
    const { content, read } = reading();
    expect([await read(0), await read(18)]).toEqual([10, 12]);
    await settled();
    expect(content.reads.map(([start]) => start)).toEqual([0, 10, 20, 30]);
  });
});

test("a next block that could not be read is read again, when what is left is wanted again", async () => {
  const failing = { start: 10 };
  const content = new Recorded(bytes, true, (start) => {
    if (start === failing.start) throw new Error("disk");
  });
  const reader = new RangeReader(content, 10, 4);
  await reader.read(0);
  expect(await thrownBy(reader.read(8))).toMatchObject({ message: "disk" });
  failing.start = -1;
  expect([...(await reader.read(8))]).toEqual([...bytes.subarray(8, 20)]);
});
