import { expiryIn, isDone, lifeIn, rangesIn, textAt, type Answer } from "../answer.js";
import { Unexpected } from "../errors.js";
import type { Experiment } from "../experiment.js";
import type { Lab } from "../lab.js";
import { graph, onSession, origin, preflight, range, type ProbeRequest } from "../requests.js";
import { fileIn } from "./drive.js";

const service = "drive";
const unit = 327_680;
const total = 3 * unit;

async function open(lab: Lab, name: string, value: object = {}): Promise<Answer> {
  return lab.ask(graph("POST", `${await fileIn(lab, name)}:/createUploadSession`, value));
}

async function openOrFail(lab: Lab, name: string, value?: object): Promise<{ url: string; answer: Answer }> {
  const answer = await open(lab, name, value);
  const url = textAt(answer.body, "uploadUrl");
  if (!isDone(answer) || url === "") throw new Unexpected(`a session gets status ${answer.status}`);
  return { url, answer };
}

const end = (lab: Lab, url: string): Promise<Answer> => lab.ask(onSession("DELETE", url));

/** A session after its first range. */
const sharedSession = (lab: Lab) =>
  lab.shared("drive session", async () => {
    const { url, answer: opened } = await openOrFail(lab, "ranges.bin");
    await lab.wait(1);
    const first = await lab.ask(range(url, 0, unit, total));
    if (first.status !== 202) throw new Unexpected(`the first range gets status ${first.status}`);
    return { url, opened, first };
  });

/** The status of that session, asked for as by a page of another origin. */
const sharedStatus = (lab: Lab): Promise<Answer> =>
  lab.shared("drive session status", async () => {
    const { url } = await sharedSession(lab);
    return lab.ask(onSession("GET", url, { headers: origin }));
  });

/** The form of the missing ranges after the first range. */
function formOf(ranges: readonly string[]): string {
  if (ranges.length > 1) return "several";
  return /^\d+-\d+$/.test(ranges[0] ?? "") ? "closed" : "open";
}

const firstRange: Experiment = {
  name: "the first range of a session",
  service,
  facts: {
    driveCreateRanges: {
      fact: "nextExpectedRanges of a new session",
      documented: "absent",
      agrees: ["absent", "0-"],
      sides: ["absent", "0-"],
    },
    driveRanges: { fact: "Form of nextExpectedRanges", sides: ["open", "closed", "several"] },
    driveStatusRanges: {
      fact: "Ranges in the answer to a GET on the upload URL",
      documented: "all",
      sides: ["all", "first", "absent"],
      client: "The library takes the first gap, and goes on from its own count without one.",
    },
    driveExpiry: { fact: "A range moves the end of the session", sides: ["moves", "fixed"] },
    driveSessionSeconds: { fact: "Seconds from a range to the end of its session", sides: "number" },
  },
  async run(lab) {
    const { opened, first } = await sharedSession(lab);
    const atFirst = rangesIn(opened);
    lab.tell("driveCreateRanges", atFirst === undefined ? "absent" : (atFirst[0] ?? "empty"));
    const [before, after] = [expiryIn(opened), expiryIn(first)];
    if (before !== undefined && after !== undefined) lab.tell("driveExpiry", after > before ? "moves" : "fixed");
    const life = lifeIn(first);
    if (life !== undefined && before !== after) lab.tell("driveSessionSeconds", life);
    const ranges = rangesIn(first);
    if (ranges) lab.tell("driveRanges", formOf(ranges));
    const status = rangesIn(await sharedStatus(lab));
    if (!status) lab.tell("driveStatusRanges", "absent");
    else if (ranges) lab.tell("driveStatusRanges", status.length < ranges.length ? "first" : "all");
  },
};

