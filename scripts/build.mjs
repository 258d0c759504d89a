// Builds dist/: ES modules and CommonJS, with types for both. The client side is compiled file by file;
// the emulator is bundled, so that what makes its certificate comes along and installing brings nothing else.
import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { build } from "esbuild";

const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
const formats = [
  { outDir: "dist/esm", type: "module", format: "esm", module: ["--module", "ESNext", "--moduleResolution", "bundler"] },
  { outDir: "dist/cjs", type: "commonjs", format: "cjs", module: ["--module", "CommonJS", "--moduleResolution", "node10"] },
];

rmSync("dist", { recursive: true, force: true });
for (const { outDir, type, format, module } of formats) {
  for (const project of ["tsconfig.client.json", "tsconfig.emulator.json"]) {
    execFileSync(process.execPath, [tsc, "-p", project, "--outDir", outDir, ...module], { stdio: "inherit" });
  }
  await build({
    entryPoints: ["src/emulator/index.ts"],
    outfile: `${outDir}/emulator/index.js`,
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20",
    format,
    legalComments: "none",
    banner:
      format === "esm"
        ? { js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);' }
        : {},
  });
  writeFileSync(`${outDir}/package.json`, JSON.stringify({ type, sideEffects: false }) + "\n");
}
