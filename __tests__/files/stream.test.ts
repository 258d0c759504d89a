import { Readable } from "node:stream";
import { knowsItsSize, openSource } from "../../src/files/open.js";
import { UploadError } from "../../src/errors.js";
import { count, thrownBy } from "../support/fakes";

const bytes = count(1000);

function chunksOf(length: number, all = bytes): Uint8Array[] {
  return Array.from({ length: Math.ceil(all.length / length) }, (_, n) => all.subarray(n * length, (n + 1) * length));
}

/** Each kind of stream, made of the same chunks. */
const kinds: [string, (chunks: unknown[], error?: Error) => AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>][] =
  [
    [
      "web stream",
      (chunks, error) => {
        const left = [...chunks];
        return new ReadableStream({
          pull(controller) {
            if (left.length > 0) controller.enqueue(left.shift() as Uint8Array);
            else if (error) controller.error(error);
            else controller.close();
          },
        });
      },
    ],
    [
      "Node Readable",
      (chunks, error) => {
        const left = [...chunks];
        return new Readable({
          objectMode: chunks.some((chunk) => !(chunk instanceof Uint8Array)),
          read() {
            if (left.length > 0 || !error) this.push(left.shift() ?? null);
            else this.destroy(error);
          },
        });
      },
    ],
    [
      "async generator",
      async function* (chunks, error) {
        yield* chunks as Uint8Array[];
        if (error) throw error;
      },
    ],
  ];

describe.each(kinds)("a %s", (_, make) => {
  test.each([
    ["much smaller than ranges", 7],
    ["that do not end where ranges end", 150],
    ["exactly as long as ranges", 100],
    ["much larger than ranges", 600],
    ["of the whole file", 1000],
  ])("with chunks %s returns every byte once and in order, unlike the SDK's own task", async (_, length) => {
    const stream = make(chunksOf(length));
    const content = openSource(stream, 1000);
    expect([content.size, content.anywhere, knowsItsSize(stream)]).toEqual([1000, false, false]);
    const ranges: Uint8Array[] = [];
    for (let at = 0; at < 1000; at += 100) ranges.push(await content.read(at, at + 100));
    expect(ranges.every((range) => range.length === 100)).toBe(true);
    expect(Buffer.concat(ranges)).toEqual(Buffer.from(bytes));
  });

  test("can begin at a later byte if the service already has the first bytes", async () => {
    const content = openSource(make(chunksOf(70)), 1000);
    expect(Buffer.from(await content.read(333, 500))).toEqual(Buffer.from(bytes.subarray(333, 500)));
    expect(Buffer.from(await content.read(500, 1000))).toEqual(Buffer.from(bytes.subarray(500)));
  });

  test.each([
    ["ends early", make(chunksOf(70)), 1001, 900, /ended after 1000 bytes of the 1001 that were stated/],
    ["is longer than stated", make(chunksOf(70)), 999, 900, /longer than the 999 bytes that were stated/],
    ["is longer by a chunk", make([...chunksOf(100), bytes]), 1000, 900, /longer than the 1000 bytes/],
    ["is empty", make([]), 1, 0, /ended after 0 bytes of the 1/],
    ["returns strings", make(["text"]), 4, 0, /returned string instead of bytes/],
    ["returns objects", make([{ a: 1 }]), 4, 0, /returned object instead of bytes/],
  ])("that %s is an error of the source", async (_, stream, size, start, message) => {
    const error = (await thrownBy(openSource(stream, size).read(start, size))) as UploadError;
    expect(error).toBeInstanceOf(UploadError);
    expect([error.code, error.message]).toEqual(["source", expect.stringMatching(message)]);
  });

  test("that fails rejects with its cause and never hangs", async () => {
    const content = openSource(make(chunksOf(70).slice(0, 3), new Error("disk")), 1000);
    expect((await content.read(0, 200)).length).toBe(200);
    const error = (await thrownBy(content.read(200, 400))) as UploadError;
    expect([error.code, error.message]).toEqual(["source", "The stream failed."]);
    expect((error.cause as Error).message).toBe("disk");
  });

  test("cannot be read again, and the error says what to attach instead", async () => {
    const content = openSource(make(chunksOf(70)), 1000);
    await content.read(0, 200);
    const error = (await thrownBy(content.read(100, 200))) as UploadError;
    expect([error.code, error.message]).toEqual(["source", expect.stringMatching(/Attach a Blob/)]);
    expect(Buffer.from(await content.read(200, 300))).toEqual(Buffer.from(bytes.subarray(200, 300)));
  });

  test("needs its size, because a stream does not know it", () => {
    expect(() => openSource(make([]))).toThrow(/length of a stream is not known.*\{ size \}/);
  });

  test("may be empty if the stated size is 0", async () => {
    expect((await openSource(make([]), 0).read(0, 0)).length).toBe(0);
    const error = (await thrownBy(openSource(make([bytes]), 0).read(0, 0))) as UploadError;
    expect(error.message).toMatch(/longer than the 0 bytes/);
  });
});

