import { goal, MIB, ms, told } from "./support/format.mjs";
import { sample } from "./support/samples.mjs";
import { startService } from "./support/service.mjs";
import { spread } from "./support/statistics.mjs";
import { client, each } from "./support/variants.mjs";

const SHOWN = 6;
/** Entries of the profile that are idle time or the profiler itself. */
const NOT_WORK = ["(idle)", "dispatch"];
/** The sender is Node's business, as `fetch` is. */
const OURS = /\/dist\/esm\/(?!node\/)/;

/** Reasons of goals that are missed. */
const MEMORY =
  "promises, signals, headers and replies of each request. Without TLS and with a service of 0 ms, little else takes time.";
const STREAM = `${MEMORY} From a stream, each chunk of 64 KiB takes a promise and some calls besides.`;

/** Profiles uploads and sums the time by file. */
export async function run({ rounds = 3 } = {}) {
  const service = await startService();
  try {
    const parts = [];
    for (const stream of [false, true]) {
      for (const lean of [false, true]) {
        const variant = client("profiled", "profiled", {
          origin: service.origin,
          size: 300 * MIB,
          rangeSize: 3_932_160,
          stream,
          lean,
        });
        const samples = [];
        for (let round = 0; round < rounds; round++) samples.push(await sample(variant));
        parts.push(
          shares(`${stream ? "a Node stream" : "memory"} by \`${lean ? "rangeFetch()" : "fetch"}\``, stream, samples),
        );
      }
    }
    return { tables: parts.map(({ table }) => table), goals: parts.map(({ most }) => most) };
  } finally {
    await service.stop();
  }
}

function shares(source, stream, samples) {
  const measured = samples.map(({ times, copy }) => {
    const files = Object.entries(times).filter(([file]) => !NOT_WORK.includes(file));
    const sum = (some) => some.reduce((total, [, time]) => total + time, 0);
    const total = sum(files);
    const own = sum(files.filter(([file]) => OURS.test(file)));
    return { files, total, own: (100 * own) / total, beyond: (100 * (own - copy)) / total };
  });
  const total = spread(each(measured, "total"));
  const files = [...new Set(measured.flatMap(({ files }) => files.map(([file]) => file)))].map((file) => {
    const times = measured.map(({ files }) => Object.fromEntries(files)[file] ?? 0);
    const percents = measured.map((one, index) => (100 * times[index]) / one.total);
    return { file, time: spread(times), percent: spread(percents) };
  });
  files.sort((a, b) => b.time.median - a.time.median);
  const shown = files.filter(({ file, percent }, index) => index < SHOWN || (OURS.test(file) && percent.median >= 0.1));
  const rows = shown.map(({ file, time, percent }) => [named(file), told(time, ms), told(percent, one)]);
  const caption = `300 MiB from ${source} in a warm process: self time by file, ${told(total, ms)} ms in all`;
  const own = spread(each(measured, "own"));
  const beyond = spread(each(measured, "beyond"));
  const note = `All files of this library together: ${told(own, one)} %${stream ? `, without the one copy ${told(beyond, one)} %` : ""}.`;
  const most = stream
    ? goal(`self time of this library beyond the one copy, from ${source}`, beyond, {
        most: 1,
        unit: " %",
        why: STREAM,
      })
    : goal(`self time of this library, from ${source}`, own, { most: 2, unit: " %", why: MEMORY });
  return { table: { caption, columns: ["", "ms", "%"], rows, note }, most };
}

const one = (value) => value.toFixed(1);

function named(file) {
  const [, inside] = /\/(dist\/esm\/.*|node_modules\/.*)$/.exec(file) ?? [];
  return OURS.test(file) ? `**${inside}**` : `\`${inside ?? file}\``;
}
