import { client, each } from "./support/variants.mjs";
import { MIB, mib, ms, share } from "./support/format.mjs";
import { inRounds } from "./support/samples.mjs";
import { startService } from "./support/service.mjs";
import { median, ratio } from "./support/statistics.mjs";

const SIZE = 128 * MIB;
const RANGE = 3_932_160;

/** Compares this library with others: 128 MiB from memory, to equal services. */
export async function run({ rounds = 7 } = {}) {
  const service = await startService();
  try {
    const parameters = { origin: service.origin, size: SIZE, rangeSize: RANGE };
    const variants = {
      "bare `fetch` loop": client("bare", "bare", parameters),
      "the same again": client("bare", "bare", parameters),
      "**`LargeAttachmentTask`**": client("ours", "task", parameters),
      "**`attach`**": client("ours", "attach", parameters),
      "Graph client's `LargeFileUploadTask`": client("sdk", "sdk", parameters),
      "tus-js-client": client("tus", "tus", parameters),
      "@azure/storage-blob": client("azureBlob", "azureBlob", parameters),
      "@aws-sdk/lib-storage": client("s3", "s3", parameters),
      "@google-cloud/storage": client("gcs", "gcs", parameters),
    };
    const samples = await inRounds(variants, { rounds, about: "peers" });
    const [bare] = Object.values(samples);
    const rows = Object.entries(samples).map(([name, all]) => [
      name,
      ms(median(each(all, "wall"))),
      share(ratio(each(all, "wall"), each(bare, "wall"))),
      ms(median(each(all, "cpu"))),
      share(ratio(each(all, "cpu"), each(bare, "cpu"))),
      mib(median(each(all, "peak"))),
    ]);
    const columns = ["", "ms", "to bare `fetch`", "CPU ms", "to bare `fetch`", "peak MiB over the file"];
    const caption = "128 MiB from memory, ranges of 3.75 MiB one after another, service of 0 ms";
    const note =
      "Ratios are medians of pairs of the same round, with the middle half of them. S3 signs every part and reckons its checksum.";
    return { tables: [{ caption, columns, rows, note }] };
  } finally {
    await service.stop();
  }
}
