import { Queue } from "../../src/http/queue.js";
import { listenersOf, thrownBy } from "../support/fakes";

/** A job that logs its start. The test ends it. */
function job(log: string[], name: string) {
  let end!: (error?: Error) => void;
  const ended = new Promise<string>((resolve, reject) => (end = (error) => (error ? reject(error) : resolve(name))));
  const run = () => {
    log.push(name);
    return ended;
  };
  return { run, end };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("jobs of one key run one after another in their order, because Exchange answers 412 to parallel writes", async () => {
  const queue = new Queue();
  const log: string[] = [];
  const [a, b, c] = ["a", "b", "c"].map((name) => job(log, name));
  const results = [a!, b!, c!].map(({ run }) => queue.run("item", run));
  await settled();
  expect(log).toEqual(["a"]);
  a!.end();
  await settled();
  expect(log).toEqual(["a", "b"]);
  b!.end();
  c!.end();
  expect(await Promise.all(results)).toEqual(["a", "b", "c"]);
  expect(log).toEqual(["a", "b", "c"]);
});

test("a job that is added while the second one runs waits for it, although the first has ended", async () => {
  const queue = new Queue();
  const log: string[] = [];
  const [a, b, c] = ["a", "b", "c"].map((name) => job(log, name));
  const results = [a!, b!].map(({ run }) => queue.run("item", run));
  a!.end();
  await settled();
  results.push(queue.run("item", c!.run));
  await settled();
  expect(log).toEqual(["a", "b"]);
  b!.end();
  c!.end();
  expect(await Promise.all(results)).toEqual(["a", "b", "c"]);
});

test("jobs of different keys run at the same time", async () => {
  const queue = new Queue();
  const log: string[] = [];
  const jobs = ["a", "b"].map((name) => job(log, name));
  const results = jobs.map(({ run }, at) => queue.run(`item ${at}`, run));
  await settled();
  expect(log).toEqual(["a", "b"]);
  jobs.forEach(({ end }) => end());
  expect(await Promise.all(results)).toEqual(["a", "b"]);
});

test.each([
  ["rejects", () => Promise.reject(new Error("no"))],
  [
    "throws",
    (): Promise<never> => {
      throw new Error("no");
    },
  ],
])("a job that %s rejects for its own caller, and does not block the next", async (_, failing) => {
  const queue = new Queue();
  const failed = queue.run("item", failing);
  const next = queue.run("item", async () => "next");
  await expect(failed).rejects.toThrow("no");
  expect(await next).toBe("next");
});

test("an abort of a waiting job rejects immediately with its reason, and the others keep their order", async () => {
  const queue = new Queue();
  const log: string[] = [];
  const first = job(log, "first");
  const running = queue.run("item", first.run);
  const controller = new AbortController();
  const listeners = listenersOf(controller.signal);
  const waiting = thrownBy(queue.run("item", job(log, "never").run, controller.signal));
  const third = queue.run("item", async () => log.push("third"));
  expect(listeners()).toBe(1);
  controller.abort("stop");
  expect(await waiting).toBe("stop");
  await settled();
  expect(log).toEqual(["first"]);
  first.end();
  await running;
  await third;
  expect(log).toEqual(["first", "third"]);
});

test("a job that was aborted before it was added never starts", async () => {
  const queue = new Queue();
  const first = job([], "first");
  const running = queue.run("item", first.run);
  const started = jest.fn(async () => {});
  expect(await thrownBy(queue.run("item", started, AbortSignal.abort("before")))).toBe("before");
  first.end();
  await running;
  await settled();
  expect(started).not.toHaveBeenCalled();
});

test("the signal does not end a job that has begun, and keeps no listener", async () => {
  const queue = new Queue();
  const { signal } = new AbortController();
  const listeners = listenersOf(signal);
  const first = job([], "first");
  const results = [queue.run("item", first.run), ...[1, 2, 3].map((n) => queue.run("item", async () => n, signal))];
  await settled();
  expect(listeners()).toBe(1);
  first.end();
  expect(await Promise.all(results)).toEqual(["first", 1, 2, 3]);
  await settled();
  expect(listeners()).toBe(0);
});

test("forgets keys whose jobs have ended, so that a server that runs for years does not grow", async () => {
  const maps: { readonly size: number }[] = [];
  class Watched extends globalThis.Map {
    constructor() {
      super();
      maps.push(this);
    }
  }
  const { Map } = globalThis;
  globalThis.Map = Watched as unknown as MapConstructor;
  const queue = new Queue();
  globalThis.Map = Map;
  const results = Array.from({ length: 30 }, (_, n) =>
    queue.run(`item ${n % 10}`, async () => {
      if (n % 3 === 0) throw new Error("no");
    }),
  );
  expect(maps.map(({ size }) => size)).toEqual([10]);
  await Promise.allSettled(results);
  await settled();
  expect(maps.map(({ size }) => size)).toEqual([0]);
});
