import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { goal, MIB, mib } from "./support/format.mjs";
import { log } from "./support/log.mjs";
import { seeded } from "./support/random.mjs";
import { sample } from "./support/samples.mjs";
import { client } from "./support/variants.mjs";

const MAILS = 1_000;
const MAILBOXES = 50;
/** Bytes: the median of the sizes and their bounds. The logarithms of the sizes spread by `SPREAD`. */
const MEDIAN = 4_000_000;
const SPREAD = 0.75;
const BOUNDS = [1_000_000, 20_000_000];
/** The limits of a mailbox (docs: throttling-limits, Outlook service), which the emulator keeps. */
const LIMIT = { bytes: 157_286_400, window: 300_000 };
/** The clock of both processes runs so many times faster. */
const SCALE = 5;
const SEED = 25;
/** What the emulator holds besides: the mail that warms up. */
const WARM_UP = { mails: 1, bytes: 5_000_000 };
const GOALS = { time: 1.15, memory: 64, stop: 30 };

/** Sends many mails from one process to an emulator that throttles, and compares with the best schedule. */
export async function run() {
  const mails = mailsOf(SEED);
  const main = fileURLToPath(new URL("./service/throttled.mjs", import.meta.url));
  const emulator = fork(main, [String(SCALE)], { execArgv: ["--no-warnings"] });
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  try {
    const [{ graphUrl, token, ca }] = await once(emulator, "message");
    const file = join(folder, "ca.pem");
    writeFileSync(file, ca);
    const variant = client("mails", "all", { graphUrl, token, mails, scale: SCALE });
    const measured = await sample({ ...variant, env: { NODE_EXTRA_CA_CERTS: file } });
    emulator.send("seen");
    const [seen] = await once(emulator, "message");
    for (const message of measured.failures.slice(0, 3)) log(`manyMails: ${message}`);
    return report(mails, measured, seen);
  } finally {
    emulator.disconnect();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Mails with sizes of a log-normal distribution, each to a mailbox at random. */
function mailsOf(seed) {
  const random = seeded(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Array.from({ length: MAILS }, () => {
    const size = Math.round(MEDIAN * Math.exp(SPREAD * normal()));
    const mailbox = `user${Math.floor(random() * MAILBOXES)}@contoso.example`;
    return { mailbox, size: Math.min(BOUNDS[1], Math.max(BOUNDS[0], size)) };
  });
}

/** Bytes of each mailbox. */
function bytesBy(mails) {
  const all = new Map();
  for (const { mailbox, size } of mails) all.set(mailbox, (all.get(mailbox) ?? 0) + size);
  return [...all.values()];
}

/**
 * Milliseconds of the best schedule: all bytes at the rate of bare `fetch`, and for each mailbox what does not fit into its
 * first windows, after these. `rate`: bytes per millisecond.
 */
function bestSchedule(boxes, rate) {
  const ofBox = (bytes) => {
    const windows = Math.ceil(bytes / LIMIT.bytes) - 1;
    return windows * LIMIT.window + (bytes - windows * LIMIT.bytes) / rate;
  };
  return Math.max(boxes.reduce((sum, bytes) => sum + bytes, 0) / rate, ...boxes.map(ofBox));
}

/** The most replies of 429 that one mailbox gave within one window. */
function mostInWindow(throttles) {
  const counts = throttles.map(
    ({ lane, time }) =>
      throttles.filter((one) => one.lane === lane && one.time >= time && one.time < time + LIMIT.window).length,
  );
  return Math.max(0, ...counts);
}

function report(mails, { time, idle, stop, failures, throttles, peak, cpu, rate }, { mails: sent, bytes, statuses }) {
  const boxes = bytesBy(mails);
  const total = boxes.reduce((sum, size) => sum + size, 0);
  const best = bestSchedule(boxes, rate);
  const most = mostInWindow(throttles);
  const full = boxes.filter((size) => size > LIMIT.bytes).length;
  const own = Math.max(0, stop - idle);
  const columns = ["", "measured", "limit"];
  const seconds = (value) => (value / 1000).toFixed(0);
  const rows = [
    ["mails that arrived", String(sent - WARM_UP.mails), String(MAILS)],
    ["GB that arrived", ((bytes - WARM_UP.bytes) / 1e9).toFixed(3), (total / 1e9).toFixed(3)],
    ["failures", String(failures.length), "0"],
    ["seconds by the clock of the limits, and of the best schedule", seconds(time), seconds(best)],
    ["CPU, ms for 1 MB", (cpu / (total / 1e6)).toFixed(1), ""],
    ["peak MiB above the base", mib(peak), String(GOALS.memory)],
    [`longest stop of the event loop, ms, above ${idle.toFixed(0)} without work`, own.toFixed(0), String(GOALS.stop)],
    ["429 in all", String(statuses[429] ?? 0), String(full)],
    ["429 within a window of one mailbox", String(most), "1"],
  ];
  const caption = `${MAILS} mails of 1 to 20 MB over ${MAILBOXES} mailboxes from one process, all begun at the same time`;
  const note = `The emulator takes 4 requests and 150 MB in 5 minutes for a mailbox, and ranges count; ${full} mailboxes get more. The clock of both processes runs ${SCALE} times faster. The best schedule, with B bytes for a mailbox in n = ⌈B / 150 MB⌉ windows W: the longest of (n − 1)·W + (B − (n − 1)·150 MB) / r, and of all bytes / r, where r is the rate of bare \`fetch\` with 8 uploads at the same time in this run (${((rate * SCALE) / 1000).toFixed(0)} MB/s).`;
  const goals = [
    goal("many mails: time to the best schedule", time / best, { most: GOALS.time }),
    goal("many mails: memory above the base", peak / MIB, { most: GOALS.memory, unit: " MiB" }),
    goal("many mails: longest stop of the event loop", own, { most: GOALS.stop, unit: " ms" }),
    goal("many mails: 429 within a window of one mailbox", most, { most: 1 }),
  ];
  return { tables: [{ caption, columns, rows, note }], goals };
}
