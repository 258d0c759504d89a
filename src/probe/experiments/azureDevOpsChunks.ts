import { isDone, textAt, type Answer } from "../answer.js";
import type { Experiment } from "../experiment.js";
import type { Lab } from "../lab.js";
import { range } from "../requests.js";
import { pathTo, upload } from "./azureDevOps.js";

const service = "azureDevOps";

/** Ten bytes of a file from `from`. */
async function chunk(lab: Lab, id: string, from: number, total: number, version?: string): Promise<Answer> {
  const url = await pathTo(lab, `attachments/${id}`, "uploadType=chunked&fileName=probe.txt&", version);
  return lab.ask(range(url, from, from + 10, total, { to: "azureDevOps" }));
}

/** An upload, and the answer to its first chunk by an early api-version, which may be refused. */
const sharedChunks = (lab: Lab) =>
  lab.shared("chunks", async () => {
    const { id } = await upload(lab, "chunks", true);
    return { id, early: await chunk(lab, id, 0, 20, "2.0") };
  });

const chunks: Experiment = {
  name: "an upload in chunks",
  service,
  facts: {
    azureChunkStatus: {
      fact: "Status of a chunk, and of the last one",
      documented: "201 then 200",
      agrees: ["201 then 200", 200],
      sides: ["201 then 200", 200, 201, 202],
      client: "The library accepts all of them.",
    },
    azureChunkFileName: { fact: "The URL in the answer to a chunk repeats fileName", sides: [true, false] },
    azureReplay: {
      fact: "The last chunk, sent again",
      sides: ["refuse", "accept"],
      client: "The library takes the refusal as a sign that the chunk was taken.",
    },
  },
  async run(lab) {
    const { id, early } = await sharedChunks(lab);
    const first = isDone(early) ? early : await chunk(lab, id, 0, 20);
    const last = await chunk(lab, id, 10, 20);
    if (!isDone(first) || !isDone(last)) return;
    const [one, other] = [first.status, last.status];
    lab.tell("azureChunkStatus", one === other ? one : `${one} then ${other}`);
    lab.tell("azureChunkFileName", /filename=/i.test(textAt(first.body, "url")));
    lab.tell("azureReplay", isDone(await chunk(lab, id, 10, 20)) ? "accept" : "refuse");
  },
};

const versions: Experiment = {
  name: "a chunk by an early api-version",
  service,
  facts: { azureChunkFloor: { fact: "First api-version that takes chunks", sides: ["2.0", "5.0"] } },
  async run(lab) {
    const { early } = await sharedChunks(lab);
    if (isDone(early)) return lab.tell("azureChunkFloor", "2.0");
    if (early.status === 405) lab.tell("azureChunkFloor", "5.0");
  },
};

const unknown: Experiment = {
  name: "a chunk of an unknown attachment",
  service,
  facts: {
    azureUnknownId: {
      fact: "Status of a chunk for an attachment that does not exist",
      sides: [400, 404],
      client: "The library starts the upload again.",
    },
  },
  async run(lab) {
    lab.tell("azureUnknownId", (await chunk(lab, "00000000-0000-4000-8000-00000000beef", 0, 20)).status);
  },
};

/** The total in the first chunk is enough to be refused, so nothing large is uploaded. */
const maximum: Experiment = {
  name: "the largest attachment",
  service,
  facts: {
    azureMaximum: {
      fact: "Largest attachment, in bytes",
      documented: 62_914_560,
      sides: [62_914_560, 4_194_304, 2_000_000_000],
      client: "The library reports the refusal.",
    },
    azureTooLargeStatus: { fact: "Status of a larger one", sides: [400, 413] },
  },
  async run(lab) {
    const tell = (value: number | string, refusal: Answer): void => {
      lab.tell("azureMaximum", value);
      lab.tell("azureTooLargeStatus", refusal.status);
    };
    const { id } = await upload(lab, "maximum", true);
    const more = await chunk(lab, id, 0, 62_914_561);
    if (isDone(more)) {
      const most = await chunk(lab, (await upload(lab, "maximum 2", true)).id, 0, 2_000_000_001);
      return isDone(most) ? lab.tell("azureMaximum", "not reported by the first chunk") : tell(2_000_000_000, most);
    }
    if (isDone(await chunk(lab, id, 0, 62_914_560))) return tell(62_914_560, more);
    const less = (await upload(lab, "maximum 2", true)).id;
    tell(isDone(await chunk(lab, less, 0, 4_194_304)) ? 4_194_304 : "below 4 MB", more);
  },
};

export const azureDevOpsChunks = [chunks, versions, unknown, maximum];
