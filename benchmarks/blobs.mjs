import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MIB, mib, ms, share, told } from "./support/format.mjs";
import { inRounds } from "./support/samples.mjs";
import { startService } from "./support/service.mjs";
import { bytesOf } from "./support/source.mjs";
import { ratio, spread } from "./support/statistics.mjs";
import { client, each } from "./support/variants.mjs";

const SIZE = 128 * MIB;

/** A file of 128 MiB as `fs.openAsBlob` opens it. */
export async function run({ rounds = 5 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const path = join(folder, "file.bin");
  writeFileSync(path, bytesOf(SIZE));
  const service = await startService();
  try {
    const parameters = { origin: service.origin, path, size: SIZE, rangeSize: 3_932_160 };
    const variants = {
      "bare `fetch`, slices read first": client("files", "readFirst", parameters),
      "bare `fetch`, slices as they are": client("files", "asIs", parameters),
      "bare `fetch`, slices read ahead": client("files", "readAhead", parameters),
      "**`LargeAttachmentTask`** of the Blob": client("files", "task", parameters),
      "**`LargeAttachmentTask`** of `fs.createReadStream`": client("files", "stream", parameters),
    };
    const tables = [];
    for (const serviceTime of [0, 20]) {
      await service.setServiceTime(serviceTime);
      const samples = await inRounds(variants, {
        rounds: serviceTime ? Math.min(rounds, 3) : rounds,
        about: `blobs at ${serviceTime} ms`,
      });
      tables.push(tableOf(samples, serviceTime));
    }
    return { tables };
  } finally {
    await service.stop();
    rmSync(folder, { recursive: true });
  }
}

function tableOf(samples, serviceTime) {
  const [base] = Object.values(samples);
  const rows = Object.entries(samples).map(([name, all]) => [
    name,
    told(spread(each(all, "wall")), ms),
    share(ratio(each(all, "wall"), each(base, "wall"))),
    told(spread(each(all, "cpu")), ms),
    told(spread(each(all, "peak")), mib),
  ]);
  const columns = ["", "ms", "to slices read first", "CPU ms", "peak MiB"];
  return {
    caption: `128 MiB on disk by \`fs.openAsBlob\`, ranges of 3.75 MiB, service of ${serviceTime} ms`,
    columns,
    rows,
    note: "Medians, with the middle half of all rounds. The limit of a loop by hand is the quickest of the first three rows.",
  };
}