const asked: Experiment = {
  name: "questions to a session",
  service,
  facts: {
    driveAuthorization: {
      fact: "A token at the upload host",
      documented: "refuse",
      sides: ["refuse", "ignore"],
      client: "The library never sends one.",
    },
    driveSecondSession: {
      fact: "A second session for a name that has an open one",
      sides: ["refuse", "accept"],
      client: "The library reports the refusal.",
    },
    uploadHostHeaders: {
      fact: "A header at the upload host that no range needs",
      sides: ["refuse", "ignore"],
      client: "The library sends none.",
    },
    driveCors: { fact: "Pages of other origins may read the answers of the upload host" },
    driveCorsPreflight: { fact: "Pages may send a range with Content-Range" },
  },
  async run(lab) {
    const { url } = await sharedSession(lab);
    const get = (more: Partial<ProbeRequest>) => lab.ask(onSession("GET", url, more));
    const { status } = await get({ stranger: true });
    if (status === 200 || status === 401) lab.tell("driveAuthorization", status === 200 ? "ignore" : "refuse");
    const other = await get({ headers: { "X-Probe": "1" } });
    if (other.status === 200 || other.status === 400)
      lab.tell("uploadHostHeaders", isDone(other) ? "ignore" : "refuse");
    const { headers } = await sharedStatus(lab);
    lab.tell("driveCors", headers.has("access-control-allow-origin"));
    const allowed = (await lab.ask(preflight(url))).headers.get("access-control-allow-headers") ?? "";
    lab.tell("driveCorsPreflight", /content-range|\*/i.test(allowed));
    const second = await open(lab, "ranges.bin");
    const rival = textAt(second.body, "uploadUrl");
    if (rival !== "" && rival !== url) await end(lab, rival);
    if (rival !== "") lab.tell("driveSecondSession", "accept");
    else if (second.status === 409) lab.tell("driveSecondSession", "refuse");
  },
};

const wrong: Experiment = {
  name: "wrong ranges",
  service,
  facts: {
    driveRefusalStatus: { fact: "Status of a range after a gap", sides: ["own", 400] },
    driveReplayStatus: {
      fact: "Status of a range that was sent before",
      documented: 416,
      client: "The library asks for the offset.",
    },
    driveDeleteTwice: { fact: "Status of a second DELETE" },
  },
  async run(lab) {
    const { url } = await sharedSession(lab);
    const gap = (await lab.ask(range(url, 2 * unit, total, total))).status;
    lab.tell("driveRefusalStatus", gap === 416 ? "own" : gap);
    lab.tell("driveReplayStatus", (await lab.ask(range(url, 0, unit, total))).status);
    await end(lab, url);
    lab.tell("driveDeleteTwice", (await end(lab, url)).status);
  },
};

const misaligned: Experiment = {
  name: "a range of another length",
  service,
  facts: {
    driveMisaligned: {
      fact: "A range that is no multiple of 327,680 bytes",
      sides: ["refuse", "atCommit"],
      client: "The library sends multiples.",
    },
  },
  async run(lab) {
    const { url } = await openOrFail(lab, "misaligned.bin");
    if (!isDone(await lab.ask(range(url, 0, 100, 200)))) {
      lab.tell("driveMisaligned", "refuse");
    } else {
      const rest = await lab.ask(range(url, 100, 200, 200));
      lab.tell("driveMisaligned", isDone(rest) ? "accepted" : "atCommit");
    }
  },
};

const deferred: Experiment = {
  name: "a deferred commit",
  service,
  facts: {
    driveDeferredRanges: {
      fact: "nextExpectedRanges after the last range under deferCommit",
      sides: ["empty", "absent"],
    },
  },
  async run(lab) {
    const { url } = await openOrFail(lab, "deferred.bin", { deferCommit: true });
    const answer = await lab.ask(range(url, 0, 100, 100));
    const ranges = rangesIn(answer);
    if (answer.status === 202) lab.tell("driveDeferredRanges", ranges === undefined ? "absent" : "empty");
  },
};

const held: Experiment = {
  name: "the name of a deleted session",
  service,
  facts: {
    driveNameHeld: {
      fact: "New sessions that a name refuses after its session was deleted",
      documented: 0,
      sides: "number",
      client: "The library reports the refusal.",
    },
  },
  async run(lab) {
    await end(lab, (await openOrFail(lab, "held.bin")).url);
    for (let refused = 0; refused < 6; refused++) {
      const again = await open(lab, "held.bin");
      const url = textAt(again.body, "uploadUrl");
      if (url !== "") return lab.tell("driveNameHeld", refused);
      if (again.status !== 409) throw new Unexpected(`a session gets status ${again.status}`);
      await lab.wait(2);
    }
    throw new Unexpected("the name stays held");
  },
};

const together: Experiment = {
  name: "two ranges at the same time",
  service,
  facts: { driveParallel: { fact: "Two ranges of a session at the same time" } },
  async run(lab) {
    const { url } = await openOrFail(lab, "parallel.bin");
    const sent = [0, 1].map((index) => lab.ask({ ...range(url, index * unit, (index + 1) * unit, total), once: true }));
    const taken = (await Promise.all(sent)).filter(isDone).length;
    if (taken > 0) lab.tell("driveParallel", taken === 2 ? "both are taken" : "one is refused");
  },
};

/** A session that no other experiment meets ends with the folder of the probe. */
export const driveSessions = [firstRange, asked, wrong, misaligned, deferred, held, together];
