import { client, each } from "./support/variants.mjs";
import { goal, MIB, mib, ms, share } from "./support/format.mjs";
import { inRounds } from "./support/samples.mjs";
import { startService } from "./support/service.mjs";
import { median, ratio } from "./support/statistics.mjs";

const SIZE = 256 * MIB;
const RANGE = 5 * MIB;
const BARE = "bare `fetch`, read then send";
const SMALL = "--max-semi-space-size=1";
const COLLECTED = `the same, \`node ${SMALL}\``;
const REUSED = "the same, of a source that uses its memory again";

/** Measures uploads from Node streams: overlap of reading and sending, throughput, memory. */
export async function run({ rounds = 5 } = {}) {
  const service = await startService();
  try {
    const { origin } = service;
    const fast = await throughput(origin, 0, rounds);
    await service.setServiceTime(50);
    const slow = await throughput(origin, 50, rounds);
    await service.setServiceTime(25);
    const overlap = await overlapping(origin, rounds);
    const peakOf = (name) => Math.max(...[fast, slow].map((all) => median(each(all[name], "peak"))));
    const faster = (all, name) => share(ratio(each(all[BARE], "wall"), each(all[name], "wall")));
    const rows = Object.keys(fast).map((name) => [
      name,
      speed(fast[name]).toFixed(0),
      faster(fast, name),
      (median(each(fast[name], "cpu")) / 1000).toFixed(2),
      share(ratio(each(fast[name], "cpu"), each(fast[BARE], "cpu"))),
      speed(slow[name]).toFixed(1),
      faster(slow, name),
      mib(peakOf(name)),
    ]);
    const columns = ["", "MiB/s at 0 ms", "to bare", "CPU s", "to bare", "MiB/s at 50 ms", "to bare", "peak MiB"];
    const caption =
      "256 MiB from a Node stream, ranges of 5 MiB, by the service's time for a range; beside bare `fetch`";
    const note =
      "Most of the memory of the leanest is what reading alone takes: chunks of the source that nobody has collected yet, of which V8 lets 32 MiB gather, fewer where its young generation is small. What `fetch` alone reaches is the most that anybody does with it.";
    const [ours] = Object.keys(fast);
    return {
      tables: [{ caption, columns, rows, note }, overlap.table],
      goals: [
        ...overlap.goals,
        goal("stream at 0 ms", speed(fast[ours]), { least: 600, unit: " MiB/s" }),
        goal("stream at 0 ms, CPU", median(each(fast[ours], "cpu")) / 1000, { most: 0.5, unit: " s" }),
        goal("stream at 50 ms (ideal 100)", speed(slow[ours]), { least: 90, unit: " MiB/s" }),
        goal("memory of a stream", peakOf(ours) / MIB, { most: 35, unit: " MiB" }),
        goal(COLLECTED, peakOf(COLLECTED) / MIB, { most: 35, unit: " MiB" }),
        goal(REUSED, peakOf(REUSED) / MIB, { most: 35, unit: " MiB" }),
      ],
    };
  } finally {
    await service.stop();
  }
}

const speed = (samples) => SIZE / MIB / (median(each(samples, "wall")) / 1000);

function throughput(origin, serviceTime, rounds) {
  const parameters = { origin, size: SIZE, rangeSize: RANGE, stream: true };
  const variants = {
    "**`attach`** (Azure DevOps)": client("ours", "azureDevOps", parameters),
    [COLLECTED]: client("ours", "azureDevOps", parameters, [SMALL]),
    [REUSED]: client("ours", "azureDevOps", { ...parameters, reused: true }),
    [BARE]: client("bare", "bareStream", parameters),
    "Graph client's `StreamUpload`": client("sdk", "sdk", parameters),
    "tus-js-client": client("tus", "tus", parameters),
    "@azure/storage-blob": client("azureBlob", "azureBlob", parameters),
    "@aws-sdk/lib-storage": client("s3", "s3", parameters),
    "@google-cloud/storage": client("gcs", "gcs", parameters),
    "reading alone": client("waits", "source", parameters),
    "`fetch` alone, of one range again and again": client("waits", "fetchAlone", parameters),
  };
  return inRounds(variants, { rounds, about: `streams at ${serviceTime} ms` });
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
    ms(median(wall(name))),
    ratio(wall(name), longer).median.toFixed(2),
    (median(wall(name)) / ideal).toFixed(2),
  ]);
  const columns = ["", "ms", "to the longer alone", `to ${ideal} ms of waits`];
  const caption = "20 ranges of 3.75 MiB, each 25 ms to read and 25 ms at the service";
  const own = ratio(wall("**`LargeAttachmentTask`**"), longer).median;
  return {
    table: { caption, columns, rows },
    goals: [goal("a slow source beside a slow service, to the longer of the two", own, { most: 1.2 })],
  };
}
