// Runs one smoke suite from the packed tarball in every runtime, browser and bundler, and fails where a check does.
// npm run test:runtimes             runs it
// npm run test:runtimes -- Bun Vite runs it in these only
// npm run test:runtimes -- --write  also writes docs/runtimes.json and the table in docs/runtimes.md; with names: their rows only
// npm run test:runtimes -- --check  runs nothing, and fails where the table or the results are out of date
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checks } from "../__tests__/runtimes/smoke.mjs";
import { browserRuns } from "./runtimes/browsers.mjs";
import { bundle } from "./runtimes/bundles.mjs";
import { install } from "./runtimes/packages.mjs";
import { processRuns } from "./runtimes/processes.mjs";
import { withSection } from "./runtimes/table.mjs";
import { workerRuns } from "./runtimes/worker.mjs";

const resultsFile = new URL("../docs/runtimes.json", import.meta.url);
const pageFile = new URL("../docs/runtimes.md", import.meta.url);
const given = process.argv.slice(2);
const wanted = given.filter((argument) => !argument.startsWith("--"));
const names = Object.keys(checks);

if (given.includes("--check")) check();
else await runAll();

function check() {
  const results = JSON.parse(readFileSync(resultsFile, "utf8"));
  const page = readFileSync(pageFile, "utf8");
  const stale = [
    ...(withSection(page, results) === page ? [] : ["The table in docs/runtimes.md is not that of docs/runtimes.json"]),
    ...(String(results.checks) === String(names) ? [] : ["docs/runtimes.json is of other checks than the suite has"]),
  ];
  for (const what of stale) console.error(`${what}: npm run test:runtimes -- --write`);
  process.exitCode = stale.length > 0 ? 1 : 0;
}

async function runAll() {
  const home = mkdtempSync(join(tmpdir(), "runtimes-"));
  try {
    await step("Packed and installed", () => install(home));
    const processes = processRuns(home);
    const bundles = wanted.length === 0 || wanted.some((name) => !processes.some(({ runtime }) => runtime === name));
    const bundlers = bundles ? await step("Bundled", () => bundle(home)) : [];
    const all = [...processes, ...workerRuns(home), ...browserRuns(home, bundlers)];
    const chosen = all.filter(({ runtime }) => wanted.length === 0 || wanted.includes(runtime));
    if (chosen.length === 0) throw new Error(`There is no ${wanted.join(", ")}.`);
    const order = [...new Set(all.map(({ runtime }) => runtime))];
    report(
      await twoAtOnce(chosen, done),
      order,
      Object.fromEntries(bundlers.map(({ name, weight }) => [name, weight])),
    );
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** Runs `work` for each of `jobs` and returns the results in the same order. */
async function twoAtOnce(jobs, work) {
  const results = [];
  const left = jobs.entries();
  const lane = async () => {
    for (const [at, job] of left) results[at] = await work(job);
  };
  await Promise.all([lane(), lane()]);
  return results;
}

/** Runs the checks in one place. If they cannot run at all, every check has failed. */
async function done({ runtime, version, how, run }) {
  const name = `${runtime} ${version}, ${how}`;
  const failed = [];
  const passed = await step(name, async () => {
    try {
      const results = await run();
      for (const { name, error } of results) if (error !== undefined) failed.push(`${name}: ${error}`);
      const missing = names.filter((check) => !results.some(({ name }) => name === check));
      failed.push(...missing.map((check) => `${check}: did not run`));
    } catch (error) {
      failed.push(`did not run: ${error.stack}`);
      return 0;
    }
    return names.length - failed.length;
  });
  for (const line of failed) console.error(`  FAILED ${name}: ${line}`);
  return { runtime, version, how, passed, failed: failed.length };
}

async function step(name, work) {
  const start = Date.now();
  const result = await work();
  const count = typeof result === "number" ? `${result} of ${names.length} passed, ` : "";
  console.log(`${name}: ${count}${((Date.now() - start) / 1000).toFixed(1)} s`);
  return result;
}

function report(done, order, weights) {
  const failed = done.filter(({ failed }) => failed > 0).length;
  for (const [name, weight] of Object.entries(weights))
    console.log(`${name}: ${weight.first} bytes, later ${weight.later}, minified and gzipped`);
  console.log(`${done.length - failed} of ${done.length} runs passed, each of ${names.length} checks`);
  if (failed > 0) process.exitCode = 1;
  else if (given.includes("--write"))
    write({ checks: names, runs: done.map(({ failed: _, ...run }) => run), weights }, order);
}

function write(of, order) {
  const results = wanted.length > 0 ? among(JSON.parse(readFileSync(resultsFile, "utf8")), of, order) : of;
  writeFileSync(resultsFile, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(pageFile, withSection(readFileSync(pageFile, "utf8"), results));
  console.log("docs/runtimes.json and the table in docs/runtimes.md were written.");
}

/** The results before, with the rows of these runs in the place of their own. */
function among(before, { checks, runs }, order) {
  if (String(before.checks) !== String(checks))
    throw new Error("The suite has changed: run it everywhere to write it.");
  const others = before.runs.filter(({ runtime }) => !runs.some((run) => run.runtime === runtime));
  const place = ({ runtime }) => (order.includes(runtime) ? order.indexOf(runtime) : order.length);
  const all = [...others, ...runs].sort((one, other) => place(one) - place(other));
  return { ...before, runs: all };
}
