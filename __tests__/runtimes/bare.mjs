// The smoke suite in a bare context, bundled and lowered as Metro does it for React Native. The emulator is in the same process.
/* eslint-disable no-console */
import { build } from "esbuild";
import { startEmulator } from "graph-large-attachments/emulator";
import { runBare } from "./bareContext.mjs";
import { openDoor } from "./emulatorDoor.mjs";
import { fileOf, streamOf } from "./files.mjs";

const { outputFiles } = await build({
  entryPoints: [new URL("bareEntry.mjs", import.meta.url).pathname],
  bundle: true,
  write: false,
  format: "iife",
  target: "es2016",
  platform: "neutral",
  mainFields: ["react-native", "browser", "main"],
  conditions: ["react-native"],
  logLevel: "error",
});
const emulator = await startEmulator();
const { fetchOptions } = emulator.clientOptions;
const { page } = runBare(outputFiles[0].text, (url, init) => fetch(url, { ...init, ...fetchOptions }));
const results = await page.smoke(await openDoor(emulator), { fileOf, streamOf });
console.log(`\n${JSON.stringify({ results })}`);
process.exit();
