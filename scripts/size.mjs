// Weighs what an application takes of the package, minified and gzipped, without the peer; fails beyond the budget.
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** KiB. What is smaller than its budget by far deserves a smaller budget. */
const parts = [
  { name: "the task alone", take: "LargeAttachmentTask", budget: 17.5 },
  { name: "the handler with all Graph protocols, mail and Teams", take: "LargeAttachmentHandler", budget: 21.5 },
  { name: "attach and the handler", take: "withLargeAttachments", budget: 26 },
  { name: "everything, Azure DevOps too", take: "*", budget: 30 },
];

let over = false;
for (const { name, take, budget } of parts) {
  const kib = (await weigh(take === "*" ? "*" : `{ ${take} }`)) / 1024;
  over ||= kib > budget;
  const told = `${kib.toFixed(2).padStart(6)} KiB of ${budget.toFixed(2)}`;
  console.log(`${told}  ${name}${kib > budget ? "  <- too heavy" : ""}`);
}
if (over) {
  console.error("Beyond the budget: leave something out, or say in scripts/size.mjs why it is worth its weight.");
  process.exitCode = 1;
}

async function weigh(what) {
  const { outputFiles } = await build({
    stdin: { contents: `export ${what} from "./dist/esm/index.js";`, resolveDir: process.cwd() },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    external: ["@microsoft/microsoft-graph-client"],
    legalComments: "none",
    write: false,
  });
  return gzipSync(outputFiles[0].contents, { level: 9 }).length;
}
