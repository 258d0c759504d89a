import { readFileSync, writeFileSync } from "node:fs";

/**
 * Runs `work` and tells what it cost: `wall` and `cpu` in milliseconds, `peak` in bytes above what the process had after
 * the warm-up. What the work itself has measured comes along.
 */
export async function measure({ warmUp, work }) {
  await warmUp?.();
  const base = await settled();
  const peak = startPeak(base);
  const cpuBefore = process.cpuUsage();
  const before = process.hrtime.bigint();
  const result = await work();
  const wall = Number(process.hrtime.bigint() - before) / 1e6;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { wall, cpu: (user + system) / 1000, peak: peak(), ...result?.measured };
}

/** What the process holds once its rubbish is gone; memory of buffers is freed a little later than they are. */
async function settled() {
  for (let turn = 0; turn < 2; turn++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  return process.memoryUsage.rss();
}

/** The kernel's own high-water mark of the process's memory, where it can be reset; else samples of it. */
function startPeak(base) {
  try {
    writeFileSync("/proc/self/clear_refs", "5");
    return () => highWater() - base;
  } catch {
    let most = base;
    const timer = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 5);
    timer.unref();
    return () => {
      clearInterval(timer);
      return Math.max(most, process.memoryUsage.rss()) - base;
    };
  }
}

function highWater() {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))[1]) * 1024;
}
