import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { versions } from "./packages.mjs";

const names = { vite: "Vite", webpack: "webpack", esbuild: "esbuild", rollup: "Rollup" };

/** Runs every bundler. Returns the size of an application for each, in bytes: `first` and `later`. */
export async function bundle(home) {
  const { stdout } = await promisify(execFile)(process.execPath, ["bundle.mjs"], { cwd: home });
  const weights = JSON.parse(stdout.trimEnd().split("\n").at(-1));
  return Object.entries(weights).map(([folder, weight]) => ({
    name: names[folder],
    version: versions[folder],
    folder,
    weight,
  }));
}
