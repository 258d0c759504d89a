import { backoff, LONGEST_WAIT, Retrier, retryAfter, sleep } from "../../src/http/retry.js";
import { answerOf, cut, failure, listenersOf, notConnected, reply, thrownBy } from "../support/fakes";

const now = Date.parse("2025-01-01T00:00:00Z");

test.each([
  ["7", 7000],
  [" 120 ", 120_000],
  ["0", 0],
  ["0.5", 500],
  ["99999999999", 99_999_999_999_000],
  ["Wed, 01 Jan 2025 00:00:30 GMT", 30_000],
  ["Wednesday, 01-Jan-25 00:00:30 GMT", 30_000],
  ["Tue, 31 Dec 2024 23:59:00 GMT", 0],
  ["soon", undefined],
  ["NaN", undefined],
  ["", undefined],
  ["  ", undefined],
  [null, undefined],
])("Retry-After %p asks for %p ms", (header, milliseconds) => {
  expect(retryAfter(header, now)).toBe(milliseconds);
});

test.each(["-5", "-1", "soon, 5", "in 3 minutes"])(
  "Retry-After %p is neither seconds nor a date, so the backoff applies",
  (header) => {
    expect(retryAfter(header, now)).toBeUndefined();
  },
);

test.each([
  [0, 1000, 500, 1000],
  [1, 1000, 1000, 2000],
  [4, 1000, 8000, 16_000],
  [5, 1000, 16_000, 32_000],
  [6, 1000, 30_000, 60_000],
  [50, 1000, 30_000, 60_000],
  [5000, 1000, 30_000, 60_000],
  [3, 0, 0, 0],
])("attempt %p with a delay of %p waits between %p and %p ms", (...row) => {
  const [attempt, delay, least, most] = row;
  expect([0, 1].map((random) => backoff(attempt, delay, random))).toEqual([least, most]);
  expect(backoff(attempt, delay, 0.5)).toBe((least + most) / 2);
});

