import { MIB, mib } from "./support/format.mjs";
import { startLine } from "./support/line.mjs";
import { log } from "./support/log.mjs";
import { pool } from "./support/pool.mjs";
import { sample } from "./support/samples.mjs";
import { startService } from "./support/service.mjs";
import { client } from "./support/variants.mjs";

const SIZE = 150 * MIB;
const UNIT = 327_680;
/** Range sizes in units of 320 KiB, which drives require. */
const UNITS = [1, 4, 12, 16, 32, 64, 128, 192];
/** Bytes per second. */
const RATE = 12_500_000;
/** Round-trip time in milliseconds. */
const ROUND_TRIPS = [50, 100];
const AT_ONCE = 4;

/** Measures each range size on a line of 100 Mbit/s. */
export async function run() {
  const service = await startService();
  try {
    const cells = UNITS.flatMap((units) => ROUND_TRIPS.map((trip) => ({ units, trip })));
    const jobs = cells.map((cell) => async () => {
      const line = await startLine({ port: service.port, up: RATE, latency: cell.trip / 2 });
      const parameters = { origin: line.origin, size: SIZE, rangeSize: cell.units * UNIT };
      Object.assign(cell, await sample(client("overLine", "azureDevOps", parameters)));
      line.stop();
      log(`rangeSize: ${(cell.units * UNIT) / MIB} MiB, ${cell.trip} ms`);
    });
    await pool(jobs, AT_ONCE);
    const ideal = SIZE / RATE;
    const rows = UNITS.map((units) => {
      const both = cells.filter((cell) => cell.units === units);
      const size = units === 1 ? "320 KiB" : `${((units * UNIT) / MIB).toFixed(2)} MiB`;
      const times = both.map(({ wall }) => `${(wall / 1000).toFixed(1)} s (${(wall / 1000 / ideal).toFixed(2)})`);
      return [size, String(Math.ceil(SIZE / (units * UNIT))), ...times, mib(Math.max(...both.map(({ peak }) => peak)))];
    });
    const trips = ROUND_TRIPS.map((trip) => `${trip} ms there and back`);
    const columns = ["ranges of", "requests", ...trips, "peak MiB over the file"];
    const caption = `150 MiB from memory over 100 Mbit/s (${ideal.toFixed(1)} s for the bytes alone), and what that is exceeded by`;
    return { tables: [{ caption, columns, rows }] };
  } finally {
    await service.stop();
  }
}
