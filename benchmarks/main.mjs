// npm run bench: prints the project's figures as Markdown. Names of benchmarks run those alone; --write puts the tables
// between the marks of docs/benchmarks.md; --rounds=3 takes fewer samples.
import { execFileSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { goalsTable, table } from "./support/format.mjs";
import { log, print } from "./support/log.mjs";
import { machine } from "./support/machine.mjs";
import { writerOf } from "./support/page.mjs";

/** In the order of the tables. Benchmarks in one row mostly wait, so they run at the same time. */
const BENCHMARKS = [
  ["start"],
  ["peers"],
  ["streams"],
  ["nodemailer"],
  ["composed"],
  ["interception"],
  ["passThrough"],
  ["blobs"],
  ["browsers"],
  ["cpu"],
  ["oneRange"],
  ["profile"],
  ["rangeSize", "badLine"],
  ["realLine"],
  ["manyMails"],
];
const here = fileURLToPath(new URL(".", import.meta.url));
const given = process.argv.slice(2);
const names = given.filter((one) => !one.startsWith("--"));
const flags = Object.fromEntries(given.filter((one) => one.startsWith("--")).map((one) => one.slice(2).split("=")));
const known = BENCHMARKS.flat();
const unknown = names.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  log(`There is no benchmark ${unknown.join(", ")}. There are: ${known.join(", ")}.`);
  process.exit(1);
}

if (!existsSync(`${here}../dist/esm/index.js`)) throw new Error("There is no dist/: run npm run build first.");
if (!isInstalled()) {
  log("Installing what to compare with");
  execFileSync("npm", ["ci", "--no-fund", "--no-audit"], {
    cwd: here,
    stdio: "ignore",
    shell: process.platform === "win32",
  });
}

const write = "write" in flags ? writerOf(resolve(here, "../docs/benchmarks.md")) : undefined;
const options = flags.rounds ? { rounds: Number(flags.rounds) } : {};
const rows = names.length > 0 ? names.map((name) => [name]) : BENCHMARKS;
const results = [];
const failed = [];
for (const row of rows) results.push(...(await Promise.all(row.map(resultOf))));
const measured = results.filter((result) => result);
const tables = measured.flatMap(({ tables }) => tables).map(table);
const parts = [machine(), ...tables];
if (failed.length > 0) parts.push(`These failed, so their tables are absent: ${failed.join(", ")}.`);
const goals = measured.flatMap(({ goals = [] }) => goals);
if (goals.length > 0) parts.push(goalsTable(goals));
const text = parts.join("\n\n");
print(text);
await write?.(text);
if (failed.length > 0) process.exitCode = 1;

/** Runs a benchmark. Returns `undefined` if it fails, so that the others still run. */
async function resultOf(name) {
  const began = Date.now();
  try {
    const { run } = await import(`./${name}.mjs`);
    return await run(options);
  } catch (error) {
    log(`${name} failed: ${error.stack}`);
    failed.push(name);
    return undefined;
  } finally {
    log(`${name}: ${((Date.now() - began) / 1000).toFixed(0)} s`);
  }
}

/** Checks that the other clients are installed, and later than the last change of the lock file. */
function isInstalled() {
  const [installed, wanted] = ["node_modules/.package-lock.json", "package-lock.json"].map((file) => here + file);
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(wanted).mtimeMs;
}
