import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { client, each } from "./support/variants.mjs";
import { goal, MIB, mib, ms, share, told } from "./support/format.mjs";
import { inRounds } from "./support/samples.mjs";
import { startService } from "./support/service.mjs";
import { bytesOf } from "./support/source.mjs";
import { ratio, spread } from "./support/statistics.mjs";

const SIZE = 110_000_000;
const MAILER = "**`graphTransport`** for nodemailer";
const ATTACH = "`attach` to a draft, and `send`";

/** Measures the cost of nodemailer next to `attach`, with a mail that has a large file from a path. */
export async function run({ rounds = 5 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "bench-mailer-"));
  const service = await startService();
  try {
    const [path, little] = [join(folder, "large.bin"), join(folder, "little.bin")];
    writeFileSync(path, bytesOf(SIZE));
    writeFileSync(little, bytesOf(8_000_000));
    const parameters = { origin: service.origin, path, little };
    const variants = {
      [MAILER]: client("mailer", "transport", parameters),
      [ATTACH]: client("mailer", "attach", parameters),
    };
    const samples = await inRounds(variants, { rounds, about: "nodemailer" });
    const walls = (name) => each(samples[name], "wall");
    const peakOf = (name) => spread(each(samples[name], "peak"));
    const rows = Object.keys(samples).map((name) => [
      name,
      told(spread(walls(name)), ms),
      share(ratio(walls(name), walls(ATTACH))),
      told(peakOf(name), mib),
    ]);
    return {
      tables: [
        {
          caption: "A mail with 110 MB from a path",
          columns: ["", "ms", "to `attach`", "peak MiB"],
          rows,
          note: "Medians, with the middle half of all rounds. The limit is the last row.",
        },
      ],
      goals: [
        goal("nodemailer, to `attach`", ratio(walls(MAILER), walls(ATTACH)), { most: 1.2 }),
        goal("memory of nodemailer", spread(each(samples[MAILER], "peak").map((one) => one / MIB)), {
          most: 70,
          unit: " MiB",
        }),
      ],
    };
  } finally {
    await service.stop();
    rmSync(folder, { recursive: true });
  }
}
