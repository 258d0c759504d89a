// An upload under the profiler of the inspector.
import { readFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { fileURLToPath } from "node:url";
import * as ours from "./ours.mjs";

/** The line that copies the chunks of a stream into a range. */
const COPIES = "bytes.set(piece, filled)";

/** Milliseconds of self time by file, and of it the one copy of a stream. The process has uploaded as much before. */
export async function profiled(parameters) {
  const { work: warmUp } = ours.drive(parameters);
  const { work } = ours.drive(parameters);
  const profile = async () => {
    const session = new Session();
    session.connect();
    await session.post("Profiler.enable");
    await session.post("Profiler.setSamplingInterval", { interval: 200 });
    await session.post("Profiler.start");
    await work();
    const { profile: taken } = await session.post("Profiler.stop");
    return { measured: byFile(taken) };
  };
  return { warmUp, work: profile };
}

function byFile({ nodes, samples, timeDeltas }) {
  const known = new Map(nodes.map((node) => [node.id, { ...node, copies: copiesIn(node) }]));
  const times = {};
  let copy = 0;
  samples.forEach((id, index) => {
    const { callFrame, copies } = known.get(id);
    // The runtime's own functions have no file, so their names are used.
    const file = callFrame.url || callFrame.functionName;
    const time = timeDeltas[index] / 1000;
    times[file] = (times[file] ?? 0) + time;
    copy += time * copies;
  });
  return { times, copy };
}

/** The share of a function's ticks that fell on the copy. */
function copiesIn({ callFrame: { url }, positionTicks = [] }) {
  if (!url.endsWith("/dist/esm/files/stream.js")) return 0;
  const lines = readFileSync(fileURLToPath(url), "utf8").split("\n");
  const sum = (some) => some.reduce((total, { ticks }) => total + ticks, 0);
  return sum(positionTicks.filter(({ line }) => lines[line - 1].includes(COPIES))) / Math.max(1, sum(positionTicks));
}
