import { mostOf } from "./peers.mjs";
import { createCertificate } from "./support/certificate.mjs";
import { goal, MIB, mib, ms, share, told } from "./support/format.mjs";
import { inRounds } from "./support/samples.mjs";
import { startService } from "./support/service.mjs";
import { difference, ratio, spread } from "./support/statistics.mjs";
import { client, each } from "./support/variants.mjs";

const SIZE = 256 * MIB;
const RANGE = 5 * MIB;
const OURS = "**`attach`** to a drive";
const LEAN = "**`attach`** with `rangeFetch()`";
const BARE = "bare `fetch`, read then send";
const SMALL = "--max-semi-space-size=1";
const COLLECTED = `the same, \`node ${SMALL}\``;
const REUSED = "the same, of a source that uses its memory again";
const LEAN_REUSED = "the same, of such a source, with `rangeFetch()`";
const READING = "reading alone";
const FETCH = "`fetch` alone, one range again and again";
const SENDER = "`rangeFetch()` alone, one range again and again";
const PEERS = {
  "Graph client's `StreamUpload`": ["sdk", "sdk"],
  "tus-js-client": ["tus", "tus"],
  "@azure/storage-blob": ["azureBlob", "azureBlob"],
  "@aws-sdk/lib-storage": ["s3", "s3"],
  "@google-cloud/storage": ["gcs", "gcs"],
};
/** Rounds at 50 ms, where everything waits and so differs little. */
const SLOW_ROUNDS = 3;

/** Reasons of goals that are missed. */
const COPY =
  "chunks are copied into one block of memory, so that a range can be sent again, and each range costs promises, headers and a reply in JSON.";
const SHARED =
  "the limit reads nothing. Here the chunks that the source leaves behind are collected, often while a range leaves: from a source that uses its memory again, the same upload is faster. See these rows.";
const GARBAGE =
  "chunks of the source that V8 has not collected yet. With a small young generation or a source that uses its memory again, they are absent: see these rows.";

/** Measures uploads from Node streams: throughput without TLS and with it, overlap of reading and sending, memory. */
export async function run({ rounds = 5 } = {}) {
  const certificate = await createCertificate();
  try {
    const plain = await overPlain(rounds);
    const secure = await overTls(rounds, certificate);
    const tables = [...plain.tables, secure.table];
    return { tables, goals: [...plain.goals, ...secure.goals] };
  } finally {
    certificate.remove();
  }
}

async function overPlain(rounds) {
  const service = await startService();
  try {
    const { origin } = service;
    const variants = variantsFor({ origin });
    const fast = await inRounds(variants, { rounds, about: "streams at 0 ms" });
    await service.setServiceTime(50);
    const slow = await inRounds(variants, { rounds: Math.min(rounds, SLOW_ROUNDS), about: "streams at 50 ms" });
    await service.setServiceTime(25);
    const overlap = await overlapping(origin, rounds);
    const limitOf = (name) => ([LEAN, LEAN_REUSED, SENDER].includes(name) ? SENDER : FETCH);
    const peaks = (name) => [...each(fast[name], "peak"), ...each(slow[name], "peak")];
    const above = (name) => difference(each(fast[name], "peak"), each(fast[READING], "peak"));
    const rows = Object.keys(fast).map((name) => [
      name,
      told(speeds(fast[name]), (one) => one.toFixed(0)),
      share(faster(fast, name, limitOf(name))),
      told(spread(each(fast[name], "cpu")), (one) => (one / 1000).toFixed(2)),
      told(speeds(slow[name]), (one) => one.toFixed(1)),
      share(faster(slow, name, limitOf(name))),
      told(spread(peaks(name)), mib),
      told(above(name), mib),
    ]);
    const columns = [
      "",
      "MiB/s at 0 ms",
      "to the limit",
      "CPU s",
      "MiB/s at 50 ms",
      "to the limit",
      "peak MiB",
      "above reading",
    ];
    const caption = "256 MiB from a Node stream, ranges of 5 MiB, by the service's time for a range";
    const note =
      "Medians, with the middle half of all rounds. The limit is what the same transport reaches with one range in memory, in the same round: `rangeFetch()` alone for ours with it, `fetch` alone for all others. Most of the memory of the leanest is what reading alone takes: chunks of the source that nobody has collected yet, of which V8 lets 32 MiB gather, fewer where its young generation is small.";
    const [rival, least] = mostOf(Object.keys(PEERS), (peer) =>
      ratio(each(slow[LEAN], "wall"), each(slow[peer], "wall")),
    );
    const inMib = ({ median, low, high }) => ({ median: median / MIB, low: low / MIB, high: high / MIB });
    return {
      tables: [{ caption, columns, rows, note }, overlap.table],
      goals: [
        ...overlap.goals,
        ...againstPeers(fast, "without TLS"),
        goal("stream at 50 ms, speed to `fetch` alone", faster(slow, OURS, FETCH), { least: 0.98, why: SHARED }),
        goal("stream at 50 ms with `rangeFetch()`, speed to it alone", faster(slow, LEAN, SENDER), {
          least: 0.98,
          why: SHARED,
        }),
        goal(`stream at 50 ms with \`rangeFetch()\`, time to the best peer (${rival})`, least, { most: 1 }),
        goal("memory of a stream above reading alone", inMib(above(OURS)), { most: 15, unit: " MiB", why: GARBAGE }),
        goal("the same with `rangeFetch()`", inMib(above(LEAN)), { most: 8, unit: " MiB", why: GARBAGE }),
        goal(`memory of a stream, \`node ${SMALL}\``, inMib(spread(peaks(COLLECTED))), { most: 35, unit: " MiB" }),
        goal("memory of a source that uses its memory again", inMib(spread(peaks(REUSED))), { most: 35, unit: " MiB" }),
      ],
    };
  } finally {
    await service.stop();
  }
}

