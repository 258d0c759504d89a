import { mib, ms, share, told } from "./support/format.mjs";
import { inRounds } from "./support/samples.mjs";
import { startService } from "./support/service.mjs";
import { ratio, spread } from "./support/statistics.mjs";
import { client, each } from "./support/variants.mjs";

/** Name in the table → export of `clients/puts.mjs`. */
const WAYS = {
  "`fetch`, bytes": "bytes",
  "the same again": "bytes",
  '`redirect: "error"`': "noRedirect",
  '`redirect: "error", window: null`': "noClone",
  "`keepalive: true`": "keepalive",
  "a Blob": "blob",
  "a stream of chunks of 64 KiB, Content-Length given": "streamOfSmall",
  "a stream of one chunk, Content-Length given": "streamOfOne",
  'the same, `redirect: "error", window: null`': "streamOfOneNoClone",
  "an async iterable of one chunk": "iterableOfOne",
  "undici's own `fetch` and `Agent`": "undiciFetch",
  "`undici.request`": "undiciRequest",
  "**`rangeFetch()`**": "lean",
  "`node:http`": "nodeHttp",
};
const COUNT = 32;
const LENGTH = 4_194_304;

/** Measures the CPU time of each way to send. It shows what an injected `fetch` could save. */
export async function run({ rounds = 5 } = {}) {
  const service = await startService();
  try {
    const parameters = { origin: service.origin, count: COUNT, length: LENGTH };
    const variants = Object.entries(WAYS).map(([name, way]) => [name, client("puts", way, parameters)]);
    const samples = await inRounds(Object.fromEntries(variants), { rounds, about: "cpu" });
    const [base] = Object.values(samples);
    const rows = Object.entries(samples).map(([name, all]) => [
      name,
      told(spread(each(all, "wall")), (one) => ms(one / COUNT)),
      told(spread(each(all, "cpu")), (one) => ms(one / COUNT)),
      share(ratio(each(all, "cpu"), each(base, "cpu"))),
      told(spread(each(all, "peak")), mib),
    ]);
    const columns = ["", "ms", "CPU ms", "CPU to `fetch` of bytes", "peak MiB over the file"];
    const caption = "A PUT of 4 MiB, by the way it is sent, service of 0 ms";
    const note = "Medians, with the middle half of all rounds. The limit is the last row.";
    return { tables: [{ caption, columns, rows, note }] };
  } finally {
    await service.stop();
  }
}
