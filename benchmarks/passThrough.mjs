import { goal, share } from "./support/format.mjs";
import { sample } from "./support/samples.mjs";
import { spread } from "./support/statistics.mjs";
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
    const extra = spread(added);
    rows.push([name, share(spread(alone)), share(extra)]);
    goals.push(goal(`handler on a ${name}`, extra, { most, unit: " µs" }));
  }
  const columns = ["", "CPU of the chain without, µs", "the handler adds, µs"];
  return { tables: [{ caption: "Requests that the handler leaves alone, answered in memory", columns, rows }], goals };
}
