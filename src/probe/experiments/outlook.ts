import { at, codeOf, isDone, listAt, textAt, type Answer } from "../answer.js";
import { Unexpected } from "../errors.js";
import type { Experiment } from "../experiment.js";
import { makeOrFail, mark, sharedDraft, triedDraft } from "../items.js";
import { attachment, dots, graph } from "../requests.js";

const service = "outlook";

const newDraft: Experiment = {
  name: "a new draft",
  service,
  facts: {
    mailSendOnly403: {
      fact: "A new draft is refused with 403",
      sides: [true, false],
      client: "The library reports the refusal: the token lacks Mail.ReadWrite.",
    },
    newItemDelay: {
      fact: "Reads of a new draft that get 404",
      documented: 0,
      sides: "number",
      client: "The library waits and asks again, four times.",
    },
  },
  async run(lab) {
    const { answer } = await triedDraft(lab);
    if (isDone(answer) || answer.status === 403) lab.tell("mailSendOnly403", answer.status === 403);
    lab.tell("newItemDelay", (await sharedDraft(lab)).missed);
  },
};

const longPost: Experiment = {
  name: "a POST above 4 MiB",
  service,
  facts: {
    tooLarge: {
      fact: "Answer to a POST above 4,194,304 bytes",
      documented: "json413",
      sides: ["json413", "entity413", "html413", "empty413", "json400", "empty500", "reset"],
      client: "The library sends such files by a session, and reads every form of the refusal.",
    },
  },
  async run(lab) {
    const { path } = await sharedDraft(lab);
    const body = { ...attachment("probe.bin", 3_200_000) };
    const answer = await lab.ask(graph("POST", `${path}/attachments`, body, { once: true }));
    const { status, text } = answer;
    const form = answer.body !== undefined ? "json" : text === "" ? "empty" : "html";
    const entity = codeOf(answer) === "RequestEntityTooLarge" ? "entity" : form;
    lab.tell("tooLarge", status === 0 ? "reset" : isDone(answer) ? "taken" : `${entity}${status}`);
  },
};

const together: Experiment = {
  name: "writes at the same time",
  service,
  facts: {
    conflicts: {
      fact: "One of three writes to an item at the same time gets 412",
      sides: [true, false],
      client: "The library writes to an item one after another, and repeats after 412.",
    },
  },
  async run(lab) {
    const { path } = await sharedDraft(lab);
    let conflict = false;
    for (let round = 0; round < 3 && !conflict; round++) {
      const post = (name: string) =>
        lab.ask(graph("POST", `${path}/attachments`, attachment(`${name}${round}.bin`, 300_000), { once: true }));
      const answers = await Promise.all([post("a"), post("b"), post("c")]);
      conflict = answers.some(({ status }) => status === 412);
    }
    lab.tell("conflicts", conflict);
  },
};

const page: Experiment = {
  name: "a list of attachments",
  service,
  facts: {
    listPageSize: {
      fact: "Attachments on one page of their list, of eleven",
      sides: "number",
      client: "The library follows @odata.nextLink.",
    },
  },
  async run(lab) {
    const attachments = Array.from({ length: 11 }, (_, index) => attachment(`${index}.txt`, 3));
    const collection = `${lab.me}/messages`;
    const making = { what: "message" as const, label: "list", collection, value: { attachments } };
    const { body } = (await makeOrFail(lab, making, "/attachments?$select=id")).read;
    const shown = listAt(body, "value").length;
    lab.tell("listPageSize", at(body, "@odata.nextLink") === undefined ? "all" : shown);
  },
};

const references: Experiment = {
  name: "reference attachments",
  service,
  facts: {
    referenceAttachments: {
      fact: "A reference attachment with an address on v1.0",
      documented: "refused",
      sides: ["refused", "taken"],
      client: "The library tries it, and puts the link into the text if it is refused.",
    },
    referenceAttachmentsOnBeta: { fact: "A reference attachment with an address on beta", documented: "taken" },
  },
  async run(lab) {
    const { path } = await sharedDraft(lab);
    const value = {
      "@odata.type": "#microsoft.graph.referenceAttachment",
      ...{ name: "probe", sourceUrl: "https://probe.example/probe.txt", providerType: "oneDriveBusiness" },
    };
    const url = `${path}/attachments`;
    const answer = await lab.ask(graph("POST", url, value));
    const read = ({ status }: Answer) => (status < 300 ? "taken" : status === 400 ? "refused" : `status ${status}`);
    lab.tell("referenceAttachments", read(answer));
    const beta = await lab.ask(graph("POST", url, value, { url: `/beta${url}` }));
    lab.tell("referenceAttachmentsOnBeta", read(beta));
  },
};

const marker: Experiment = {
  name: "a mark in $filter",
  service,
  facts: {
    filterDelay: {
      fact: "Lists with $filter that do not show a new draft by its extended property",
      sides: "number",
      client: "The library may make a draft twice after a lost response.",
    },
  },
  async run(lab) {
    await sharedDraft(lab);
    const filter = `singleValueExtendedProperties/Any(ep: ep/id eq '${mark}' and ep/value eq '${lab.name}')`;
    for (let missed = 0; missed < 6; missed++) {
      const found = await lab.ask(graph("GET", `${lab.me}/messages?$filter=${encodeURIComponent(filter)}&$select=id`));
      if (!isDone(found)) throw new Unexpected(`the filter gets status ${found.status}`);
      if (listAt(found.body, "value").length > 0) return lab.tell("filterDelay", missed);
      await lab.wait(1);
    }
    throw new Unexpected("the filter does not find the draft");
  },
};

const sizes: Experiment = {
  name: "a size of attachments",
  service,
  facts: {
    sizeFactor: {
      fact: "The size of an Outlook attachment, divided by the bytes of its file",
      sides: "number",
      client: "The library compares names and bytes, not sizes.",
    },
  },
  async run(lab) {
    const { path } = await sharedDraft(lab);
    const made = await lab.ask(graph("POST", `${path}/attachments`, attachment("size.bin", 500_000)));
    const { body } = await lab.ask(graph("GET", `${path}/attachments/${textAt(made.body, "id")}?$select=size`));
    const size = Number(at(body, "size"));
    if (!isDone(made) || !(size > 0)) throw new Unexpected("the attachment has no size");
    lab.tell("sizeFactor", Math.round((size / dots(500_000).length) * 1000) / 1000);
  },
};

export const outlook = [newDraft, marker, sizes, longPost, page, references, together];
