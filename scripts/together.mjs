// Runs commands, as many at a time as there are cores, and prints the output of each when it ends:
// node scripts/together.mjs "npm run lint" "npm run types"
import { exec } from "node:child_process";
import { availableParallelism } from "node:os";

const waiting = process.argv.slice(2);

/** Runs one command after another, until none is left. */
async function work() {
  for (let command = waiting.shift(); command !== undefined; command = waiting.shift()) {
    const { error, stdout, stderr } = await run(command);
    console.log(`== ${command}${error ? ": failed" : ""}`);
    process.stdout.write(stdout);
    process.stderr.write(stderr);
    if (error) process.exitCode = 1;
  }
}

function run(command) {
  return new Promise((resolve) => {
    exec(command, { maxBuffer: 100_000_000 }, (error, stdout, stderr) => resolve({ error, stdout, stderr }));
  });
}

await Promise.all(Array.from({ length: availableParallelism() }, work));
