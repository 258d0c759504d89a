import { codeOf, expiryIn, isDone, keyLike, lifeIn, rangesIn, textAt, type Answer } from "../answer.js";
import { Unexpected, type Experiment } from "../experiment.js";
import { sharedDraft } from "../items.js";
import type { Lab } from "../lab.js";
import { graph, onSession, origin, preflight, range } from "../requests.js";

const service = "outlook";
/** Above every least size that was reported, and below 4 MiB. */
const total = 3_200_000;

const item = (size: number): object => ({ AttachmentItem: { attachmentType: "file", name: `${size}.bin`, size } });

/** Opens a session on the shared draft, which ends with it. */
async function open(lab: Lab, size: number): Promise<Answer> {
  const { path } = await sharedDraft(lab);
  return lab.ask(graph("POST", `${path}/attachments/createUploadSession`, item(size)));
}

async function openOrFail(lab: Lab, size: number): Promise<{ url: string; answer: Answer }> {
  const answer = await open(lab, size);
  const url = textAt(answer.body, "uploadUrl");
  if (!isDone(answer) || url === "") throw new Unexpected(`a session gets status ${answer.status}`);
  return { url, answer };
}

/** The session that most experiments use, after its first 100 bytes. `missed` counts their 404s. */
const sharedSession = (lab: Lab) =>
  lab.shared("outlook session", async () => {
    const { url, answer: opened } = await openOrFail(lab, total);
    for (let missed = 0; missed < 6; missed++) {
      const first = await lab.ask(range(url, 0, 100, total));
      if (isDone(first)) return { url, opened, first, missed };
      if (first.status !== 404) throw new Unexpected(`the first range gets status ${first.status}`);
      await lab.wait(1);
    }
    throw new Unexpected("the first range gets status 404");
  });

const sizes: Experiment = {
  name: "sizes of sessions",
  service,
  facts: {
    usGov: { fact: "There are no sessions for Outlook", documented: false, sides: [true, false] },
    outlookMinimum: {
      fact: "Least file of a session, in bytes",
      documented: "3 MB",
      agrees: [3_000_000, 3_145_728],
      sides: [0, 2_097_152, 3_000_000, 3_145_728],
      client: "The library sends a file that is too small for a session in one POST.",
    },
    outlookMaximum: {
      fact: "Largest file of a session, in bytes",
      documented: "150 MB",
      agrees: [157_286_400, 150_000_000],
      sides: [157_286_400, 150_000_000],
      client: "The library checks for 150 MiB and reports the refusal of less.",
    },
  },
  async run(lab) {
    const first = await open(lab, 3_145_728);
    const none = first.status === 400 && /segment/.test(textAt(first.body, "error", "message"));
    lab.tell("usGov", none);
    if (!isDone(first)) throw new Unexpected(`a session gets status ${first.status}`);
    let least = 3_145_728;
    for (const size of [3_000_000, 2_097_152, 1]) {
      if (!isDone(await open(lab, size))) break;
      least = size === 1 ? 0 : size;
    }
    lab.tell("outlookMinimum", least);
    if (!isDone(await open(lab, 157_286_400))) {
      const less = isDone(await open(lab, 150_000_000));
      return lab.tell("outlookMaximum", less ? 150_000_000 : "below 150 MB");
    }
    const more = isDone(await open(lab, 157_286_401));
    lab.tell("outlookMaximum", more ? "above 150 MiB" : 157_286_400);
  },
};

