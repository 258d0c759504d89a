import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { tsImport } from "tsx/esm/api";
import { MIB, ms, share, told } from "./support/format.mjs";
import { log } from "./support/log.mjs";
import { startService } from "./support/service.mjs";
import { bytesOf } from "./support/source.mjs";
import { ratio, spread } from "./support/statistics.mjs";

const SIZE = 64 * MIB;
const RANGE = 3_932_160;
/** Bytes of the warm-up: four ranges. */
const LITTLE = 4 * RANGE;
const TIMES = [0, 20];
const ways = {
  "bare `fetch`, slices read first": "readFirst",
  "bare `fetch`, slices as they are": "asIs",
  "bare `fetch`, slices read ahead": "readAhead",
  "**`LargeAttachmentTask`**": "task",
};

/** Measures the upload of a picked file in each browser engine. */
export async function run({ rounds = 3 } = {}) {
  const { engines } = await tsImport("../__tests__/browser/support/engine.ts", import.meta.url);
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const path = join(folder, "file.bin");
  writeFileSync(path, bytesOf(SIZE));
  const service = await startService();
  try {
    await service.serve(await pageCode());
    const samples = {};
    for (const [name, start] of Object.entries(engines)) {
      samples[name] = await inEngine({ start, service, path, rounds });
      log(`browsers: ${name}`);
    }
    return { tables: TIMES.map((time) => tableOf(samples, time)) };
  } finally {
    await service.stop();
    rmSync(folder, { recursive: true });
  }
}

/** Milliseconds of every round, by service time and method. */
async function inEngine({ start, service, path, rounds }) {
  const engine = await start();
  try {
    const tab = await engine.open(`${service.origin}/page`);
    await tab.pick(path);
    const names = Object.values(ways);
    for (const way of names) await tab.call("run", way, RANGE, LITTLE);
    const all = {};
    for (const time of TIMES) {
      await service.setServiceTime(time);
      const measured = Object.fromEntries(names.map((way) => [way, []]));
      for (let round = 0; round < rounds; round++) {
        for (const way of round % 2 ? names : [...names].reverse()) {
          measured[way].push(await tab.call("run", way, RANGE, SIZE));
        }
      }
      all[time] = measured;
    }
    return all;
  } finally {
    await engine.close();
  }
}

async function pageCode() {
  const entry = fileURLToPath(new URL("clients/page.mjs", import.meta.url));
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: "iife",
    write: false,
  });
  return outputFiles[0].text;
}

function tableOf(samples, time) {
  const columns = ["", ...Object.keys(samples).flatMap((engine) => [`${engine}, ms`, "to slices read first"])];
  const rows = Object.entries(ways).map(([name, way]) => [
    name,
    ...Object.values(samples).flatMap(({ [time]: measured }) => [
      told(spread(measured[way]), ms),
      share(ratio(measured[way], measured.readFirst)),
    ]),
  ]);
  const caption = `A \`File\` of ${SIZE / MIB} MiB picked in a page, ranges of 3.75 MiB, service of ${time} ms`;
  const note =
    "Medians, with the middle half of all rounds. The limit of a loop by hand is the quickest of the first three rows, which differs by engine.";
  return { caption, columns, rows, note };
}
