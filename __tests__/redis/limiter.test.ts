import { setTimeout as sleep } from "node:timers/promises";
import { redisLimiter, type RunScript } from "../../src/redis/index.js";

// With a real Redis: __tests__/workers, npm run test:workers

const request = { lane: "https://graph.microsoft.com/v1.0/users/a", most: 4, bytes: 0 };

test("each script gets the keys of its lane, which one node of a cluster has, and texts as arguments", async () => {
  const calls: unknown[][] = [];
  const run: RunScript = async (_, keys, args) => {
    calls.push([keys, args.every((arg) => typeof arg === "string")]);
    return [0, 0];
  };
  const limiter = redisLimiter(run, { prefix: "mail" });
  (await limiter.enter(request))();
  limiter.pause(request.lane, 1.5);
  await sleep(1);
  const tag = "{mail https://graph.microsoft.com/v1.0/users/a}";
  expect(calls).toEqual([
    [[`${tag}:leases`, `${tag}:sent`, `${tag}:pause`], true],
    [[`${tag}:leases`, `${tag}:sent`], true],
    [[`${tag}:pause`], true],
  ]);
});

test("requests go without the limiter while Redis fails, which is reported", async () => {
  const errors: unknown[] = [];
  const lost = new Error("Connection is closed.");
  const limiter = redisLimiter(() => Promise.reject(lost), { onError: (error) => errors.push(error) });
  (await limiter.enter(request))();
  limiter.pause(request.lane, 10);
  await sleep(10);
  expect(new Set(errors)).toEqual(new Set([lost]));
});

test.each([
  [undefined, {}],
  [async () => 0, { lease: 0 }],
  [async () => 0, { uploadBytes: 1.5 }],
  [async () => 0, { poll: -1 }],
])("wrong options are refused immediately", (run, options) => {
  expect(() => redisLimiter(run as RunScript, options)).toThrow(TypeError);
});
