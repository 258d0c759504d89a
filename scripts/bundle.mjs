// Bundles what Node loads: the entries that run on Node only and the command line with their dependencies, and the others as few
// files, because each file costs a process that starts.
// `node scripts/bundle.mjs <folder>` creates a package with the command line and the emulator in that folder, for tests.
import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { builtForNode, nodeEntries } from "./entries.cjs";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
// Bundled CommonJS code calls require for Node's modules, which an ES module does not have.
const requireInEsm =
  'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);';
const common = {
  bundle: true,
  minify: true,
  platform: "node",
  target: "node20",
  legalComments: "none", // dist/THIRD-PARTY-NOTICES.txt has them
  metafile: true,
};

/** Leaves the main entry out of the bundles of the others, which import it. */
const thePackageItself = {
  name: "the package itself",
  setup({ onResolve }) {
    const main = resolve("src/index.js");
    onResolve({ filter: /\/index\.js$/ }, ({ path, resolveDir }) =>
      resolve(resolveDir, path) === main ? { path: "../index.js", external: true } : undefined,
    );
  },
};

/** Bundles the modules that users import on Node only, and returns the names of the bundled files. */
export async function bundleModules(outdir, format, names = nodeEntries) {
  const { metafile } = await build({
    ...common,
    entryPoints: names.map((name) => `src/${name}/index.ts`),
    plugins: [thePackageItself],
    outdir,
    outbase: "src",
    format,
    banner: format === "esm" ? { js: requireInEsm } : {},
  });
  return Object.keys(metafile.inputs);
}

/**
 * Bundles for Node what it loads in a build of its own: what runs everywhere, as few files. What loads on demand stays apart,
 * and names stay as they are, for stacks.
 */
export async function bundleForNode(outdir) {
  const everywhere = builtForNode.filter((one) => !nodeEntries.includes(one));
  await build({
    ...common,
    minify: false,
    entryPoints: everywhere.map((one) => `src/${one}/index.ts`),
    outdir,
    outbase: "src",
    format: "esm",
    splitting: true,
    chunkNames: "parts/[name]-[hash]",
    packages: "external",
  });
  await bundleModules(
    outdir,
    "esm",
    builtForNode.filter((one) => nodeEntries.includes(one)),
  );
}

/** Bundles the command line in parts that load on demand, and returns the names of the bundled files. */
export async function bundleCommand(outdir) {
  const { metafile } = await build({
    ...common,
    entryPoints: ["src/cli/main.ts"],
    outdir,
    outExtension: { ".js": ".mjs" },
    format: "esm",
    splitting: true,
    mainFields: ["module", "main"], // Unused code of the Graph client's ES modules is left out.
    define: { VERSION: JSON.stringify(version) },
    external: ["graph-large-attachments/emulator", "graph-large-attachments/probe"], // The package contains them already.
    banner: { js: requireInEsm },
  });
  const page = "src/cli/emulator/page";
  await build({
    ...common,
    entryPoints: [`${page}/script.ts`],
    outdir: join(outdir, "page"),
    platform: "browser",
    target: "es2022",
    format: "esm",
  });
  for (const file of ["index.html", "style.css"]) copyFileSync(`${page}/${file}`, join(outdir, "page", file));
  return Object.keys(metafile.inputs);
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [folder] = process.argv.slice(2);
  mkdirSync(join(folder, "dist/esm"), { recursive: true });
  cpSync("package.json", join(folder, "package.json"));
  await bundleModules(join(folder, "dist/esm"), "esm");
  writeFileSync(join(folder, "dist/esm/package.json"), JSON.stringify({ type: "module" }));
  await bundleCommand(join(folder, "dist/cli"));
}
