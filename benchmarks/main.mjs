// npm run bench: prints the project's figures as Markdown. Names of benchmarks run those alone; --write puts the tables
// into README.md; --rounds=3 takes fewer samples.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { goalsTable, table } from "./support/format.mjs";
import { log, print } from "./support/log.mjs";
import { machine } from "./support/machine.mjs";
import { writeInto } from "./support/readme.mjs";

/** In the order of the tables; those behind the bar are run by name only. */
const BENCHMARKS = ["peers", "streams", "interception", "passThrough", "blobs", "cpu", "rangeSize", "badLine"];
const BY_NAME = ["profile"];

const here = fileURLToPath(new URL(".", import.meta.url));
const given = process.argv.slice(2);
const names = given.filter((one) => !one.startsWith("--"));
const flags = Object.fromEntries(given.filter((one) => one.startsWith("--")).map((one) => one.slice(2).split("=")));
const unknown = names.filter((name) => ![...BENCHMARKS, ...BY_NAME].includes(name));
if (unknown.length > 0) {
  log(`There is no benchmark ${unknown.join(", ")}. There are: ${[...BENCHMARKS, ...BY_NAME].join(", ")}.`);
  process.exit(1);
}

if (!existsSync(`${here}../dist/esm/index.js`)) throw new Error("There is no dist/: run npm run build first.");
if (!existsSync(`${here}node_modules`)) {
  log("Installing what to compare with");
  execFileSync("npm", ["ci", "--no-fund", "--no-audit"], {
    cwd: here,
    stdio: "ignore",
    shell: process.platform === "win32",
  });
}

const options = flags.rounds ? { rounds: Number(flags.rounds) } : {};
const parts = [machine()];
const goals = [];
for (const name of names.length > 0 ? names : BENCHMARKS) {
  const began = Date.now();
  const { run } = await import(`./${name}.mjs`);
  const result = await run(options);
  parts.push(...result.tables.map(table));
  goals.push(...(result.goals ?? []));
  log(`${name}: ${((Date.now() - began) / 1000).toFixed(0)} s`);
}
if (goals.length > 0) parts.push(goalsTable(goals));
const text = parts.join("\n\n");
print(text);
if ("write" in flags) await writeInto(fileURLToPath(new URL("../README.md", import.meta.url)), text);
