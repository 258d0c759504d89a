// Bundles the suite and a small application with each bundler, as their users configure them for browsers, and the suite
// for workers. Writes what each application weighs without the peer, minified and compressed: bytes that it begins with, and
// bytes that it loads later.
/* eslint-disable no-console */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import commonjs from "@rollup/plugin-commonjs";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import terser from "@rollup/plugin-terser";
import * as esbuild from "esbuild";
import { rollup } from "rollup";
import { build as vite } from "vite";
import webpack from "webpack";

const peer = "@microsoft/microsoft-graph-client";

/** Each bundles `entry` to an ES module `main.js` in `outDir`, beside what that loads; `external` stays an import. */
const bundlers = {
  async vite(entry, outDir, external) {
    const output = { entryFileNames: "main.js", chunkFileNames: "[name].js", format: "es" };
    const rolldownOptions = { input: entry, output, external, preserveEntrySignatures: "strict" };
    const build = { outDir, modulePreload: false, rolldownOptions };
    await vite({ configFile: false, logLevel: "error", publicDir: false, build });
  },

  async webpack(entry, outDir, external) {
    const compiler = webpack({
      mode: "production",
      entry,
      experiments: { outputModule: true },
      output: { path: resolve(outDir), filename: "main.js", module: true, library: { type: "module" } },
      externalsType: "module",
      externals: external,
      performance: false, // it advises against large pages
    });
    const stats = await new Promise((resolve, reject) =>
      compiler.run((error, stats) => (error ? reject(error) : resolve(stats))),
    );
    if (stats.hasErrors() || stats.hasWarnings()) throw new Error(stats.toString("errors-warnings"));
  },

  async esbuild(entry, outdir, external) {
    const entryPoints = { main: entry };
    await esbuild.build({ entryPoints, outdir, bundle: true, splitting: true, minify: true, format: "esm", external });
  },

  async rollup(entry, dir, external) {
    const plugins = [nodeResolve({ browser: true }), commonjs()];
    const bundle = await rollup({ input: entry, external, plugins, onwarn: fail });
    await bundle.write({ dir, entryFileNames: "main.js", format: "es", plugins: [terser({ module: true })] });
  },
};

function fail({ message }) {
  throw new Error(message);
}

const IMPORT = /(?:from|import)\s*["']\.\/([^"']+)["']/g;

/** Bytes of what `main.js` imports, itself among it, and of what else its folder has. */
function weigh(folder) {
  const read = (file) => readFileSync(join(folder, file));
  const files = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith(".js"));
  const first = new Set(["main.js"]); // grows while it is gone through
  for (const file of first) for (const [, imported] of read(file).toString().matchAll(IMPORT)) first.add(imported);
  if (!files.some((file) => read(file).includes(peer))) throw new Error(`${folder} has the peer in it, or nothing.`);
  const sum = (some) => some.reduce((bytes, file) => bytes + gzipSync(read(file), { level: 9 }).length, 0);
  return { first: sum([...first]), later: sum(files.filter((file) => !first.has(file))) };
}

const weights = {};
for (const [name, bundle] of Object.entries(bundlers)) {
  await bundle("./page.mjs", `bundles/${name}`, []);
  await bundle("./application.mjs", `bundles/${name}.application`, [peer]);
  weights[name] = weigh(`bundles/${name}.application`);
}
await esbuild.build({
  entryPoints: ["worker.mjs"],
  outfile: "bundles/worker.js",
  bundle: true,
  format: "esm",
  conditions: ["workerd", "worker", "browser"],
  mainFields: ["module", "main"],
});
console.log(JSON.stringify(weights));
