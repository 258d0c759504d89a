// Bundles the suite and a small application with each bundler, as their users configure them for browsers, and the suite
// for workers. Writes what each application weighs without the peer: bytes, minified and compressed.
/* eslint-disable no-console */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import commonjs from "@rollup/plugin-commonjs";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import terser from "@rollup/plugin-terser";
import * as esbuild from "esbuild";
import { rollup } from "rollup";
import { build as vite } from "vite";
import webpack from "webpack";

const outDir = "bundles";
const peer = "@microsoft/microsoft-graph-client";

/** Each bundles `entry` to an ES module of that name in `outDir`; `external` stays an import. */
const bundlers = {
  async vite(entry, name, external) {
    const output = { entryFileNames: name, format: "es" };
    const rolldownOptions = { input: entry, output, external, preserveEntrySignatures: "strict" };
    const build = { outDir, emptyOutDir: false, modulePreload: false, rolldownOptions };
    await vite({ configFile: false, logLevel: "error", publicDir: false, build });
  },

  async webpack(entry, filename, external) {
    const compiler = webpack({
      mode: "production",
      entry,
      experiments: { outputModule: true },
      output: { path: resolve(outDir), filename, module: true, library: { type: "module" } },
      externalsType: "module",
      externals: external,
      performance: false, // it advises against large pages
    });
    const stats = await new Promise((resolve, reject) =>
      compiler.run((error, stats) => (error ? reject(error) : resolve(stats))),
    );
    if (stats.hasErrors() || stats.hasWarnings()) throw new Error(stats.toString("errors-warnings"));
  },

  async esbuild(entry, name, external) {
    const outfile = `${outDir}/${name}`;
    await esbuild.build({ entryPoints: [entry], outfile, bundle: true, minify: true, format: "esm", external });
  },

  async rollup(entry, name, external) {
    const plugins = [nodeResolve({ browser: true }), commonjs()];
    const bundle = await rollup({ input: entry, external, plugins, onwarn: fail });
    await bundle.write({ file: `${outDir}/${name}`, format: "es", plugins: [terser({ module: true })] });
  },
};

function fail({ message }) {
  throw new Error(message);
}

const weights = {};
for (const [name, bundle] of Object.entries(bundlers)) {
  await bundle("./page.mjs", `${name}.js`, []);
  await bundle("./application.mjs", `${name}.application.js`, [peer]);
  const application = readFileSync(`${outDir}/${name}.application.js`);
  if (!application.includes(peer)) throw new Error(`${name} has bundled the peer, or not the application.`);
  weights[name] = gzipSync(application, { level: 9 }).length;
}
await esbuild.build({
  entryPoints: ["worker.mjs"],
  outfile: `${outDir}/worker.js`,
  bundle: true,
  format: "esm",
  conditions: ["workerd", "worker", "browser"],
  mainFields: ["module", "main"],
});
console.log(JSON.stringify(weights));
