import { RangeReader } from "../../src/upload/rangeReader.js";
import { StreamContent } from "../../src/files/stream.js";
import { count, Recorded, thrownBy } from "../support/fakes";
import { collectGarbage } from "../support/garbage";

const bytes = count(95);
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

test("hands out the file in blocks, in order, and reads each byte once", async () => {
  const content = new Recorded(bytes);
  const reader = new RangeReader(content, 10);
  const ranges: Uint8Array[] = [];
  for (let at = 0; at < 95; at += ranges.at(-1)!.length) ranges.push(await reader.read(at));
  expect(ranges.map(({ length }) => length)).toEqual([10, 10, 10, 10, 10, 10, 10, 10, 10, 5]);
  expect(Buffer.concat(ranges)).toEqual(Buffer.from(bytes));
  expect(content.reads).toEqual(ranges.map((_, n) => [n * 10, Math.min(n * 10 + 10, 95)]));
});

test("reads one block ahead while the caller sends, and never two, however long that takes", async () => {
  const content = new Recorded(bytes);
  const reader = new RangeReader(content, 10);
  await reader.read(0);
  await settled();
  expect(content.reads).toEqual([[0, 10], [10, 20]]); // prettier-ignore
  await reader.read(10);
  await settled();
  expect(content.reads.slice(2)).toEqual([[20, 30]]);
});

test("never holds more than two blocks of the file in memory", async () => {
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
    collectGarbage();
    await settled();
    alive.push(given.filter((reference) => reference.deref() !== undefined).length);
  }
  expect(given).toHaveLength(20);
  expect(Math.max(...alive)).toBeLessThanOrEqual(2);
});

test("holds nothing of a block that was let go of", async () => {
  const content = new Recorded(bytes);
  const given: WeakRef<ArrayBufferLike>[] = [];
  content.read = async (start, end) => {
    const range = bytes.slice(start, end);
    given.push(new WeakRef(range.buffer));
    return range;
  };
  const reader = new RangeReader(content, 10, 1, () => false);
  await reader.read(0);
  reader.letGo(10);
  await settled();
  collectGarbage();
  expect(given.map((reference) => reference.deref())).toEqual([undefined]);
  expect([...(await reader.read(10))]).toEqual([...bytes.subarray(10, 20)]);
});

test("hands out the same block again, or the rest of it, from memory, because a stream cannot go back", async () => {
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

test("reads whole blocks from any position that is not in memory", async () => {
  const content = new Recorded(bytes);
  const reader = new RangeReader(content, 10);
  expect(reader.canRead(0)).toBe(true);
  expect([...(await reader.read(33))]).toEqual([...bytes.subarray(33, 43)]);
  expect([...(await reader.read(43))]).toEqual([...bytes.subarray(43, 53)]);
  expect([...(await reader.read(0))]).toEqual([...bytes.subarray(0, 10)]);
  expect([...(await reader.read(4))]).toEqual([...bytes.subarray(4, 10)]);
  expect([reader.canRead(0), reader.canRead(94)]).toEqual([true, true]);
});

test("drops the block that was read ahead when the caller goes back, so that there are never three in memory", async () => {
  const content = new Recorded(bytes);
  const reader = new RangeReader(content, 10);
  for (const start of [0, 10, 0]) {
    await reader.read(start);
    await settled();
  }
  expect(content.reads.map(([start]) => start)).toEqual([0, 10, 20, 0, 10]);
});

test("needs no second read for the middle of the block that was read ahead", async () => {
  const content = new Recorded(bytes);
  const reader = new RangeReader(content, 10);
  await reader.read(0);
  expect([...(await reader.read(14))]).toEqual([...bytes.subarray(14, 20)]);
  await settled();
  expect(content.reads).toEqual([[0, 10], [10, 20], [20, 30]]); // prettier-ignore
});

test("does not read ahead once the upload has stopped", async () => {
  const content = new Recorded(bytes);
  const reader = new RangeReader(content, 10);
  await reader.read(0);
  reader.rest();
  await settled();
  expect(content.reads).toEqual([[0, 10]]);
  expect([...(await reader.read(10))]).toEqual([...bytes.subarray(10, 20)]);
});

test("a block larger than the file is the whole file, with nothing to read ahead", async () => {
  const content = new Recorded(bytes);
  expect([...(await new RangeReader(content, 1000).read(0))]).toEqual([...bytes]);
  expect(content.reads).toEqual([[0, 95]]);
});

test("reports a failure to read ahead only when that block is asked for", async () => {
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

test("reads follow each other even if the caller does not wait, so that a stream is never read twice at the same time", async () => {
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
  ["a file that can be read at any position", true],
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

  test("joins the rest of a block that is smaller than the unit to the next block, and reads each byte once", async () => {
    const { content, read } = reading();
    const lengths = [await read(0), await read(7), await read(20), await read(29), await read(39), await read(40)];
    await settled();
    expect(lengths).toEqual([10, 13, 10, 11, 11, 10]);
    expect(content.reads).toEqual([0, 10, 20, 30, 40, 50].map((start) => [start, start + 10]));
  });

  test("hands out the rest of a block alone if it is not smaller than the unit", async () => {
    const { read } = reading();
    expect([await read(0), await read(6), await read(3)]).toEqual([10, 4, 7]);
  });

  test("hands out the end of the file as it is, however small", async () => {
    const { content, read } = reading();
    for (let at = 0; at < 80; at += 10) await read(at);
    expect([await read(80), await read(88), await read(92), await read(94)]).toEqual([10, 7, 3, 1]);
    expect(content.reads).toHaveLength(10);
  });

  test("joins the end of the block that was read ahead to the one after it", async () => {
    const { content, read } = reading();
    expect([await read(0), await read(18)]).toEqual([10, 12]);
    await settled();
    expect(content.reads.map(([start]) => start)).toEqual([0, 10, 20, 30]);
  });
});

test("reads the next block again, if that failed, when the rest of the block before is asked for again", async () => {
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
