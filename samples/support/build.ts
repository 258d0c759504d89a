/**
 * Builds both samples for a web server, each into a folder of its name:
 *
 *   npx tsx samples/support/build.ts temp/samples
 */
import { join, resolve } from "node:path";
import { build } from "vite";
import { configOf } from "./vite.js";

const folder = resolve(process.argv[2]!);
for (const name of ["outlook-addin", "teams-tab"]) {
  const config = configOf(name);
  await build({ ...config, logLevel: "warn", build: { ...config.build, outDir: join(folder, name) } });
}
