// Runs clients that other people wrote against the emulator, each at its own main job, and fails where one does not succeed.
// npm run test:clients                  runs all of them
// npm run test:clients -- rclone onedrive runs these only
// npm run test:clients -- --write       also writes the table in docs/protocols.md
// npm run test:clients -- --check       runs nothing, and fails if the table does not name these clients and their jobs
//
// Clients such as rclone only know the real host names. The script runs itself again in a mount and network namespace of
// its own: there, these names lead to loopback, and a certificate authority is trusted that nobody else sees. The machine
// does not change, except for Debian packages that are missing and may be installed.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { azureDevOps } from "./clients/azureDevOps.mjs";
import { graphClient } from "./clients/graphClient.mjs";
import { msgraphSdk } from "./clients/msgraphSdk.mjs";
import { n8n } from "./clients/n8n.mjs";
import { onedrive } from "./clients/onedrive.mjs";
import { installDebian, installNpm } from "./clients/packages.mjs";
import { pnp } from "./clients/pnp.mjs";
import { rclone } from "./clients/rclone.mjs";
import { canSandbox, enter, reenter } from "./clients/sandbox.mjs";
import { withTable, saysOf } from "./clients/table.mjs";

const clients = [rclone, onedrive, graphClient, pnp, azureDevOps, n8n, msgraphSdk];
const page = new URL("../docs/protocols.md", import.meta.url);
const given = process.argv.slice(2);
const wanted = given.filter((argument) => !argument.startsWith("--"));
const chosen = clients.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const home = process.env.CLIENTS_HOME;

if (chosen.length === 0)
  throw new Error(`There is no ${wanted.join(", ")}. There are: ${clients.map(({ name }) => name).join(", ")}.`);
if (given.includes("--check")) check();
else if (home === undefined) await outside();
else await inside();

/** Installs what is missing, and runs this script again in the sandbox. */
async function outside() {
  const refused = canSandbox();
  if (refused) {
    console.log(`Not run: ${refused}`);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), "clients-"));
  try {
    installDebian(chosen);
    await installNpm(folder, chosen);
    process.exitCode = await reenter(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function inside() {
  const sandbox = await enter(home);
  const results = [];
  try {
    for (const client of chosen) results.push(await runClient(sandbox, client));
  } finally {
    await sandbox.close();
  }
  const failed = results.filter((result) => result.failed > 0).length;
  console.log(`\n${saysOf(results)}\n`);
  console.log(`${results.length - failed} of ${results.length} clients did all of their jobs.`);
  if (failed > 0) process.exitCode = 1;
  else if (given.includes("--write")) write(results);
}

/** Runs the jobs of one client in order. A job that fails ends it, because the later ones build on it. */
async function runClient(sandbox, client) {
  const { emulator } = sandbox;
  emulator.reset();
  emulator.vary(client.vary ?? {});
  const result = { name: client.name, jobs: Object.keys(client.jobs), cannot: client.cannot, failed: 0, version: "" };
  const missing = await client.missing?.(home);
  if (missing) {
    console.log(`${client.name}: not run. ${missing}`);
    return { ...result, notRun: missing };
  }
  result.version = await client.version(home);
  console.log(`\n${client.name} ${result.version}`);
  try {
    const bench = { ...sandbox, home, ...(await client.prepare?.({ ...sandbox, home })) };
    for (const [job, run] of Object.entries(client.jobs)) {
      const start = Date.now();
      await run(bench);
      console.log(`  ${job}: ${((Date.now() - start) / 1000).toFixed(1)} s`);
    }
  } catch (error) {
    result.failed++;
    console.error(`  FAILED: ${error instanceof Error ? error.stack : inspect(error)}`);
    for (const refusal of sandbox.refusals.slice(-5)) console.error(`    refused: ${refusal.slice(0, 600)}`);
    for (const { method, path, status } of emulator.requests.slice(-8))
      console.error(`    ${status} ${method} ${path}`);
  }
  emulator.vary(Object.fromEntries(Object.keys(client.vary ?? {}).map((name) => [name, sandbox.defaults[name]])));
  return result;
}

function write(results) {
  if (wanted.length > 0) throw new Error("The table has to be of all clients: leave out the names.");
  if (results.some(({ notRun }) => notRun)) throw new Error("The table has to be of all clients, and one was not run.");
  writeFileSync(page, withTable(readFileSync(page, "utf8"), results));
  console.log("The table in docs/protocols.md was written.");
}

function check() {
  const text = readFileSync(page, "utf8");
  const all = clients.flatMap(({ name, jobs, cannot }) => [name, ...Object.keys(jobs), ...cannot]);
  const absent = all.filter((words) => !text.includes(words));
  for (const words of absent)
    console.error(`docs/protocols.md does not say: ${words}. npm run test:clients -- --write`);
  process.exitCode = absent.length > 0 ? 1 : 0;
}
