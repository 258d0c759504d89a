// Builds dist/: ES modules and CommonJS, with types for both. The client side is compiled file by file, and bundled for Node. The emulator and
// the command line are bundled with their dependencies, so that the package itself has none.
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { bundleCommand, bundleForNode, bundleModules } from "./bundle.mjs";
import { entries } from "./entries.cjs";

const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
const formats = [
  { outDir: "dist/esm", type: "module", format: "esm", options: ["--module", "ESNext"] },
  {
    outDir: "dist/cjs",
    type: "commonjs",
    format: "cjs",
    options: ["--module", "CommonJS", "--moduleResolution", "node10"],
  },
];

rmSync("dist", { recursive: true, force: true });
const bundled = new Set();
for (const { outDir, type, format, options } of formats) {
  for (const project of ["tsconfig.client.json", "tsconfig.node.json"]) {
    // the client side is checked once; npm run types checks the rest
    const check = format === "esm" && project === "tsconfig.client.json" ? [] : ["--noCheck"];
    execFileSync(process.execPath, [tsc, "-p", project, "--outDir", outDir, ...options, ...check], {
      stdio: "inherit",
    });
  }
  removeUnreachableTypes(outDir, ["index.d.ts", ...entries.map((name) => `${name}/index.d.ts`)]);
  for (const input of await bundleModules(outDir, format)) bundled.add(packageOf(input));
  writeFileSync(`${outDir}/package.json`, JSON.stringify({ type, sideEffects: false }) + "\n");
}
await bundleForNode("dist/node");
writeFileSync("dist/node/package.json", JSON.stringify({ type: "module", sideEffects: false }) + "\n");
for (const input of await bundleCommand("dist/cli")) bundled.add(packageOf(input));
chmodSync("dist/cli/main.mjs", 0o755);
writeFileSync("dist/THIRD-PARTY-NOTICES.txt", notices([...bundled].filter(Boolean).sort()));

/** Removes declarations that no entry point refers to. Users cannot import them. */
function removeUnreachableTypes(outDir, entries) {
  const reached = new Set();
  const visit = (file) => {
    if (reached.has(file)) return;
    reached.add(file);
    const imports = readFileSync(file, "utf8").matchAll(/(?:from |import\()"(\.[^"]+)\.js"/g);
    for (const [, specifier] of imports) visit(resolve(dirname(file), `${specifier}.d.ts`));
  };
  for (const entry of entries) visit(resolve(outDir, entry));
  for (const name of readdirSync(outDir, { recursive: true })) {
    const file = resolve(outDir, name);
    if (file.endsWith(".d.ts") && !reached.has(file)) rmSync(file);
  }
}

/** Returns the package folder of a bundled file, or `undefined` for this project's own files. */
function packageOf(file) {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
}

/** Collects the licence texts of the bundled packages. Throws if a package has none. */
function notices(folders) {
  const texts = folders.map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)([.-]|$)/i.test(entry));
    if (!file) throw new Error(`${name} is bundled, but has no licence file.`);
    const notice = ["NOTICE", "NOTICE.txt", "CopyrightNotice.txt"].map((entry) => join(folder, entry)).find(existsSync);
    const parts = [file && join(folder, file), notice].filter(Boolean).map((path) => readFileSync(path, "utf8").trim());
    return `${name} ${version} (${license})\n\n${parts.join("\n\n")}\n`;
  });
  return `The command line contains these packages:\n\n${texts.join(`\n${"-".repeat(80)}\n\n`)}`;
}
