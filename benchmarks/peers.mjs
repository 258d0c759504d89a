import { createCertificate } from "./support/certificate.mjs";
import { goal, MIB, mib, ms, share, told } from "./support/format.mjs";
import { inRounds } from "./support/samples.mjs";
import { startService } from "./support/service.mjs";
import { ratio, spread } from "./support/statistics.mjs";
import { client, each } from "./support/variants.mjs";

const SIZE = 128 * MIB;
const RANGE = 3_932_160;
const LEAN = "**`attach`** with `rangeFetch()`";
const LIMIT = "`rangeFetch()` alone, one range again and again";
/** In the tables, by name. */
const PEERS = {
  "Graph client's `LargeFileUploadTask`": ["sdk", "sdk"],
  "tus-js-client": ["tus", "tus"],
  "@azure/storage-blob": ["azureBlob", "azureBlob"],
  "@aws-sdk/lib-storage": ["s3", "s3"],
  "@google-cloud/storage": ["gcs", "gcs"],
};

/** Bytes of a file of few ranges. What a larger one takes more is what its ranges take. */
const FEW = 4 * RANGE;
const MORE = Math.ceil(SIZE / RANGE) - FEW / RANGE;

const WHY =
  "a file costs more than its ranges: a session and a list of attachments, both through the Graph client's chain and Node's `fetch`. One range more is compared in a goal of its own.";

/** Compares this library with others: 128 MiB from memory, to equal services, without TLS and with it. */
export async function run({ rounds = 7 } = {}) {
  const certificate = await createCertificate();
  try {
    const plain = await compared({ rounds, words: "without TLS" });
    const secure = await compared({ rounds: Math.min(rounds, 5), words: "with TLS", tls: certificate });
    return { tables: [plain.table, secure.table], goals: [...plain.goals, ...secure.goals] };
  } finally {
    certificate.remove();
  }
}

async function compared({ rounds, words, tls }) {
  const service = await startService(0, tls);
  try {
    const parameters = { origin: service.origin, size: SIZE, rangeSize: RANGE, ca: tls?.cert };
    const peers = Object.entries(PEERS).map(([name, [file, way]]) => [name, client(file, way, parameters)]);
    const variants = {
      "bare `fetch` loop": client("bare", "bare", parameters),
      "the same again": client("bare", "bare", parameters),
      "**`LargeAttachmentTask`**": client("ours", "task", parameters),
      "**`attach`**": client("ours", "attach", parameters),
      [LEAN]: client("ours", "attach", { ...parameters, lean: true }),
      ...Object.fromEntries(peers),
      [LIMIT]: client("waits", "senderAlone", { ...parameters, lean: true }),
    };
    const few = { ...parameters, size: FEW };
    const small = {
      [LEAN]: client("ours", "attach", { ...few, lean: true }),
      ...Object.fromEntries(Object.entries(PEERS).map(([name, [file, way]]) => [name, client(file, way, few)])),
    };
    const fewOf = (name) => `${name}, few ranges`;
    const all = {
      ...variants,
      ...Object.fromEntries(Object.entries(small).map(([name, one]) => [fewOf(name), one])),
    };
    const samples = await inRounds(all, { rounds, about: `peers ${words}` });
    /** Processor time of one range more, by round. */
    const oneMore = (name) =>
      each(samples[name], "cpu").map((cpu, round) => (cpu - samples[fewOf(name)][round].cpu) / MORE);
    const to = (name, base, what) => ratio(each(samples[name], what), each(samples[base], what));
    const rows = Object.keys(variants).map((name) => [
      name,
      told(spread(each(samples[name], "wall")), ms),
      share(to(name, LIMIT, "wall")),
      told(spread(each(samples[name], "cpu")), ms),
      share(to(name, LIMIT, "cpu")),
      name in small ? share(spread(oneMore(name))) : "",
      told(spread(each(samples[name], "peak")), mib),
    ]);
    const columns = [
      "",
      "ms",
      "to the limit",
      "CPU ms",
      "to the limit",
      "CPU ms, one range more",
      "peak MiB over the file",
    ];
    const caption = `128 MiB from memory ${words}, ranges of 3.75 MiB one after another, service of 0 ms`;
    const note =
      "Medians, with the middle half of all rounds. Ratios are of pairs of the same round. The limit is the last row. One range more: the difference to a file of four ranges. S3 signs every part and reckons its checksum.";
    const goals = [
      ["wall", "time"],
      ["cpu", "CPU"],
    ].map(([what, called]) => {
      const [rival, most] = mostOf(Object.keys(PEERS), (peer) => to(LEAN, peer, what));
      return goal(`128 MiB from memory ${words}, ${called} to the best peer (${rival})`, most, { most: 1, why: WHY });
    });
    const [rival, most] = mostOf(Object.keys(PEERS), (peer) => ratio(oneMore(LEAN), oneMore(peer)));
    goals.push(goal(`CPU of one range more from memory ${words} to the best peer (${rival})`, most, { most: 1 }));
    return { table: { caption, columns, rows, note }, goals };
  } finally {
    await service.stop();
  }
}

/** The peer that comes closest, and our ratio to it. */
export function mostOf(peers, ratioTo) {
  const all = peers.map((peer) => [peer, ratioTo(peer)]);
  return all.reduce((most, one) => (one[1].median > most[1].median ? one : most));
}
