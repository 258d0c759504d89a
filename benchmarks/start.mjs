import { goal, ms } from "./support/format.mjs";
import { inRounds } from "./support/samples.mjs";
import { median } from "./support/statistics.mjs";
import { client, each } from "./support/variants.mjs";

/** Name in the table → export of `clients/starting.mjs`. */
const PARTS = {
  "`@microsoft/microsoft-graph-client`": "peer",
  "**this package**, next to it": "ours",
  "what its first attachment loads": "rest",
};

/** Measures what `import` costs in a new process. */
export async function run({ rounds = 9 } = {}) {
  const variants = Object.entries(PARTS).map(([name, part]) => [name, client("starting", part, {})]);
  const samples = await inRounds(Object.fromEntries(variants), { rounds, about: "start" });
  const rows = Object.entries(samples).map(([name, all]) => [
    name,
    spread(each(all, "cpu")),
    spread(each(all, "wall")),
  ]);
  const columns = ["", "CPU ms", "ms"];
  const [, ours] = Object.values(samples);
  return {
    tables: [{ caption: "`import` in a new process, Node", columns, rows }],
    goals: [goal("`import`, CPU", median(each(ours, "cpu")), { most: 15, unit: " ms" })],
  };
}

function spread(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (share) => ms(sorted[Math.round(share * (sorted.length - 1))]);
  return `${ms(median(values))} (${at(0.25)}…${at(0.75)})`;
}
