import { MIB, seconds, share, told } from "./support/format.mjs";
import { startLine } from "./support/line.mjs";
import { log } from "./support/log.mjs";
import { pool } from "./support/pool.mjs";
import { sample } from "./support/samples.mjs";
import { startService } from "./support/service.mjs";
import { spread } from "./support/statistics.mjs";
import { client } from "./support/variants.mjs";

const SIZE = 24 * MIB;
const UNIT = 327_680;
/** The library changes the size of its ranges; the loop by hand uses one size. */
const RANGES = { "**`attach`**": undefined, "320 KiB": UNIT, "1.25 MiB": 4 * UNIT, "3.75 MiB": 12 * UNIT };
/** Bytes per second, and the average seconds between resets. */
const LINES = [
  { name: "16 Mbit/s, a reset every 6 s", rate: 2_000_000, resetEvery: 6 },
  { name: "8 Mbit/s, a reset every 4 s", rate: 1_000_000, resetEvery: 4 },
  { name: "4 Mbit/s, a reset every 4 s", rate: 500_000, resetEvery: 4 },
];
const SEEDS = [1, 2, 3];
/** Seconds, as a multiple of the line's own time. */
const PATIENCE = 2.5;
const AT_ONCE = 18;

/** Measures uploads over lines that break, with several range sizes and with the default. */
export async function run({ rounds = SEEDS.length } = {}) {
  const service = await startService();
  try {
    const cells = LINES.flatMap((line) => Object.keys(RANGES).map((name) => ({ line, name, samples: [] })));
    const runs = SEEDS.slice(0, rounds).flatMap((seed) => cells.map((cell) => ({ cell, seed })));
    runs.sort((a, b) => a.cell.line.rate - b.cell.line.rate); // the longest first
    const jobs = runs.map(({ cell, seed }, index) => async () => {
      cell.samples.push(await overLine(service, cell, seed, index));
      log(`badLine: ${cell.line.name}, ${cell.name}`);
    });
    await pool(jobs, AT_ONCE);
    return { tables: [tableOf(cells)] };
  } finally {
    await service.stop();
  }
}

async function overLine(service, { line: { rate, resetEvery }, name }, seed, index) {
  const line = await startLine({ port: service.port, up: rate, down: 4 * rate, latency: 25, resetEvery, seed });
  const patience = Math.round((PATIENCE * SIZE) / rate);
  const parameters = {
    origin: line.origin,
    size: SIZE,
    rangeSize: RANGES[name],
    message: `bad${index}`,
    seed,
    patience,
  };
  try {
    return {
      ...(await sample(client("overLine", parameters.rangeSize ? "fixed" : "outlook", parameters))),
      ...line.seen(),
    };
  } finally {
    line.stop();
  }
}

function tableOf(cells) {
  const columns = ["", "ranges", "whole", "s", "limit", "to the limit", "bytes carried to those of the file", "others"];
  const rows = cells.map(({ line, name, samples }) => {
    const ended = samples.filter(({ outcome }) => outcome === "whole");
    const others = samples.filter(({ outcome }) => outcome !== "whole");
    const why = others.map(({ outcome, loaded }) => `${outcome} at ${((100 * loaded) / SIZE).toFixed(0)} %`).join(", ");
    const limit = (1000 * SIZE) / line.rate;
    const times = ended.map(({ wall }) => wall);
    const of = (values, format) => (values.length > 0 ? format(spread(values)) : "");
    return [
      line.name,
      name,
      `${ended.length} of ${samples.length}`,
      of(times, (one) => told(one, seconds)),
      seconds(limit),
      of(
        times.map((time) => time / limit),
        share,
      ),
      of(
        ended.map(({ sent }) => sent / SIZE),
        share,
      ),
      why,
    ];
  });
  const caption = `${SIZE / MIB} MiB over a line of 50 ms there and back that breaks`;
  const note = `attach as it is, and loops by hand with ranges of one size. Medians, with the middle half, of those uploads that arrived whole. The limit of the time: the bytes over the same line, once and without breaks or round trips; of the bytes: 1.00. Given up after ${PATIENCE} times the limit ("too slow"), or after 5 retries.`;
  return { caption, columns, rows, note };
}
