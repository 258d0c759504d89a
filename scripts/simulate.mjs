// npm run simulate                  runs ten thousand schedules of faults on all cores
// npm run simulate -- --seed 123    runs one schedule and prints its events
// npm run simulate -- --count 500   runs this many
// npm run simulate -- --from 10001  starts at this seed
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { bundle, run } from "./simulation.mjs";

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    count: { type: "string", default: "10000" },
    from: { type: "string", default: "1" },
  },
});
const program = "temp/simulate.mjs";
await bundle(program);

const from = Number(values.seed ?? values.from);
const count = values.seed === undefined ? Number(values.count) : 1;
const parts = Math.min(availableParallelism(), count);
const begun = performance.now();
const results = await Promise.all(
  Array.from({ length: parts }, (_, part) =>
    run(program, from + Math.floor((count * part) / parts), from + Math.floor((count * (part + 1)) / parts)),
  ),
);

const sum = (pick) => results.reduce((total, result) => total + pick(result), 0);
const merge = (pick) => {
  const all = {};
  for (const result of results)
    for (const [name, times] of Object.entries(pick(result))) all[name] = (all[name] ?? 0) + times;
  return Object.entries(all).sort(([, a], [, b]) => b - a);
};
const failed = results.flatMap((result) => result.failed);
const faults = merge((result) => result.faults);
console.log(
  `${sum(({ schedules }) => schedules)} schedules, ${sum(({ requests }) => requests)} requests, ${sum(({ deaths }) => deaths)} deaths of the process in ${((performance.now() - begun) / 1000).toFixed(0)} s`,
);
console.log(
  `ended: ${merge((result) => result.ended)
    .map(([name, times]) => `${name} ${times}`)
    .join(", ")}`,
);
console.log(
  `${faults.reduce((total, [, times]) => total + times, 0)} faults: ${faults.map(([name, times]) => `${name} ${times}`).join(", ")}`,
);
console.log(
  `${failed.length} violations${failed.length > 0 ? `; run again alone: npm run simulate -- --seed ${failed[0]}` : ""}`,
);
process.exitCode = failed.length > 0 ? 1 : 0;
