import * as node from "../dist/esm/node/index.js";
import { goal, MIB, seconds, told } from "./support/format.mjs";
import { log } from "./support/log.mjs";
import { startNetem } from "./support/netem.mjs";
import { pool } from "./support/pool.mjs";
import { sample } from "./support/samples.mjs";
import { startService } from "./support/service.mjs";
import { slowStartLoss, startSlowStartLine } from "./support/slowStart.mjs";
import { ratio, spread } from "./support/statistics.mjs";
import { client } from "./support/variants.mjs";

const SIZE = 150 * MIB;
/** Milliseconds there and back, and of the service for each range. */
const TRIP = 40;
const SERVICE = 50;
/** Round trips of a new connection before its first request: TCP and TLS 1.3. */
const HANDSHAKES = 2;
/** Bits per second, samples of each, and uploads at the same time, each over a line of its own. */
const LINES = [
  { bits: 50e6, samples: 3, atOnce: 9 },
  { bits: 200e6, samples: 3, atOnce: 2 },
];
/** Reasons of goals that are missed. */
const FIRST =
  "the formula has no handshakes of the connection to the upload host, no slow start and no request that opens the session. With these, see the last column.";
const SHARED =
  "the model has no processor time, and the uploads, their services with TLS and the line share the processor.";
const CLOSED =
  "the model has no processor time. Each new connection takes that of a handshake at both ends, and the uploads share the processor. Bare `fetch` takes as long over such a line.";
const ROWS = [
  { label: "**`attach`** to Outlook", to: "outlook", most: 1.1 },
  { label: "the same, by `rangeFetch()`", to: "outlook", lean: true, most: 1.1 },
  { label: "the same, every connection closed after its range", to: "outlook", closes: true },
  { label: "bare `fetch`, every connection closed after its range", to: "outlook", closes: true, run: "bare" },
  { label: "**`attach`** to a drive, first file", to: "drive", most: 1.03, why: FIRST },
  { label: "the same, after another file", to: "drive", again: true, most: 1.03 },
  { label: "the same, by `rangeFetch()`", to: "drive", again: true, lean: true, most: 1.03 },
].filter(({ lean }) => !lean || "rangeFetch" in node);
/** How much a closed connection may cost beyond its handshakes. */
const MOST_CLOSED = 1.03;

/** Measures uploads over a line with TLS, a real distance and slow start. */
export async function run({ rounds = Infinity } = {}) {
  const cells = LINES.flatMap((line) => ROWS.map((row) => ({ line, row, samples: [] })));
  let kind;
  for (const line of LINES) {
    const own = cells.filter((cell) => cell.line === line);
    const runs = Array.from({ length: Math.min(rounds, line.samples) }, () => own).flat();
    const jobs = runs.map((cell, index) => async () => {
      const measured = await overLine(cell, `line${index}`);
      cell.samples.push(measured);
      kind = measured.kind;
      log(`realLine: ${line.bits / 1e6} Mbit/s, ${cell.row.label}: ${(measured.wall / 1000).toFixed(1)} s`);
    });
    await pool(jobs, line.atOnce);
  }
  return report(cells, kind);
}

/** One upload over its own line, to its own service. */
async function overLine({ line: { bits }, row }, name) {
  const rate = bits / 8;
  const netem = startNetem({ up: rate, trip: TRIP, name });
  const listen = netem ? { address: "0.0.0.0", under: netem.service } : {};
  const service = await startService(SERVICE, { scheme: "tls", ...listen });
  const shaped = netem ? undefined : await startSlowStartLine({ port: service.port, up: rate, trip: TRIP });
  const port = netem ? service.port : shaped.port;
  const [graph, uploads] = (netem?.hosts ?? ["127.0.0.1", "localhost"]).map((host) => `${host}:${port}`);
  try {
    await service.change({ uploadHost: uploads, closes: row.closes ?? false });
    const parameters = { origin: `https://${graph}`, to: row.to, again: row.again, lean: row.lean, name, size: SIZE };
    // the certificate is nobody's, which costs nothing
    const env = { NODE_TLS_REJECT_UNAUTHORIZED: "0" };
    const measured = await sample({
      ...client("realLine", row.run ?? "upload", parameters),
      env,
      under: netem?.client,
    });
    const { ranges } = await service.seen();
    const before = row.again ? 1 : 0;
    const kind = netem ? "`tc netem` of the kernel" : "a proxy that models it, because `tc netem` cannot be used here";
    return { ...measured, ranges: ranges - before, kind, connections: shaped?.connections() };
  } finally {
    shaped?.stop();
    await service.stop();
    netem?.stop();
  }
}