test("a locked web stream is refused before anything is sent, because another reader has it", () => {
  const stream = new ReadableStream();
  stream.getReader();
  expect(() => openSource(stream, 10)).toThrow(/locked by another reader/);
});

test("fifty ranges leave no more listeners on a Node Readable than two ranges, unlike the SDK's own task", async () => {
  const stream = kinds[1]![1](chunksOf(7, count(5000))) as Readable;
  const content = openSource(stream, 5001);
  const counts: number[] = [];
  const events = ["readable", "end", "error", "close", "data"];
  for (let at = 0; at < 5000; at += 100) {
    await content.read(at, at + 100);
    counts.push(events.reduce((sum, event) => sum + stream.listenerCount(event), 0));
  }
  expect(counts).toHaveLength(50);
  expect(Math.max(...counts)).toBe(counts[1]);
  expect(Math.max(...events.map((event) => stream.listenerCount(event)))).toBeLessThan(5);
});

describe("a closed source is released, so that no file stays open", () => {
  test("a web stream is cancelled with the reason, even while a read waits", async () => {
    const cancelled = jest.fn();
    const content = openSource(new ReadableStream({ cancel: cancelled }), 10);
    const waiting = thrownBy(content.read(0, 10));
    content.close("stopped");
    expect(await waiting).toBeInstanceOf(UploadError);
    expect(cancelled).toHaveBeenCalledWith("stopped");
  });

  test("an async generator runs its finally", async () => {
    const finished = jest.fn();
    async function* source() {
      try {
        yield* chunksOf(10);
      } finally {
        finished();
      }
    }
    const content = openSource(source(), 1000);
    await content.read(0, 10);
    content.close();
    await new Promise(setImmediate);
    expect(finished).toHaveBeenCalledTimes(1);
  });

  test("an iterator without return() or with a failing return() causes no error", async () => {
    const next = async () => ({ done: false, value: bytes });
    const bare = { [Symbol.asyncIterator]: () => ({ next }) } as AsyncIterable<Uint8Array>;
    const bad = { [Symbol.asyncIterator]: () => ({ next, return: () => Promise.reject(new Error("no")) }) };
    for (const stream of [bare, bad as AsyncIterable<Uint8Array>]) {
      const content = openSource(stream, 1000);
      expect(() => content.close("stopped")).not.toThrow();
    }
    await new Promise(setImmediate);
  });

  test.each<[string, number | undefined]>([
    ["before its first read", undefined],
    ["between two reads", 100],
    ["while a read waits for bytes that do not come", 200],
  ])("a Node Readable is destroyed %s", async (_, read) => {
    const stream = new Readable({ read() {} });
    stream.push(bytes.subarray(0, 150));
    const content = openSource(stream, 1000);
    const reading = read === undefined ? undefined : content.read(0, read).catch(() => {});
    if (read === 100) await reading;
    await new Promise(setImmediate);
    content.close(new Error("stopped"));
    await new Promise(setImmediate);
    expect(stream.destroyed).toBe(true);
  });
});

test("a Node Readable that fails before its first read rejects that read and does not crash the process", async () => {
  const stream = new Readable({ read() {} });
  const content = openSource(stream, 10);
  expect(() => stream.emit("error", new Error("ENOENT"))).not.toThrow();
  stream.on("error", () => {}).destroy(new Error("ENOENT"));
  await new Promise(setImmediate);
  const error = (await thrownBy(content.read(0, 10))) as UploadError;
  expect([error.code, (error.cause as Error).message]).toEqual(["source", "ENOENT"]);
});
