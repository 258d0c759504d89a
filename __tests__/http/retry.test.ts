import { backoff, LONGEST_WAIT, Patience, retryAfter, sleep } from "../../src/http/retry.js";
import { listenersOf, reply, thrownBy } from "../support/fakes";

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
  "Retry-After %p is neither seconds nor a date, so that the backoff holds instead of no wait at all",
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
])("attempt %p with a delay of %p waits between %p and %p ms, spread so that clients do not meet again", (...row) => {
  const [attempt, delay, least, most] = row;
  expect([0, 1].map((random) => backoff(attempt, delay, random))).toEqual([least, most]);
  expect(backoff(attempt, delay, 0.5)).toBe((least + most) / 2);
});

describe("waiting", () => {
  beforeEach(() => void jest.useFakeTimers({ now }));
  afterEach(() => void jest.useRealTimers());

  /** Settled or not, told without waiting. */
  function watch(work: Promise<unknown>): { state: unknown } {
    const seen = { state: "waits" as unknown };
    work.then(
      (value) => (seen.state = value ?? "done"),
      (error) => (seen.state = error),
    );
    return seen;
  }

  test("a sleep ends when its time has come, and lets go of the signal, so that many waits leave no listener", async () => {
    const { signal } = new AbortController();
    const listeners = listenersOf(signal);
    const slept = watch(Promise.all(Array.from({ length: 10 }, () => sleep(1000, signal))));
    expect(listeners()).toBe(10);
    await jest.advanceTimersByTimeAsync(999);
    expect(slept.state).toBe("waits");
    await jest.advanceTimersByTimeAsync(1);
    expect(slept.state).toHaveLength(10);
    expect(listeners()).toBe(0);
  });

  test("an abort ends a sleep at once, with its own reason and without a timer left", async () => {
    const controller = new AbortController();
    const slept = watch(sleep(600_000, controller.signal));
    controller.abort("enough");
    await jest.advanceTimersByTimeAsync(0);
    expect(slept.state).toBe("enough");
    expect(jest.getTimerCount()).toBe(0);
  });

  test("after an abort no sleep begins", async () => {
    expect(await thrownBy(sleep(1000, AbortSignal.abort("before")))).toBe("before");
    expect(jest.getTimerCount()).toBe(0);
  });

  test("patience has as many attempts as retries, and all of them again once bytes have moved", async () => {
    const patience = new Patience({ retries: 2, delay: 0 });
    const asked = async () => {
      const again = patience.again();
      await jest.advanceTimersByTimeAsync(0);
      return again;
    };
    expect([await asked(), await asked(), await asked()]).toEqual([true, true, false]);
    patience.reset();
    expect([await asked(), await asked(), await asked()]).toEqual([true, true, false]);
  });

  test("waits double from the delay, with jitter", async () => {
    const random = jest.spyOn(Math, "random").mockReturnValue(1);
    const patience = new Patience({ retries: 3, delay: 100 });
    for (const wait of [100, 200, 400]) {
      const again = watch(patience.again());
      await jest.advanceTimersByTimeAsync(wait - 1);
      expect(again.state).toBe("waits");
      await jest.advanceTimersByTimeAsync(1);
      expect(again.state).toBe(true);
    }
    random.mockRestore();
  });

  test.each([
    ["2", 2000],
    [new Date(now + 5000).toUTCString(), 5000],
  ])("the service's Retry-After %p counts instead of the backoff", async (header, wait) => {
    const again = watch(new Patience({ retries: 1, delay: 60_000 }).again(reply(429, "", { "Retry-After": header })));
    await jest.advanceTimersByTimeAsync(wait - 1);
    expect(again.state).toBe("waits");
    await jest.advanceTimersByTimeAsync(1);
    expect(again.state).toBe(true);
  });

  test("who asks for longer than the longest wait gets none, because the upload can be resumed later", async () => {
    const patience = new Patience({ retries: 5, delay: 0 });
    const header = { "Retry-After": String(LONGEST_WAIT / 1000 + 1) };
    expect(await patience.again(reply(503, "", header))).toBe(false);
    const longest = watch(patience.again(reply(503, "", { "Retry-After": String(LONGEST_WAIT / 1000) })));
    await jest.advanceTimersByTimeAsync(LONGEST_WAIT);
    expect(longest.state).toBe(true);
  });

  test("an abort ends patience in the middle of a wait that the service has asked for", async () => {
    const controller = new AbortController();
    const again = watch(
      new Patience({ retries: 1, delay: 0 }, controller.signal).again(reply(429, "", { "Retry-After": "60" })),
    );
    await jest.advanceTimersByTimeAsync(1000);
    controller.abort("stop");
    await jest.advanceTimersByTimeAsync(0);
    expect(again.state).toBe("stop");
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

  test("the next attempt waits for the connection instead of burning retries", async () => {
    const patience = new Patience({ retries: 0, delay: 0 });
    const again = patience.again();
    listeners.get("online")!();
    await expect(again).resolves.toBe(true);
    expect(listeners.size).toBe(0);
  });

  test("an abort ends that wait, and leaves no listener", async () => {
    const controller = new AbortController();
    const again = new Patience({ retries: 0, delay: 0 }, controller.signal).again();
    controller.abort(new Error("stop"));
    await expect(again).rejects.toThrow("stop");
    expect(listeners.size).toBe(0);
  });
});
