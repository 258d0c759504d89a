import { isDone, listAt } from "../answer.js";
import { Unexpected } from "../errors.js";
import type { Experiment } from "../experiment.js";
import { findBySubject, makeItem, makeOrFail, mark, sharedDraft } from "../items.js";
import { attachment, graph } from "../requests.js";

const service = "outlook";

const pascal: Experiment = {
  name: "names in Pascal case",
  service,
  facts: {
    jsonNames: {
      fact: "A draft with the name Subject for subject",
      documented: "documented",
      sides: ["documented", "anyCase"],
      client: "The library reads names in any letter case, and keeps those of the caller.",
    },
  },
  async run(lab) {
    const collection = `${lab.me}/messages`;
    const item = await makeItem(lab, { what: "message", label: "names", collection, subjectKey: "Subject" });
    if (item.id !== "") lab.tell("jsonNames", "anyCase");
    else if (item.answer.status === 400) lab.tell("jsonNames", "documented");
  },
};

const folder: Experiment = {
  name: "a draft made in a folder",
  service,
  facts: {
    otherPaths: {
      fact: "A draft made below /mailFolders/drafts is found at /messages",
      documented: "found",
      sides: ["found", "missing"],
      client: "The library stays on the path on which it made the item.",
    },
    deletedMail: { fact: "A deleted draft is found in all folders", sides: ["gone", "moved"] },
  },
  async run(lab) {
    const collection = `${lab.me}/mailFolders/drafts/messages`;
    const { id, path, subject, strike } = await makeOrFail(lab, { what: "message", label: "folder", collection });
    const { status } = await lab.ask(graph("GET", `${lab.me}/messages/${encodeURIComponent(id)}?$select=id`));
    lab.tell("otherPaths", status === 404 ? "missing" : "found");
    const gone = await lab.ask(graph("DELETE", path));
    if (gone.status === 204) strike();
    const found = await findBySubject(lab, "message", subject);
    if (gone.status === 204 && found) lab.tell("deletedMail", found.length > 0 ? "moved" : "gone");
  },
};

const answers: Experiment = {
  name: "attachments of a reply",
  service,
  facts: {
    answerAttachments: {
      fact: "Attachments in the body of createReply",
      documented: "keep",
      sides: ["keep", "drop"],
      client: "The library attaches the files to the draft afterwards, and compares before it sends.",
    },
    answerProperties: { fact: "Extended properties in the body of createReply", sides: ["keep", "drop"] },
  },
  async run(lab) {
    const { path, id } = await sharedDraft(lab);
    const attachments = [attachment("probe.txt", 3)];
    const making = {
      ...{ what: "message" as const, label: "reply", collection: `${path}/createReply`, home: `${lab.me}/messages` },
      value: { attachments, singleValueExtendedProperties: [{ id: mark, value: lab.name }] },
      wrap: (message: object) => ({ message }),
    };
    const reply = await makeOrFail(lab, making, "/attachments?$select=id");
    if (reply.id === id) throw new Unexpected("the reply is the draft");
    lab.tell("answerAttachments", listAt(reply.read.body, "value").length > 0 ? "keep" : "drop");
    const expand = encodeURIComponent(`singleValueExtendedProperties($filter=id eq '${mark}')`);
    const kept = await lab.ask(graph("GET", `${reply.path}?$select=id&$expand=${expand}`));
    if (!isDone(kept)) return;
    lab.tell("answerProperties", listAt(kept.body, "singleValueExtendedProperties").length > 0 ? "keep" : "drop");
  },
};

const mime: Experiment = {
  name: "a draft of MIME",
  service,
  facts: {
    largeMime: {
      fact: "A draft of 2.3 MB in MIME",
      documented: "taken",
      sides: ["taken", "ignored"],
      client: "The library sends such a draft in parts.",
    },
  },
  async run(lab) {
    const lines = `${".".repeat(900)}\r\n`.repeat(2553);
    const text = `Subject: ${lab.name} mime\r\nContent-Type: text/plain\r\n\r\n${lines}`;
    const { answer } = await makeItem(lab, {
      ...{ what: "message", label: "mime", collection: `${lab.me}/messages` },
      mime: Buffer.from(text).toString("base64"),
    });
    if (answer.status === 201) lab.tell("largeMime", "taken");
    if (answer.status === 200) lab.tell("largeMime", "ignored");
  },
};

/** Experiments that make drafts in other ways. */
export const drafts = [pascal, folder, answers, mime];
