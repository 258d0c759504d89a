// Makes the package that the blocks of the pages import, as if it were installed: `node package.mjs <folder>`.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const folder = resolve(process.argv[2]);
const root = fileURLToPath(new URL("../../../", import.meta.url));
const home = join(folder, "node_modules/graph-large-attachments");
const published = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).exports;
/** `index`, `node/index` and so on: every entry that users import. */
const entries = Object.keys(published).flatMap((path) => (path.endsWith(".json") ? [] : [join(path, "index")]));

// Without a package.json of its own, a program here would be part of this project and import its build.
mkdirSync(home, { recursive: true });
writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true }));
const exports = Object.fromEntries(
  entries.map((entry) => {
    const path = entry.replace(/\/?index$/, "");
    return [path === "" ? "." : `./${path}`, { import: `./esm/${entry}.mjs`, require: `./cjs/${entry}.cjs` }];
  }),
);
writeFileSync(
  join(home, "package.json"),
  JSON.stringify({ name: "graph-large-attachments", version: "0.0.0", exports }),
);

const common = {
  absWorkingDir: root,
  entryPoints: entries.map((entry) => ({ in: `src/${entry}.ts`, out: entry })),
  bundle: true,
  platform: "node",
  target: "node20.9",
  external: ["@microsoft/microsoft-graph-client", "nodemailer"],
};
const requireInEsm = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';
await build({
  ...common,
  format: "esm",
  outdir: join(home, "esm"),
  splitting: true,
  outExtension: { ".js": ".mjs" },
  banner: { js: requireInEsm },
});
await build({ ...common, format: "cjs", outdir: join(home, "cjs"), outExtension: { ".js": ".cjs" } });
