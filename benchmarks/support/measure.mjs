import { readFileSync, writeFileSync } from "node:fs";

/**
 * Runs `work` and measures `wall` and `cpu` in milliseconds, and `peak` in bytes above the memory after the warm-up. The
 * work's own measurements are included.
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

/** The memory of the process after garbage collection. The memory of buffers is freed a little later. */
async function settled() {
  for (let turn = 0; turn < 2; turn++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  return process.memoryUsage.rss();
}

/** Peak memory: the kernel's own maximum if it can be reset, otherwise the maximum of samples. */
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