/** Milliseconds of the formula N·(RTT + service) + S/B, and with what new connections cost. */
function models({ line: { bits }, row }, ranges) {
  const rate = bits / 8;
  const formula = ranges * (TRIP + SERVICE) + (1000 * SIZE) / rate;
  const connection = HANDSHAKES * TRIP + slowStartLoss({ rate, trip: TRIP });
  const opened = row.closes ? ranges : row.again ? 0 : 1;
  return { formula, whole: formula + opened * connection + TRIP }; // one round trip opens the session
}

const fine = (value) => value.toFixed(3);

function report(cells, kind) {
  const rows = [];
  const goals = [];
  for (const cell of cells.filter(({ samples }) => samples.length > 0)) {
    const { line, row, samples } = cell;
    const walls = samples.map(({ wall }) => wall);
    const [{ ranges }] = samples;
    const { formula, whole } = models(cell, ranges);
    const to = (model) => spread(walls.map((wall) => wall / model));
    const at = `${line.bits / 1e6} Mbit/s`;
    rows.push([
      row.label,
      at,
      String(ranges),
      told(spread(walls), seconds),
      seconds(formula),
      told(to(formula), fine),
      seconds(whole),
      told(to(whole), fine),
    ]);
    if (row.run) continue;
    const { again, lean, closes } = row;
    const plain = [
      `150 MiB to ${row.to === "drive" ? "a drive" : "Outlook"} over ${at}`,
      ...(again ? ["after another file"] : []),
      ...(lean ? ["by `rangeFetch()`"] : []),
      ...(closes ? ["each connection closed"] : []),
    ].join(", ");
    if (row.most)
      goals.push(goal(`${plain}: to N·(RTT + service) + S/B`, to(formula), { most: row.most, why: row.why ?? SHARED }));
    if (!closes) continue;
    goals.push(goal(`${plain}: to the same and its new connections`, to(whole), { most: MOST_CLOSED, why: CLOSED }));
    const bare = cells.find((one) => one.line === line && one.row.run === "bare");
    const pairs = Math.min(walls.length, bare.samples.length);
    const toBare = ratio(
      walls.slice(0, pairs),
      bare.samples.map(({ wall }) => wall),
    );
    if (pairs > 0) goals.push(goal(`${plain}: to bare \`fetch\` over such a line`, toBare, { most: MOST_CLOSED }));
  }
  const columns = ["", "line", "N", "s", "limit", "to the limit", "limit with new connections", "to that"];
  const caption = `${SIZE / MIB} MiB over TLS, ${TRIP} ms there and back, ${SERVICE} ms of service for each range`;
  const note = `Slow start: ${kind}. Medians, with the middle half of all samples. The limit: N·(RTT + service) + S/B. A new connection costs ${HANDSHAKES} round trips and what slow start loses until its window fills the line: ${LINES.map(
    ({ bits }) => `${Math.round(slowStartLoss({ rate: bits / 8, trip: TRIP }))} ms at ${bits / 1e6} Mbit/s`,
  ).join(", ")}. A closed connection costs that for each range: so much does reuse save.`;
  return { tables: [{ caption, columns, rows, note }], goals };
}