const firstRange: Experiment = {
  name: "the first range of a session",
  service,
  facts: {
    uploadPath: {
      fact: "Path before Users(...) in the upload URL",
      sides: ["api/v1.0", "api/v2.0", "api/beta", "api/gv1.0", "api/gbeta"],
    },
    sessionSeconds: { fact: "Life of a session, in seconds", sides: "number" },
    expiryMoves: { fact: "A range moves the end of the session", documented: false },
    replicationDelay: {
      fact: "First ranges that get 404",
      documented: 0,
      sides: "number",
      client: "The library opens the session again, up to four times.",
    },
    intermediateKeys: {
      fact: "Letter case of the keys in an intermediate reply",
      documented: "mixed",
      sides: ["mixed", "pascal", "camel"],
      client: "The library reads keys in any letter case.",
    },
    intermediateRanges: {
      fact: "Form of nextExpectedRanges",
      documented: "bare",
      sides: ["bare", "open", "absent"],
      client: "The library reads each form, and counts itself without one.",
    },
  },
  async run(lab) {
    const { url, opened, first, missed } = await sharedSession(lab);
    lab.tell("replicationDelay", missed);
    const prefix = /^https:\/\/[^/]+\/(.+?)\/users\(/i.exec(url)?.[1];
    if (prefix !== undefined) lab.tell("uploadPath", prefix);
    const life = lifeIn(opened);
    if (life !== undefined) lab.tell("sessionSeconds", life);
    const [before, after] = [expiryIn(opened), expiryIn(first)];
    if (before !== undefined && after !== undefined) lab.tell("expiryMoves", after > before + 500);
    const ranges = rangesIn(first);
    lab.tell("intermediateRanges", !ranges?.[0] ? "absent" : /^\d+$/.test(ranges[0]) ? "bare" : "open");
    const [end, next] = [keyLike(first, "expirationDateTime"), keyLike(first, "nextExpectedRanges")];
    if (end?.startsWith("e")) lab.tell("intermediateKeys", "camel");
    else if (next) lab.tell("intermediateKeys", next.startsWith("N") ? "pascal" : "mixed");
  },
};

const asked: Experiment = {
  name: "questions to a session",
  service,
  facts: {
    outlookStatus: {
      fact: "Status of a GET on the upload URL",
      sides: [200, 404, 405],
      client: "The library asks, and sends the next range if there is no answer.",
    },
    cors: {
      fact: "Pages of other origins may read the answers of the upload host",
      documented: "strict",
      sides: ["strict", "off"],
      client: "In such a page, an upload fails as if there were no network.",
    },
    corsExposeLocation: {
      fact: "Pages may read Location",
      sides: [true, false],
      client: "The library finds the new attachment in the list.",
    },
    corsPreflight: { fact: "Pages may send a range with Content-Range", documented: true },
    audienceError: {
      fact: "Code of the 401 for a token at the upload host",
      sides: ["InvalidAudience", "InvalidAudienceForResource"],
    },
  },
  async run(lab) {
    const { url } = await sharedSession(lab);
    const get = await lab.ask(onSession("GET", url, { headers: origin }));
    lab.tell("outlookStatus", get.status);
    const allowed = get.headers.has("access-control-allow-origin");
    lab.tell("cors", allowed ? "strict" : "off");
    const exposed = get.headers.get("access-control-expose-headers") ?? "";
    if (allowed) lab.tell("corsExposeLocation", /(^|[ ,])location|\*/i.test(exposed));
    const { headers } = await lab.ask(preflight(url));
    lab.tell("corsPreflight", /content-range|\*/i.test(headers.get("access-control-allow-headers") ?? ""));
    const refused = await lab.ask(onSession("GET", url, { stranger: true }));
    if (refused.status === 401 && codeOf(refused) !== "") lab.tell("audienceError", codeOf(refused));
  },
};

const wrong: Experiment = {
  name: "wrong ranges",
  service,
  facts: {
    replayStatus: { fact: "Status of a range that was sent before" },
    gapStatus: { fact: "Status of a range after a gap" },
    overlapStatus: { fact: "Status of a range that overlaps the last one" },
    totalStatus: { fact: "Status of a range with another total" },
  },
  async run(lab) {
    const { url } = await sharedSession(lab);
    const status = async (from: number, to: number, size = total) => (await lab.ask(range(url, from, to, size))).status;
    lab.tell("gapStatus", await status(200, 300));
    lab.tell("totalStatus", await status(100, 200, total + 1));
    lab.tell("overlapStatus", await status(50, 150));
    lab.tell("replayStatus", await status(0, 100));
  },
};

const last: Experiment = {
  name: "the last range",
  service,
  facts: {
    locationMissing: {
      fact: "The last reply has no Location",
      documented: false,
      sides: [true, false],
      client: "The library finds the new attachment in the list.",
    },
    locationEncoded: { fact: "The id in Location is percent-encoded", sides: [true, false] },
    finalBody: { fact: "Body of the last reply", documented: "empty", sides: ["empty", "json"] },
  },
  async run(lab) {
    const { url } = await openOrFail(lab, total);
    const answer = await lab.ask(range(url, 0, total, total));
    if (answer.status !== 201) throw new Unexpected(`the last range gets status ${answer.status}`);
    const location = answer.headers.get("location");
    lab.tell("locationMissing", location === null);
    lab.tell("finalBody", answer.text === "" ? "empty" : "json");
    const id = /Attachments\('(.+?)'\)/i.exec(location ?? "")?.[1] ?? "";
    if (/[=%]/.test(id)) lab.tell("locationEncoded", id.includes("%"));
  },
};

const longRange: Experiment = {
  name: "a range above 4 MiB",
  service,
  facts: {
    rangeMaximum: {
      fact: "A range of more than 4,194,304 bytes",
      documented: "4 MB",
      agrees: ["4MiB"],
      sides: ["none", "4MiB"],
      client: "The library sends shorter ranges.",
    },
  },
  async run(lab) {
    const { url } = await openOrFail(lab, 4_300_000);
    const { status } = await lab.ask(range(url, 0, 4_194_305, 4_300_000, { once: true }));
    lab.tell("rangeMaximum", status === 200 ? "none" : status === 0 || status === 413 ? "4MiB" : `status ${status}`);
  },
};

const deleted: Experiment = {
  name: "a deleted session",
  service,
  facts: {
    afterDelete: {
      fact: "Status of a range for a deleted session",
      sides: [404, 410],
      client: "The library opens a new session.",
    },
    deleteTwice: { fact: "Status of a second DELETE" },
  },
  async run(lab) {
    const { url } = await openOrFail(lab, total);
    const { status } = await lab.ask(onSession("DELETE", url));
    if (status !== 204) throw new Unexpected(`DELETE gets status ${status}`);
    lab.tell("afterDelete", (await lab.ask(range(url, 0, 100, total))).status);
    lab.tell("deleteTwice", (await lab.ask(onSession("DELETE", url))).status);
  },
};

export const outlookSessions = [sizes, firstRange, asked, wrong, last, longRange, deleted];
