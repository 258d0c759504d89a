// A task from bytes, under the profiler of the inspector.
import { Session } from "node:inspector/promises";
import { task } from "./ours.mjs";

/** Milliseconds of self time by file. */
export async function profiled(parameters) {
  const { warmUp, work } = task(parameters);
  const profile = async () => {
    const session = new Session();
    session.connect();
    await session.post("Profiler.enable");
    await session.post("Profiler.setSamplingInterval", { interval: 200 });
    await session.post("Profiler.start");
    await work();
    const { profile: taken } = await session.post("Profiler.stop");
    return { measured: { times: byFile(taken) } };
  };
  return { warmUp, work: profile };
}

function byFile({ nodes, samples, timeDeltas }) {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const times = {};
  samples.forEach((id, index) => {
    const { url, functionName } = frames.get(id);
    // The runtime's own functions have no file, so their names are used.
    const file = url || functionName;
    times[file] = (times[file] ?? 0) + timeDeltas[index] / 1000;
  });
  return times;
}
