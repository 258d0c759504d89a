import { MIB, mib, seconds, share, told } from "./support/format.mjs";
import { startLine } from "./support/line.mjs";
import { log } from "./support/log.mjs";
import { pool } from "./support/pool.mjs";
import { sample } from "./support/samples.mjs";
import { startService } from "./support/service.mjs";
import { spread } from "./support/statistics.mjs";
import { client, each } from "./support/variants.mjs";

const SIZE = 150 * MIB;
const UNIT = 327_680;
/** Range sizes in units of 320 KiB, which drives require. */
const UNITS = [1, 4, 12, 16, 32, 64, 128, 192];
/** Bytes per second. */
const RATE = 12_500_000;
/** Round-trip time in milliseconds. */
const ROUND_TRIPS = [50, 100];
const AT_ONCE = 6;
const MOST_ROUNDS = 3;

/** Measures each range size on a line of 100 Mbit/s. */
export async function run({ rounds = MOST_ROUNDS } = {}) {
  const service = await startService();
  try {
    const cells = UNITS.flatMap((units) => ROUND_TRIPS.map((trip) => ({ units, trip, samples: [] })));
    const runs = Array.from({ length: Math.min(rounds, MOST_ROUNDS) }, () => cells).flat();
    const jobs = runs.map((cell) => async () => {
      const line = await startLine({ port: service.port, up: RATE, latency: cell.trip / 2 });
      const parameters = { origin: line.origin, size: SIZE, rangeSize: cell.units * UNIT };
      cell.samples.push(await sample(client("overLine", "azureDevOps", parameters)));
      line.stop();
      log(`rangeSize: ${(cell.units * UNIT) / MIB} MiB, ${cell.trip} ms`);
    });
    await pool(jobs, AT_ONCE);
    return { tables: [tableOf(cells)] };
  } finally {
    await service.stop();
  }
}

const requestsOf = (units) => Math.ceil(SIZE / (units * UNIT));
/** Milliseconds of the bytes, and of a round trip for each range. */
const limitOf = ({ units, trip }) => (1000 * SIZE) / RATE + requestsOf(units) * trip;

function tableOf(cells) {
  const rows = UNITS.map((units) => {
    const own = cells.filter((cell) => cell.units === units);
    const times = own.flatMap((cell) => {
      const walls = each(cell.samples, "wall");
      const limit = limitOf(cell);
      return [told(spread(walls), seconds), seconds(limit), share(spread(walls.map((wall) => wall / limit)))];
    });
    const size = units === 1 ? "320 KiB" : `${((units * UNIT) / MIB).toFixed(2)} MiB`;
    const peaks = own.flatMap(({ samples }) => each(samples, "peak"));
    return [size, String(requestsOf(units)), ...times, told(spread(peaks), mib)];
  });
  const times = ROUND_TRIPS.flatMap((trip) => [`s, ${trip} ms there and back`, "limit", "to the limit"]);
  const columns = ["ranges of", "N", ...times, "peak MiB over the file"];
  const caption = `${SIZE / MIB} MiB from memory over 100 Mbit/s, by the size of the ranges`;
  const note = `Medians, with the middle half of all rounds. The limit: S/B + N·RTT, the bytes and a round trip for each range. The bytes alone take ${seconds((1000 * SIZE) / RATE)} s. Beyond the limit is what sends and takes a range, and one round trip that opens the session.`;
  return { caption, columns, rows, note };
}
