import { Unexpected } from "../errors.js";
import type { Experiment } from "../experiment.js";
import { onSession, range } from "../requests.js";
import { openOrFail, sharedSession, total } from "./outlookSession.js";

const service = "outlook";

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
    const { url } = await sharedSession(lab);
    const { status } = await lab.ask(onSession("DELETE", url));
    if (status !== 204) throw new Unexpected(`DELETE gets status ${status}`);
    lab.tell("afterDelete", (await lab.ask(range(url, 0, 100, total))).status);
    lab.tell("deleteTwice", (await lab.ask(onSession("DELETE", url))).status);
  },
};

/** The last one deletes the session that the others use. */
export const outlookRanges = [wrong, last, longRange, deleted];
