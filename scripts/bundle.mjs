// Bundles what runs on Node alone, so that what it needs comes along and installing brings nothing else: the emulator,
// the store of checkpoints, and the command line. `node scripts/bundle.mjs <folder>` makes of the last one and the emulator
// a package in that folder, for tests.
import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
// What is bundled into an ES module still calls require for Node's own modules.
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

/** Bundles the modules that users import; answers the files that went into them. */
export async function bundleModules(outdir, format) {
  const { metafile } = await build({
    ...common,
    entryPoints: ["src/emulator/index.ts", "src/node/index.ts"],
    outdir,
    outbase: "src",
    format,
    banner: format === "esm" ? { js: requireInEsm } : {},
  });
  return Object.keys(metafile.inputs);
}

/** Bundles the command line, in parts that are loaded as they are needed; answers the files that went into it. */
export async function bundleCommand(outdir) {
  const { metafile } = await build({
    ...common,
    entryPoints: ["src/cli/main.ts"],
    outdir,
    outExtension: { ".js": ".mjs" },
    format: "esm",
    splitting: true,
    mainFields: ["module", "main"], // the Graph client as ES modules, of which only what is used is taken
    define: { VERSION: JSON.stringify(version) },
    external: ["graph-large-attachments/emulator"], // the package has it already
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
