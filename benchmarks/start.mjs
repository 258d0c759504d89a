import { goal, ms, told } from "./support/format.mjs";
import { inRounds } from "./support/samples.mjs";
import { spread } from "./support/statistics.mjs";
import { client, each } from "./support/variants.mjs";

/** Name in the table → export of `clients/starting.mjs`. */
const PARTS = {
  "`@microsoft/microsoft-graph-client`": "peer",
  "**this package**, next to it": "ours",
  "what its first attachment loads": "rest",
};

/** Milliseconds of processor time. */
const MOST = 15;
const WHY =
  "each of its files is found, read and compiled on its own, and half a millisecond of processor time is little on a slow machine.";

/** Measures what `import` costs in a new process. */
export async function run({ rounds = 9 } = {}) {
  const variants = Object.entries(PARTS).map(([name, part]) => [name, client("starting", part, {})]);
  const samples = await inRounds(Object.fromEntries(variants), { rounds, about: "start" });
  const rows = Object.entries(samples).map(([name, all]) => [
    name,
    told(spread(each(all, "cpu")), ms),
    told(spread(each(all, "wall")), ms),
  ]);
  const columns = ["", "CPU ms", "ms"];
  const note = `Medians, with the middle half of all rounds. The limit of this package is ${MOST} ms of CPU.`;
  const [, ours] = Object.values(samples);
  return {
    tables: [{ caption: "`import` in a new process, Node", columns, rows, note }],
    goals: [goal("`import`, CPU", spread(each(ours, "cpu")), { most: MOST, unit: " ms", why: WHY })],
  };
}
