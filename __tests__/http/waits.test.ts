import { askedWait, Retrier } from "../../src/http/retry.js";
import { answerOf, COLLECTION, cut, failure, opened, reply, talk } from "../support/fakes";

const now = Date.parse("2025-01-01T00:00:00Z");
const HOUR = 3_600_000;
const date = (at: number) => new Date(at).toUTCString();
beforeEach(() => void jest.useFakeTimers({ now }));
afterEach(() => void jest.useRealTimers());

describe("a Retry-After date", () => {
  test.each([
    ["two hours slow", 2 * HOUR],
    ["two hours fast", -2 * HOUR],
    ["right", 0],
  ])("counts from the reply's own Date, if the clock here is %s", async (_, off) => {
    const headers = { "Retry-After": date(now + off + 5_000), Date: date(now + off) };
    expect(askedWait(new Headers(headers))).toBe(5_000);
    const waits: number[] = [];
    const retried = new Retrier({ retries: 1, delay: 1 }).next(answerOf(failure(429, "x", "No.", headers)), (wait) =>
      waits.push(wait),
    );
    await jest.advanceTimersByTimeAsync(5_000);
    expect([await retried, waits]).toEqual([true, [5_000]]);
  });

  test("that a slow clock takes for hours ends nothing where the browser hides Date: the usual wait applies", async () => {
    const late = answerOf(failure(503, "x", "No.", { "Retry-After": date(now + 2 * HOUR) }));
    const retried = new Retrier({ retries: 1, delay: 1 }).next(late);
    await jest.advanceTimersByTimeAsync(10);
    expect(await retried).toBe(true);
  });

  test("that is hours away by the service's own clock still ends the upload, so that it can be resumed later", async () => {
    const headers = { "Retry-After": date(now + 2 * HOUR), Date: date(now) };
    expect(await new Retrier({ retries: 1, delay: 1 }).next(answerOf(failure(503, "x", "No.", headers)))).toBe(false);
  });
});

test("a wait goes on as long as it should when the clock is set back meanwhile", async () => {
  const retried = new Retrier({ retries: 1, delay: 1 }).next(
    answerOf(failure(429, "x", "No.", { "Retry-After": "5" })),
  );
  await jest.advanceTimersByTimeAsync(2_000);
  jest.setSystemTime(now - HOUR);
  await jest.advanceTimersByTimeAsync(3_000);
  expect(await retried).toBe(true);
});

test("the pause that a success asks for is kept once, not before every retry", async () => {
  const paused = reply(200, undefined, { "Retry-After": "5" });
  const { service, kinds } = talk({ list: [paused, cut(), cut(), opened()] });
  const request = { method: "GET", url: COLLECTION, to: "api" } as const;
  const began = performance.now();
  await service.attempt(request);
  const times: number[] = [];
  const rest = (async () => {
    for (let at = 0; at < 3; at++) {
      await service.attempt(request);
      times.push(performance.now() - began);
    }
  })();
  await jest.advanceTimersByTimeAsync(60_000);
  await rest;
  expect(kinds()).toHaveLength(4);
  expect(Math.min(...times)).toBeGreaterThanOrEqual(4_999);
  expect(Math.max(...times)).toBeLessThan(6_000);
});
