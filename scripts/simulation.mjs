// Shared by npm run simulate and npm run mutate: bundles the simulation and runs a part of its schedules.
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { build } from "esbuild";

/** Bundles the simulation, so that it starts fast. `plugins` may change its sources. */
export async function bundle(program, plugins = []) {
  mkdirSync("temp", { recursive: true });
  await build({
    entryPoints: ["__tests__/simulation/main.ts"],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    external: ["@microsoft/microsoft-graph-client"],
    plugins,
  });
}

/** Runs the schedules from `first` up to, but excluding, `end`, and returns their output. */
export function run(program, first, end, stderr = "inherit") {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, first, end], { stdio: ["ignore", "pipe", stderr] });
    let output = "";
    child.stdout.on("data", (data) => (output += data));
    child.on("close", (code) => {
      if (code === 0) resolve(JSON.parse(output));
      else reject(new Error(`Schedules ${first} to ${end - 1} ended with code ${code}.`));
    });
  });
}