describe("waiting", () => {
  beforeEach(() => void jest.useFakeTimers({ now }));
  afterEach(() => void jest.useRealTimers());

  /** The state of a promise, without waiting for it. */
  function watch(work: Promise<unknown>): { state: unknown } {
    const seen = { state: "waits" as unknown };
    work.then(
      (value) => (seen.state = value ?? "done"),
      (error) => (seen.state = error),
    );
    return seen;
  }

  test("a sleep ends on time and leaves no listener on the signal", async () => {
    const { signal } = new AbortController();
    const listeners = listenersOf(signal);
    const slept = watch(Promise.all(Array.from({ length: 10 }, () => sleep(1000, signal))));
    expect(listeners()).toBe(1); // runtimes warn of more than ten
    await jest.advanceTimersByTimeAsync(999);
    expect(slept.state).toBe("waits");
    await jest.advanceTimersByTimeAsync(1);
    expect(slept.state).toHaveLength(10);
    expect(listeners()).toBe(0);
  });

  test("an abort ends a sleep immediately, with its own reason, and leaves no timer", async () => {
    const controller = new AbortController();
    const slept = watch(sleep(600_000, controller.signal));
    controller.abort("enough");
    await jest.advanceTimersByTimeAsync(0);
    expect(slept.state).toBe("enough");
    expect(jest.getTimerCount()).toBe(0);
  });

  test("no sleep begins after an abort", async () => {
    expect(await thrownBy(sleep(1000, AbortSignal.abort("before")))).toBe("before");
    expect(jest.getTimerCount()).toBe(0);
  });

  test("there are as many attempts as retries, and all of them again after progress", async () => {
    const retrier = new Retrier({ retries: 2, delay: 0 });
    const next = async () => {
      const more = retrier.next();
      await jest.advanceTimersByTimeAsync(0);
      return more;
    };
    expect([await next(), await next(), await next()]).toEqual([true, true, false]);
    retrier.reset();
    expect([await next(), await next(), await next()]).toEqual([true, true, false]);
  });

  test("waits double, beginning with the delay, with jitter", async () => {
    const random = jest.spyOn(Math, "random").mockReturnValue(1);
    const retrier = new Retrier({ retries: 3, delay: 100 });
    const reported: number[] = [];
    for (const wait of [100, 200, 400]) {
      const more = watch(retrier.next(undefined, (milliseconds) => void reported.push(milliseconds)));
      await jest.advanceTimersByTimeAsync(wait - 1);
      expect(more.state).toBe("waits");
      await jest.advanceTimersByTimeAsync(1);
      expect(more.state).toBe(true);
    }
    expect(reported).toEqual([100, 200, 400]);
    random.mockRestore();
  });

  test.each([
    ["2", 2000],
    [new Date(now + 5000).toUTCString(), 5000],
  ])("a Retry-After of %p replaces the backoff", async (header, wait) => {
    const answer = answerOf(reply(429, "", { "Retry-After": header }));
    const more = watch(new Retrier({ retries: 1, delay: 60_000 }).next(answer));
    await jest.advanceTimersByTimeAsync(wait - 1);
    expect(more.state).toBe("waits");
    await jest.advanceTimersByTimeAsync(1);
    expect(more.state).toBe(true);
  });

  test("a Retry-After beyond the longest wait ends the upload, because it can be resumed later", async () => {
    const retrier = new Retrier({ retries: 5, delay: 0 });
    const busyFor = (seconds: number) => answerOf(failure(503, "x", "No.", { "Retry-After": String(seconds) }));
    const tell = jest.fn();
    expect(await retrier.next(busyFor(LONGEST_WAIT / 1000 + 1), tell)).toBe(false);
    expect(tell).not.toHaveBeenCalled();
    const longest = watch(retrier.next(busyFor(LONGEST_WAIT / 1000)));
    await jest.advanceTimersByTimeAsync(LONGEST_WAIT);
    expect(longest.state).toBe(true);
  });

  test("an abort ends a wait that the service has asked for", async () => {
    const controller = new AbortController();
    const retrier = new Retrier({ retries: 1, delay: 0 }, controller.signal);
    const more = watch(retrier.next(answerOf(reply(429, "", { "Retry-After": "60" }))));
    await jest.advanceTimersByTimeAsync(1000);
    controller.abort("stop");
    await jest.advanceTimersByTimeAsync(0);
    expect(more.state).toBe("stop");
  });
});

describe("in a browser that knows that it is offline", () => {
  const given = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  const listeners = new Map<string, () => void>();
  beforeEach(() => {
    Object.defineProperty(globalThis, "navigator", { configurable: true, value: { onLine: false } });
    Object.assign(globalThis, {
      addEventListener: (name: string, listener: () => void) => listeners.set(name, listener),
      removeEventListener: (name: string) => listeners.delete(name),
    });
  });
  afterEach(() => {
    if (given) Object.defineProperty(globalThis, "navigator", given);
    else Reflect.deleteProperty(globalThis, "navigator");
    Reflect.deleteProperty(globalThis, "addEventListener");
    Reflect.deleteProperty(globalThis, "removeEventListener");
  });

  test.each([cut(), notConnected()])(
    "the attempt after %p waits for the connection and does not count",
    async (failed) => {
      const retrier = new Retrier({ retries: 0, delay: 0 });
      const more = retrier.next(answerOf(failed));
      listeners.get("online")!();
      await expect(more).resolves.toBe(true);
      expect(listeners.size).toBe(0);
    },
  );

  test("a reply counts as an attempt, because the service was reached", async () => {
    expect(await new Retrier({ retries: 0, delay: 0 }).next(answerOf(reply(503)))).toBe(false);
    expect(listeners.size).toBe(0);
  });

  test("an abort ends that wait, and leaves no listener", async () => {
    const controller = new AbortController();
    const more = new Retrier({ retries: 0, delay: 0 }, controller.signal).next(answerOf(cut()));
    controller.abort(new Error("stop"));
    await expect(more).rejects.toThrow("stop");
    expect(listeners.size).toBe(0);
  });
});
