import { startService } from "./support/service.mjs";
import { inRounds } from "./support/samples.mjs";
import { median, ratio } from "./support/statistics.mjs";

const module = new URL("./clients/puts.mjs", import.meta.url);
const VARIANTS = {
  "fetch, redirect manual": "now",
  "the same again": "now",
  "fetch, redirect follow": "follow",
  "fetch, redirect error": "error",
  "fetch, redirect error, window null": "errorNoWindow",
  "fetch, keepalive": "keepalive",
  "fetch, Buffer": "buffer",
  "fetch, Blob": "blob",
  "fetch, Blob, error + window null": "blobLean",
  "fetch, stream of 64 KiB": "stream64",
  "fetch, stream of 256 KiB": "stream256",
  "fetch, stream of 4 MiB": "streamWhole",
  "fetch, stream of 1 MiB, error + window null": "stream1024Lean",
  "fetch, stream of 64 KiB, error + window null": "stream64Lean",
  "fetch, stream of 256 KiB, error + window null": "stream256Lean",
  "fetch, stream of 4 MiB, error + window null": "streamWholeLean",
  "fetch, iterable of 256 KiB, error + window null": "iterableLean",
  "fetch, iterable of 4 MiB": "iterableWhole",
  "fetch, iterable of 4 MiB, error + window null": "iterableWholeLean",
  "undici's fetch and Agent": "undiciFetchManual",
  "undici's fetch and Agent, error + window null": "undiciFetchLean",
  "undici.request": "undiciRequests",
  "node:http": "nodeHttp",
};

export async function run({ rounds = 7 } = {}) {
  const service = await startService();
  try {
    const parameters = { origin: service.origin };
    const variants = Object.entries(VARIANTS).map(([name, run]) => [name, { module, run, parameters }]);
    const samples = await inRounds(Object.fromEntries(variants), { rounds });
    const [base] = Object.values(samples);
    const rows = Object.entries(samples).map(([name, all]) => {
      const of = (what) => all.map((one) => one[what]);
      const cpu = ratio(
        of("cpu"),
        base.map((one) => one.cpu),
      );
      return [name, median(of("wall")) / 32, median(of("cpu")) / 32, cpu, median(of("peak")) / 2 ** 20];
    });
    return { columns: ["", "wall, ms each", "CPU, ms each", "CPU ratio", "peak, MiB over base"], rows };
  } finally {
    await service.stop();
  }
}
const { columns, rows } = await run({ rounds: Number(process.argv[2] ?? 5) });
console.log(columns.join(" | "));
for (const r of rows)
  console.log(
    r
      .map((c) =>
        typeof c === "number"
          ? c.toFixed(2)
          : typeof c === "object"
            ? `${c.median.toFixed(2)} (${c.low.toFixed(2)}…${c.high.toFixed(2)})`
            : c,
      )
      .join(" | "),
  );
