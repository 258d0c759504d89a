import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { goal, MIB, mib, told } from "./support/format.mjs";
import { log } from "./support/log.mjs";
import { seeded } from "./support/random.mjs";
import { sample } from "./support/samples.mjs";
import { spread } from "./support/statistics.mjs";
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
/** A round takes some three minutes. */
const MOST_ROUNDS = 2;
/** Time limit of a sample in milliseconds, because a busy machine sends slowly. */
const PATIENCE = 600_000;
/** The mail that warms up. The emulator holds it as well. */
const WARM_UP = { mails: 1, bytes: 5_000_000 };
const GOALS = { time: 1.15, memory: 64, stop: 30 };

/** Reasons of goals that are missed. */
const MEMORY =
  "buffers of TLS and of the sockets, and memory that V8 and the allocator keep or have not collected yet. After a collection, the process holds some 30 MiB of buffers.";
const STOP =
  "in the first second, 200 requests leave at the same time, each over a connection of its own, and a turn of the event loop handles the replies of many.";

/** The ways in which ranges go, and what the goals call them. */
const WAYS = { "Node's `fetch`": "many mails", "`rangeFetch()`": "many mails, `rangeFetch()`" };

/** Sends many mails from one process to an emulator that throttles, and compares with the best schedule. */
export async function run({ rounds = MOST_ROUNDS } = {}) {
  const mails = mailsOf(SEED);
  const all = Object.fromEntries(Object.keys(WAYS).map((way) => [way, []]));
  for (let round = 1; round <= Math.min(rounds, MOST_ROUNDS); round++) {
    for (const [index, way] of Object.keys(WAYS).entries()) all[way].push(await sampleOf(mails, index > 0));
    log(`many mails: round ${round} of ${Math.min(rounds, MOST_ROUNDS)}`);
  }
  return report(mails, all);
}

/** One sample, with an emulator of its own, which has forgotten what mailboxes have used. `own`: by `rangeFetch`. */
async function sampleOf(mails, own) {
  const main = fileURLToPath(new URL("./service/throttled.mjs", import.meta.url));
  const emulator = fork(main, [String(SCALE)], { execArgv: ["--no-warnings"] });
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  try {
    const [{ graphUrl, token, ca }] = await once(emulator, "message");
    const file = join(folder, "ca.pem");
    writeFileSync(file, ca);
    const env = { NODE_EXTRA_CA_CERTS: file };
    const { rate } = await sample({ ...client("mails", "bare", { graphUrl, token, scale: SCALE }), env });
    const all = client("mails", "all", { graphUrl, token, mails, scale: SCALE, own });
    const measured = await sample({ ...all, env, patience: PATIENCE });
    emulator.send("seen");
    const [seen] = await once(emulator, "message");
    for (const message of measured.failures.slice(0, 3)) log(`manyMails: ${message}`);
    return figures(mails, { ...measured, rate }, seen);
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

/** The figures of one sample. */
function figures(mails, { time, idle, stop, failures, throttles, peak, cpu, rate }, { mails: sent, bytes, statuses }) {
  const best = bestSchedule(bytesBy(mails), rate);
  return {
    mails: sent - WARM_UP.mails,
    bytes: (bytes - WARM_UP.bytes) / 1e9,
    failures: failures.length,
    time: time / 1000,
    best: best / 1000,
    ratio: time / best,
    cpu: cpu / (totalOf(mails) / 1e6),
    peak,
    idle,
    stop: Math.max(0, stop - idle),
    throttles: statuses[429] ?? 0,
    most: mostInWindow(throttles),
    rate: (rate * SCALE) / 1000,
  };
}

const totalOf = (mails) => mails.reduce((sum, { size }) => sum + size, 0);

function report(mails, all) {
  const ways = Object.entries(all);
  const full = bytesBy(mails).filter((size) => size > LIMIT.bytes).length;
  const spreadOf = (samples, what) => spread(samples.map((one) => one[what]));
  const row = (text, limit, what, format) => [
    text,
    ...ways.map(([, samples]) => told(spreadOf(samples, what), format)),
    limit,
  ];
  const whole = (value) => value.toFixed(0);
  const rows = [
    row("mails that arrived", String(MAILS), "mails", whole),
    row("GB that arrived", (totalOf(mails) / 1e9).toFixed(3), "bytes", (value) => value.toFixed(3)),
    row("failures", "0", "failures", whole),
    row("seconds by the clock of the limits", "", "time", whole),
    row("seconds of the best schedule", "", "best", whole),
    row("time to the best schedule", String(GOALS.time), "ratio", (value) => value.toFixed(2)),
    row("CPU, ms for 1 MB", "", "cpu", (value) => value.toFixed(1)),
    row("peak MiB above the base", String(GOALS.memory), "peak", mib),
    row("longest stop of the event loop, ms, above that without work", String(GOALS.stop), "stop", whole),
    row("429 in all", String(full), "throttles", whole),
    row("429 within a window of one mailbox", "1", "most", whole),
  ];
  const columns = ["", ...Object.keys(all), "limit"];
  const rate = spread(ways.flatMap(([, samples]) => samples.map((one) => one.rate)));
  const caption = `${MAILS} mails of 1 to 20 MB over ${MAILBOXES} mailboxes from one process, all begun at the same time`;
  const note = `Medians, with the middle half of ${ways[0][1].length} rounds. The emulator takes 4 requests and 150 MB in 5 minutes for a mailbox, and ranges count; ${full} mailboxes get more. The clock of both processes runs ${SCALE} times faster. The best schedule, with B bytes for a mailbox in n = ⌈B / 150 MB⌉ windows W: the longest of (n − 1)·W + (B − (n − 1)·150 MB) / r, and of all bytes / r, where r is the rate of bare \`fetch\` with 8 uploads at the same time in a process of its own (${told(rate, whole)} MB/s).`;
  const goals = ways.flatMap(([way, samples]) => {
    const mebibytes = spread(samples.map(({ peak }) => peak / MIB));
    return [
      goal(`${WAYS[way]}: time to the best schedule`, spreadOf(samples, "ratio"), { most: GOALS.time }),
      goal(`${WAYS[way]}: memory above the base`, mebibytes, { most: GOALS.memory, unit: " MiB", why: MEMORY }),
      goal(`${WAYS[way]}: longest stop of the event loop`, spreadOf(samples, "stop"), {
        most: GOALS.stop,
        unit: " ms",
        why: STOP,
      }),
      goal(`${WAYS[way]}: 429 within a window of one mailbox`, spreadOf(samples, "most"), { most: 1 }),
    ];
  });
  return { tables: [{ caption, columns, rows, note }], goals };
}