async function overTls(rounds, certificate) {
  const service = await startService(0, certificate);
  try {
    const all = variantsFor({ origin: service.origin, ca: certificate.cert });
    const left = [COLLECTED, REUSED, LEAN_REUSED, READING];
    const variants = Object.fromEntries(Object.entries(all).filter(([name]) => !left.includes(name)));
    const samples = await inRounds(variants, { rounds: Math.min(rounds, SLOW_ROUNDS), about: "streams with TLS" });
    const rows = Object.entries(samples).map(([name, some]) => [
      name,
      told(speeds(some), (one) => one.toFixed(0)),
      share(faster(samples, name, SENDER)),
      told(spread(each(some, "cpu")), (one) => (one / 1000).toFixed(2)),
      share(ratio(each(some, "cpu"), each(samples[SENDER], "cpu"))),
    ]);
    const columns = ["", "MiB/s", "to the limit", "CPU s", "to the limit"];
    const caption = "256 MiB from a Node stream with TLS, ranges of 5 MiB, service of 0 ms";
    return {
      table: { caption, columns, rows, note: "The limit is the last row." },
      goals: againstPeers(samples, "with TLS"),
    };
  } finally {
    await service.stop();
  }
}

const perSecond = (wall) => SIZE / MIB / (wall / 1000);
const speeds = (samples) => spread(each(samples, "wall").map(perSecond));
/** How many times as fast as the base. */
const faster = (samples, name, base) => ratio(each(samples[base], "wall"), each(samples[name], "wall"));

/** Goals of `rangeFetch` against the peer that is the best of the same run. */
function againstPeers(samples, words) {
  return [
    ["wall", "time"],
    ["cpu", "CPU"],
  ].map(([what, called]) => {
    const to = (peer) => ratio(each(samples[LEAN], what), each(samples[peer], what));
    const [rival, most] = mostOf(Object.keys(PEERS), to);
    return goal(`256 MiB from a stream ${words}, ${called} to the best peer (${rival})`, most, { most: 1, why: COPY });
  });
}

function variantsFor({ origin, ca }) {
  const parameters = { origin, ca, size: SIZE, rangeSize: RANGE, stream: true };
  const peers = Object.entries(PEERS).map(([name, [file, way]]) => [name, client(file, way, parameters)]);
  return {
    [OURS]: client("ours", "drive", parameters),
    [COLLECTED]: client("ours", "drive", parameters, [SMALL]),
    [REUSED]: client("ours", "drive", { ...parameters, reused: true }),
    [LEAN]: client("ours", "drive", { ...parameters, lean: true }),
    [LEAN_REUSED]: client("ours", "drive", { ...parameters, lean: true, reused: true }),
    [BARE]: client("bare", "bareStream", parameters),
    ...Object.fromEntries(peers),
    [READING]: client("waits", "source", parameters),
    [FETCH]: client("waits", "senderAlone", parameters),
    [SENDER]: client("waits", "senderAlone", { ...parameters, lean: true }),
  };
}

/** The source and the service each take 25 ms per range, so overlap can save half of the time. */
async function overlapping(origin, rounds) {
  const RANGES = 20;
  const rangeSize = 3_932_160;
  const parameters = { origin, size: RANGES * rangeSize, rangeSize, stream: true, pace: 25 };
  const variants = {
    "reading alone": client("waits", "source", parameters),
    "sending alone, from memory": client("waits", "service", parameters),
    "**`LargeAttachmentTask`**": client("ours", "task", parameters),
    "**`attach`**": client("ours", "attach", parameters),
    [BARE]: client("bare", "bareStream", parameters),
    "Graph client's `StreamUpload`": client("sdk", "sdk", parameters),
  };
  const samples = await inRounds(variants, { rounds: Math.min(rounds, 3), about: "overlap" });
  const wall = (name) => each(samples[name], "wall");
  const sending = wall("sending alone, from memory");
  const longer = wall("reading alone").map((one, index) => Math.max(one, sending[index]));
  const ideal = RANGES * 25;
  const rows = Object.keys(samples).map((name) => [
    name,
    told(spread(wall(name)), ms),
    share(ratio(wall(name), longer)),
    share(spread(wall(name).map((one) => one / ideal))),
  ]);
  const columns = ["", "ms", "to the longer alone", `to the limit, ${ideal} ms of waits`];
  const caption = "20 ranges of 3.75 MiB, each 25 ms to read and 25 ms at the service";
  const note =
    "The limit: all reading happens while the service works, so that only one of the two takes time, and sending none.";
  const own = ratio(wall("**`LargeAttachmentTask`**"), longer);
  return {
    table: { caption, columns, rows, note },
    goals: [goal("a slow source beside a slow service, to the longer of the two", own, { most: 1.2 })],
  };
}
