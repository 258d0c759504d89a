import { createCertificate } from "./support/certificate.mjs";
import { share, told } from "./support/format.mjs";
import { inRounds } from "./support/samples.mjs";
import { startService } from "./support/service.mjs";
import { ratio, spread } from "./support/statistics.mjs";
import { client, each } from "./support/variants.mjs";

const COUNT = 32;
const LENGTH = 3_932_160;

/** Measures where the processor time of one range goes: the differences of ways that add one part to each other. */
export async function run({ rounds = 7 } = {}) {
  const certificate = await createCertificate();
  const [plain, secure] = [await startService(), await startService(0, certificate)];
  try {
    const put = (way, service = plain) => {
      const ca = service === secure ? certificate.cert : undefined;
      return client("puts", way, { origin: service.origin, count: COUNT, length: LENGTH, ca });
    };
    const ours = (way, more) =>
      client("ours", way, { origin: plain.origin, size: COUNT * LENGTH, rangeSize: LENGTH, ...more });
    const variants = {
      socket: put("socket"),
      tls: put("socket", secure),
      fetch: put("streamOfOne"),
      lean: put("lean"),
      memoryByFetch: ours("drive", {}),
      memory: ours("drive", { lean: true }),
      stream: ours("drive", { lean: true, stream: true }),
      source: client("waits", "source", { size: COUNT * LENGTH, rangeSize: LENGTH, stream: true }),
      copy: client("waits", "copyAlone", { size: COUNT * LENGTH, rangeSize: LENGTH }),
    };
    const samples = await inRounds(variants, { rounds, about: "one range" });
    const cpu = (name) => each(samples[name], "cpu").map((one) => one / COUNT);
    const without = (name, ...others) =>
      others.reduce((left, other) => left.map((one, index) => one - cpu(other)[index]), cpu(name));
    const parts = [
      ["**a whole range from memory by `rangeFetch()`**", cpu("memory")],
      ["the kernel and Node's socket: HTTP by hand", cpu("socket")],
      ["TLS, on top of that", without("tls", "socket")],
      ["Node's `fetch`, on top of the socket", without("fetch", "socket")],
      ["`rangeFetch()`, on top of the socket", without("lean", "socket")],
      ["**this library**, on top of `fetch`, its requests for the session included", without("memoryByFetch", "fetch")],
      ["**this library**, on top of `rangeFetch()`, the same", without("memory", "lean")],
      ["**this library** from a stream, on top of that and of reading", without("stream", "memory", "source")],
      ["of which one copy of the bytes, done alone", cpu("copy")],
      ["reading such a stream, done alone", cpu("source")],
    ];
    const rows = parts.map(([name, values]) => {
      return [name, told(spread(values), (one) => one.toFixed(2)), share(ratio(values, cpu("memory")))];
    });
    const columns = ["", "CPU ms", "to a whole range"];
    const caption = "Where the time goes: processor time of one range of 3.75 MiB";
    const note =
      "Differences are of pairs of the same round. The limit of every client is the second row, and with TLS that of the third besides. A part that costs less than the noise can come out below 0.";
    return { tables: [{ caption, columns, rows, note }] };
  } finally {
    await Promise.all([plain.stop(), secure.stop()]);
    certificate.remove();
  }
}
