import { Gate, type Place } from "../../src/http/gate.js";

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Jobs that the test ends. */
function jobs(gate: Gate, key: string, most: number) {
  const ends: (() => void)[] = [];
  let running = 0;
  let highest = 0;
  const start = (signal?: AbortSignal) =>
    gate.run(
      key,
      most,
      async () => {
        highest = Math.max(highest, ++running);
        await new Promise<void>((resolve) => ends.push(resolve));
        running--;
      },
      signal,
    );
  return { start, ends, running: () => running, highest: () => highest };
}

test("runs a limited number of jobs of one key at the same time, and starts the next when one ends", async () => {
  const gate = new Gate();
  const { start, ends, running, highest } = jobs(gate, "a", 2);
  const all = Array.from({ length: 7 }, () => start());
  for (let i = 0; i < 7; i++) {
    await settled();
    expect(running()).toBe(2);
    ends[i]!();
    all.push(start());
  }
  for (let i = 7; i < 14; i++) {
    await settled();
    ends[i]!();
  }
  await Promise.all(all);
  expect(highest()).toBe(2);
});

test("keys do not wait for each other", async () => {
  const gate = new Gate();
  const [one, two] = [jobs(gate, "a", 1), jobs(gate, "b", 1)];
  const work = [one.start(), two.start()];
  await settled();
  expect([one.running(), two.running()]).toEqual([1, 1]);
  [...one.ends, ...two.ends].forEach((end) => end());
  await Promise.all(work);
});

test("a job that fails makes room too", async () => {
  const gate = new Gate();
  await expect(gate.run("a", 1, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  await expect(gate.run("a", 1, async () => "yes")).resolves.toBe("yes");
});

test("an abort of a waiting job rejects immediately, and its place goes to the next", async () => {
  const gate = new Gate();
  const { start, ends, highest } = jobs(gate, "a", 1);
  const first = start();
  const controller = new AbortController();
  const second = start(controller.signal);
  const third = start();
  controller.abort(new Error("stop"));
  await expect(second).rejects.toThrow("stop");
  ends[0]!();
  await first;
  await settled();
  ends[1]!();
  await third;
  expect(highest()).toBe(1);
  expect(ends).toHaveLength(2);
});

test("a pause holds back jobs that have not started, and an abort ends the wait", async () => {
  jest.useFakeTimers();
  try {
    const gate = new Gate();
    gate.pause("a", 5_000);
    gate.pause("a", 1_000); // does not shorten it
    const controller = new AbortController();
    const started = jest.fn(async () => {});
    const stopped = gate.run("a", 4, started, controller.signal);
    const waiting = gate.run("a", 4, started);
    const other = gate.run("b", 4, started);
    await other;
    controller.abort(new Error("stop"));
    await expect(stopped).rejects.toThrow("stop");
    await jest.advanceTimersByTimeAsync(4_900);
    expect(started).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(200);
    await waiting;
    expect(started).toHaveBeenCalledTimes(2);
  } finally {
    jest.useRealTimers();
  }
});

describe("a lane that was throttled", () => {
  const places = async (gate: Gate, most = 4) => {
    const { start, ends, running } = jobs(gate, "a", most);
    const all = Array.from({ length: 10 }, () => start());
    await settled();
    const seen = running();
    while (ends.length > 0) {
      ends.shift()!();
      await settled();
    }
    await Promise.all(all);
    return seen;
  };

  test("has half of its places, and gets them back slowly", async () => {
    const gate = new Gate();
    expect(await places(gate)).toBe(4);
    const leave = await gate.enter({ lane: "a", most: 4 });
    gate.pause("a", 0);
    leave();
    expect(await places(gate)).toBe(2);
    expect(await places(gate)).toBe(2);
    for (let times = 0; times < 6; times++) await places(gate);
    expect(await places(gate)).toBe(4);
  });

  test("keeps one place, however often it is throttled", async () => {
    const gate = new Gate();
    const leave = await gate.enter({ lane: "a", most: 4 });
    for (let times = 0; times < 5; times++) gate.pause("a", 0);
    leave();
    expect(await places(gate)).toBe(1);
  });

  test("is halved once by all replies of one pause", async () => {
    jest.useFakeTimers({ doNotFake: ["setImmediate"] });
    try {
      const gate = new Gate();
      const leaves = await Promise.all(Array.from({ length: 4 }, () => gate.enter({ lane: "a", most: 4 })));
      for (const leave of leaves) {
        gate.pause("a", 1_000);
        leave();
      }
      await jest.advanceTimersByTimeAsync(1_001);
      expect(await places(gate)).toBe(2);
    } finally {
      jest.useRealTimers();
    }
  });

  test("has half of what was under way where the service names no number", async () => {
    const gate = new Gate();
    const leaves = await Promise.all(Array.from({ length: 8 }, () => gate.enter({ lane: "a", most: Infinity })));
    gate.pause("a", 0);
    leaves.forEach((leave) => leave());
    expect(await places(gate, Infinity)).toBe(4);
  });

  test("lets nobody in who has waited while others were answered 429", async () => {
    jest.useFakeTimers({ doNotFake: ["setImmediate"] });
    try {
      const gate = new Gate();
      const leave = await gate.enter({ lane: "a", most: 1 });
      const next = jest.fn();
      const entering = gate.enter({ lane: "a", most: 1 }).then(next);
      gate.pause("a", 1_000);
      leave();
      await jest.advanceTimersByTimeAsync(990);
      expect(next).not.toHaveBeenCalled();
      await jest.advanceTimersByTimeAsync(20);
      await entering;
      expect(next).toHaveBeenCalledTimes(1);
    } finally {
      jest.useRealTimers();
    }
  });

  test("keeps no timer once nobody waits", async () => {
    jest.useFakeTimers({ doNotFake: ["setImmediate"] });
    try {
      const gate = new Gate();
      gate.pause("a", 600_000);
      const stop = new AbortController();
      const entering = gate.enter({ lane: "a", most: 4 }, stop.signal);
      stop.abort("stop");
      await expect(entering).rejects.toBe("stop");
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });
});

test("a place that is lent after its job has ended is not taken again", async () => {
  jest.useFakeTimers();
  try {
    const gate = new Gate();
    let kept: Place | undefined;
    await gate.run("a", 1, async (place) => void (kept = place));
    const lent = kept!.lend(new Promise<void>((resolve) => setTimeout(resolve, 10_000)));
    await jest.advanceTimersByTimeAsync(10_000);
    await lent;
    expect(await gate.run("a", 1, async () => "free")).toBe("free");
  } finally {
    jest.useRealTimers();
  }
});
