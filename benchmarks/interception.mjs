import { client, each } from "./support/variants.mjs";
import { goal, MIB, mib, ms, told } from "./support/format.mjs";
import { inRounds } from "./support/samples.mjs";
import { startService } from "./support/service.mjs";
import { ratio, spread } from "./support/statistics.mjs";

const RANGE = 3_932_160;
const tenths = (bytes) => (bytes / MIB).toFixed(1);

const SEARCH =
  "before the first range, the text of 200 MB is searched once for its end, for escapes and for white space, without a pause.";

/** Measures 150 MiB in the JSON body of one POST, through the handler. */
export async function run({ rounds = 5 } = {}) {
  const service = await startService();
  try {
    const parameters = { origin: service.origin, size: 150 * MIB };
    const variants = {
      "`JSON.parse` and `Buffer.from`": client("intercepted", "parsed", parameters),
      "**`LargeAttachmentHandler`**": client("intercepted", "handled", parameters),
      "bare `fetch` loop of the decoded bytes": client("intercepted", "bytes", parameters),
      "**`LargeAttachmentHandler`**, nothing sent": client("intercepted", "held", parameters),
    };
    const samples = await inRounds(variants, { rounds, about: "interception" });
    const [parsed, handled, , held] = Object.values(samples);
    const rows = Object.entries(samples).map(([name, all]) => [
      name,
      around(each(all, "first")),
      around(each(all, "longest")),
      told(spread(each(all, "wall")), ms),
      told(spread(each(all, "cpu")), ms),
      told(spread(each(all, "peak")), mib),
      all[0].buffers === undefined
        ? ""
        : ["buffers", "heap"].map((what) => told(spread(each(all, what)), tenths)).join(" + "),
    ]);
    const columns = [
      "",
      "ms to the first range",
      "longest stop, ms",
      "ms in all",
      "CPU ms",
      "peak MiB",
      "MiB in use: buffers + heap",
    ];
    const caption = "150 MiB as the JSON body of one POST, service of 0 ms";
    const note =
      "Medians, with the middle half of all rounds. Memory is what comes on top of the caller's string. In use: once rubbish is collected, at every range. The limit is the bare loop, which has the bytes without a body around them.";
    return {
      tables: [{ caption, columns, rows, note }],
      goals: [
        goal(
          "first range of an intercepted body, to parsing and decoding all of it",
          ratio(each(handled, "first"), each(parsed, "first")),
          { most: 0.15, why: SEARCH },
        ),
        goal("longest stop of the event loop", spread(each(handled, "longest")), {
          most: 30,
          unit: " ms",
          why: SEARCH,
        }),
        goal("memory in use besides the body, in ranges", spread(each(held, "buffers").map((one) => one / RANGE)), {
          most: 2,
        }),
      ],
    };
  } finally {
    await service.stop();
  }
}

/** Formats a series. Returns an empty text without samples. */
const around = (values) => (values[0] === undefined ? "" : told(spread(values), ms));
