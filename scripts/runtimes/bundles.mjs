import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { versions } from "./packages.mjs";

const names = { vite: "Vite", webpack: "webpack", esbuild: "esbuild", rollup: "Rollup" };

/** Has every bundler make its bundles; answers each bundler with the weight of an application, in bytes. */
export async function bundle(home) {
  const { stdout } = await promisify(execFile)(process.execPath, ["bundle.mjs"], { cwd: home });
  const weights = JSON.parse(stdout.trimEnd().split("\n").at(-1));
  return Object.entries(weights).map(([file, weight]) => ({
    name: names[file],
    version: versions[file],
    file: `${file}.js`,
    weight,
  }));
}
