import { goal, MIB, ms } from "./support/format.mjs";
import { sample } from "./support/samples.mjs";
import { startService } from "./support/service.mjs";
import { client } from "./support/variants.mjs";

const SHOWN = 12;
/** Entries of the profile that are idle time or the profiler itself. */
const NOT_WORK = ["(idle)", "dispatch"];
const OURS = /\/dist\/esm\//;

/** Profiles a task and sums the time by file. */
export async function run() {
  const service = await startService();
  try {
    const parameters = { origin: service.origin, size: 150 * MIB, rangeSize: 3_932_160 };
    const memory = await sample(client("profiled", "profiled", parameters));
    const stream = await sample(client("profiled", "profiled", { ...parameters, stream: true }));
    const parts = [shares("memory", memory), shares("a Node stream", stream)];
    return { tables: parts.map(({ table }) => table), goals: parts.map(({ most }) => most) };
  } finally {
    await service.stop();
  }
}

function shares(source, { times }) {
  const files = Object.entries(times)
    .filter(([file]) => !NOT_WORK.includes(file))
    .sort(([, a], [, b]) => b - a);
  const sum = (some) => some.reduce((total, [, time]) => total + time, 0);
  const total = sum(files);
  const percent = (time) => (100 * time) / total;
  const shown = files.filter(([file, time], index) => index < SHOWN || (OURS.test(file) && percent(time) >= 0.1));
  const rows = shown.map(([file, time]) => [named(file), ms(time), `${percent(time).toFixed(1)} %`]);
  const own = files.filter(([file]) => OURS.test(file));
  const caption = `150 MiB from ${source} by \`LargeAttachmentTask\`: self time by file, ${ms(total)} ms in all`;
  const note = `All files of this library together: ${percent(sum(own)).toFixed(1)} %.`;
  const most = goal(`self time of our costliest file, from ${source}`, percent(own[0]?.[1] ?? 0), {
    most: 5,
    unit: " %",
  });
  return { table: { caption, columns: ["", "ms", "share"], rows, note }, most };
}

function named(file) {
  const [, inside] = /\/(dist\/esm\/.*|node_modules\/.*)$/.exec(file) ?? [];
  return OURS.test(file) ? `**${inside}**` : `\`${inside ?? file}\``;
}
