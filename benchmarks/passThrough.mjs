import { goal } from "./support/format.mjs";
import { sample } from "./support/samples.mjs";
import { median } from "./support/statistics.mjs";
import { client } from "./support/variants.mjs";

const KINDS = {
  "GET of something else": ["get", 2],
  "POST of something else": ["post", 2],
  "POST of an attachment of 30 KB": ["attachment", 5],
};

/** Measures the handler's cost for requests that it does not change. */
export async function run() {
  const rows = [];
  const goals = [];
  for (const [name, [kind, most]] of Object.entries(KINDS)) {
    const { added, alone } = await sample(client("passing", "passing", { kind }));
    const [extra, base] = [added, alone].map(median);
    const sorted = added.sort((a, b) => a - b);
    const [low, high] = [0.25, 0.75].map((share) => sorted[Math.round(share * (sorted.length - 1))].toFixed(2));
    rows.push([name, base.toFixed(2), `${extra.toFixed(2)} (${low}…${high})`]);
    goals.push(goal(`handler on a ${name}`, extra, { most, unit: " µs" }));
  }
  const columns = ["", "CPU of the chain without, µs", "the handler adds, µs"];
  return { tables: [{ caption: "Requests that the handler leaves alone, answered in memory", columns, rows }], goals };
}
