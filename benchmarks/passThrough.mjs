import { goal, share } from "./support/format.mjs";
import { sample } from "./support/samples.mjs";
import { spread } from "./support/statistics.mjs";
import { client } from "./support/variants.mjs";

const KINDS = {
  "GET of something else": ["get", 2],
  "POST of something else": [
    "post",
    2,
    "two patterns are matched against the URL, and the files and options of the request are looked up.",
  ],
  "POST of an attachment of 30 KB": [
    "attachment",
    5,
    "its URL is taken apart to find the item, and it waits for its turn among the writes to that item, which takes several promises.",
  ],
};

/** Measures the handler's cost for requests that it does not change. */
export async function run() {
  const rows = [];
  const goals = [];
  for (const [name, [kind, most, why]] of Object.entries(KINDS)) {
    const { added, alone } = await sample(client("passing", "passing", { kind }));
    const extra = spread(added);
    rows.push([name, share(spread(alone)), share(extra), String(most)]);
    goals.push(goal(`handler on a ${name}`, extra, { most, unit: " µs", why }));
  }
  const columns = ["", "CPU of the chain without, µs", "the handler adds, µs", "limit"];
  return {
    tables: [{ caption: "Requests that the handler leaves alone, answered in memory", columns, rows }],
    goals,
  };
}
