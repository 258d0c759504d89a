// Runs programs one after another, each from its folder, and writes a line about each: `node runPrograms.mjs <results> <folder>…`.
// Loading the Graph client and the emulator takes longer than what a block does, so that the programs share one process.
// A program ends when nothing is left to wait for, as it would on its own. One that fails ends the process.
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";

const [results, ...folders] = process.argv.slice(2);
const shared = Object.getOwnPropertyDescriptors(globalThis);
const environment = { ...process.env };
const UNSETTLED = 13; // Node's own code for a program that waits for something that never comes
let current;

for (const name of ["stdout", "stderr"]) {
  process[name].write = (text, encoding, done = encoding) => {
    if (current) current[name] += text;
    if (typeof done === "function") queueMicrotask(done);
    return true;
  };
}

/** Starts the next program with the globals and the environment that the first one found. */
function start() {
  const cwd = folders.shift();
  if (cwd === undefined) return;
  for (const name of Object.keys(globalThis)) if (!(name in shared)) delete globalThis[name];
  Object.defineProperties(globalThis, shared);
  process.env = { ...environment };
  process.exitCode = undefined;
  process.chdir(cwd);
  const program = {
    cwd,
    code: UNSETTLED,
    stdout: "",
    stderr: "",
    timer: setTimeout(() => fail("It does not end."), 120_000).unref(),
  };
  current = program;
  setImmediate(() => import(pathToFileURL(join(cwd, "try.mjs")).href).then(() => (program.code = 0), fail));
}

function finish() {
  if (!current) return;
  const { timer, ...finished } = current;
  clearTimeout(timer);
  current = undefined;
  appendFileSync(results, `${JSON.stringify({ ...finished, code: finished.code || (process.exitCode ?? 0) })}\n`);
}

function fail(error) {
  if (!current) return;
  current.stderr += inspect(error);
  current.code = 1;
  process.exit(1);
}

process.on("uncaughtException", fail);
process.on("exit", finish);
process.on("beforeExit", () => {
  finish();
  start();
});
