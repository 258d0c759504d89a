import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { redisLimiter, type RedisLimiterOptions, type RunScript } from "../../src/redis/index.js";
import { startRedis, type RedisServer } from "./redis";

let server: RedisServer;
const opened: { close(): void }[] = [];
beforeAll(async () => void (server = await startRedis()));
afterEach(() => opened.splice(0).forEach((one) => one.close()));
afterAll(() => server.close());

let tests = 0;
beforeEach(() => void tests++);

/** One worker with a connection of its own: of ioredis or of node-redis. */
interface Worker {
  readonly run: RunScript;
  readonly subscribe: NonNullable<RedisLimiterOptions["subscribe"]>;
}

async function ioredis(): Promise<Worker> {
  const [redis, subscriber] = [new Redis(server.url), new Redis(server.url)];
  await Promise.all([once(redis, "ready"), once(subscriber, "ready")]);
  opened.push({ close: () => (redis.disconnect(), subscriber.disconnect()) });
  return {
    run: (script, keys, args) => redis.eval(script, keys.length, ...keys, ...args),
    subscribe: (channel, hear) => {
      subscriber.on("message", (_, message) => hear(message));
      return subscriber.subscribe(channel);
    },
  };
}

async function nodeRedis(): Promise<Worker> {
  const redis = createClient({ url: server.url });
  const subscriber = redis.duplicate();
  await Promise.all([redis.connect(), subscriber.connect()]);
  opened.push({ close: () => (redis.destroy(), subscriber.destroy()) });
  return {
    run: (script, keys, args) => redis.eval(script, { keys, arguments: args }),
    subscribe: (channel, hear) => subscriber.subscribe(channel, hear),
  };
}

const clients = [
  ["ioredis", ioredis],
  ["node-redis", nodeRedis],
] as const;

const limiterOf = ({ run }: Worker, options: RedisLimiterOptions = {}) =>
  redisLimiter(run, { prefix: `test ${tests}`, ...options });
const request = { lane: "https://graph.microsoft.com/v1.0/users/a", most: 4, bytes: 0 };

/** Settles, or says "waits" after so long. */
const within = <T>(work: Promise<T>, milliseconds: number) => Promise.race([work, sleep(milliseconds, "waits")]);

describe.each(clients)("with %s", (_, connect) => {
  test("workers together get no more places than the mailbox has, and each gets its turn", async () => {
    const workers = await Promise.all([connect(), connect(), connect()]);
    let [inside, highest, done] = [0, 0, 0];
    const work = async (worker: Worker, index: number) => {
      const limiter = limiterOf(worker, index === 0 ? { poll: 5 } : { subscribe: worker.subscribe });
      const one = async () => {
        const leave = await limiter.enter(request);
        highest = Math.max(highest, ++inside);
        await sleep(2);
        inside--;
        done++;
        leave();
      };
      await Promise.all(Array.from({ length: 40 }, one));
    };
    await Promise.all(workers.map(work));
    expect([highest, done, inside]).toEqual([4, 120, 0]);
  });

  test("one lane does not wait for another", async () => {
    const limiter = limiterOf(await connect());
    await limiter.enter({ ...request, most: 1 });
    await limiter.enter({ ...request, lane: "b", most: 1 });
    expect(await within(limiter.enter({ ...request, most: 1 }), 100)).toBe("waits");
  });
});

test("a place that comes free is heard of immediately with subscribe, without asking again and again", async () => {
  const [one, other] = [await ioredis(), await nodeRedis()];
  let asked = 0;
  const counting: Worker = { ...other, run: (...given) => (asked++, other.run(...given)) };
  const leave = await limiterOf(one, { subscribe: one.subscribe }).enter({ ...request, most: 1 });
  const waiting = limiterOf(counting, { subscribe: other.subscribe, poll: 60_000 }).enter({ ...request, most: 1 });
  expect(await within(waiting, 200)).toBe("waits");
  leave();
  expect(await waiting).toBeInstanceOf(Function);
  expect(asked).toBeLessThan(4);
});

test("a worker that dies gives its places back after its lease, and one that lives keeps them for longer", async () => {
  const [dead, living, next] = [await ioredis(), await ioredis(), await ioredis()];
  const options = { lease: 300, poll: 20 };
  let dies = false;
  const mortal: Worker = { ...dead, run: (...given) => (dies ? new Promise(() => {}) : dead.run(...given)) };
  await limiterOf(mortal, options).enter({ ...request, most: 2 });
  const leave = await limiterOf(living, options).enter({ ...request, most: 2 });
  dies = true;
  const second = await limiterOf(next, options).enter({ ...request, most: 2 });
  const third = limiterOf(next, options).enter({ ...request, most: 2 });
  expect(await within(third, 1_000)).toBe("waits"); // the heartbeat of the other worker holds its place
  leave();
  expect(await third).toBeInstanceOf(Function);
  second();
});

test("a pause holds all workers back, is never shortened, and holds for its lane alone", async () => {
  const [one, other] = [limiterOf(await ioredis()), limiterOf(await nodeRedis())];
  const began = performance.now();
  one.pause(request.lane, 600);
  one.pause(request.lane, 100);
  await sleep(20);
  expect(await within(other.enter({ ...request, lane: "b" }), 400)).toBeInstanceOf(Function);
  const leave = await other.enter(request);
  expect(performance.now() - began).toBeGreaterThan(580);
  leave();
});

test("a mailbox gets no more bytes in a window than it takes, from all workers together", async () => {
  const options = { uploadBytes: 100, uploadWindow: 1_200 };
  const [one, other] = [limiterOf(await ioredis(), options), limiterOf(await nodeRedis(), options)];
  const began = performance.now();
  for (const limiter of [one, other]) (await limiter.enter({ ...request, bytes: 50 }))();
  expect(await within(one.enter(request), 200)).toBeInstanceOf(Function); // reads need no room
  expect(await within(one.enter({ ...request, lane: "drive", most: Infinity, bytes: 500 }), 200)).toBeInstanceOf(
    Function,
  );
  (await other.enter({ ...request, bytes: 60 }))();
  expect(performance.now() - began).toBeGreaterThan(1_190);
});

test("a body larger than the window goes when the window is empty: the service decides", async () => {
  const limiter = limiterOf(await ioredis(), { uploadBytes: 100 });
  expect(await within(limiter.enter({ ...request, bytes: 101 }), 2_000)).toBeInstanceOf(Function);
});

test("an abort ends the wait, for the one that asks and for those behind it, and leaves the place to others", async () => {
  const limiter = limiterOf(await ioredis(), { poll: 10 });
  const leave = await limiter.enter({ ...request, most: 1 });
  const [first, second] = [new AbortController(), new AbortController()];
  const [one, other, third] = [
    limiter.enter({ ...request, most: 1 }, first.signal),
    limiter.enter({ ...request, most: 1 }, second.signal),
    limiter.enter({ ...request, most: 1 }),
  ];
  const stopped = Promise.allSettled([one, other]);
  second.abort("second");
  first.abort("first");
  expect((await stopped).map((result) => "reason" in result && result.reason)).toEqual(["first", "second"]);
  await expect(limiter.enter(request, AbortSignal.abort("before"))).rejects.toBe("before");
  leave();
  (await third)();
});
