import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { client, each } from "./support/variants.mjs";
import { goal, MIB, mib, ms, share } from "./support/format.mjs";
import { inRounds } from "./support/samples.mjs";
import { startService } from "./support/service.mjs";
import { bytesOf } from "./support/source.mjs";
import { median, ratio } from "./support/statistics.mjs";

const SIZE = 110_000_000;
const MAILER = "**`graphTransport`** for nodemailer";
const ATTACH = "`attach` to a draft, and `send`";

/** Measures a mail with a large file from a path: what nodemailer costs next to `attach`. */
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
    const peakOf = (name) => median(each(samples[name], "peak"));
    const rows = Object.keys(samples).map((name) => [
      name,
      ms(median(walls(name))),
      share(ratio(walls(name), walls(ATTACH))),
      mib(peakOf(name)),
    ]);
    return {
      tables: [{ caption: "A mail with 110 MB from a path", columns: ["", "ms", "to `attach`", "peak MiB"], rows }],
      goals: [
        goal("nodemailer, to `attach`", ratio(walls(MAILER), walls(ATTACH)).median, { most: 1.2 }),
        goal("memory of nodemailer", peakOf(MAILER) / MIB, { most: 70, unit: " MiB" }),
      ],
    };
  } finally {
    await service.stop();
    rmSync(folder, { recursive: true });
  }
}
