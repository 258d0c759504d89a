import { isDone, listAt } from "../answer.js";
import { Unexpected } from "../errors.js";
import type { Experiment } from "../experiment.js";
import { makeItem, makeOrFail, untilFound } from "../items.js";
import type { Lab } from "../lab.js";
import { attachment, graph } from "../requests.js";

const service = "outlook";
const day = 86_400_000;

/** An event of tomorrow without attendees and reminder, so nobody hears of it. */
function making(lab: Lab, label: string, value: object = {}) {
  const at = (hour: number) => new Date(Date.now() + day).toISOString().slice(0, 11) + `0${hour}:00:00`;
  const [start, end] = [4, 5].map((hour) => ({ dateTime: at(hour), timeZone: "UTC" }));
  const quiet = { start, end, isReminderOn: false, showAs: "free" };
  return { what: "event" as const, label, collection: `${lab.me}/events`, value: { ...quiet, ...value } };
}

const withFiles: Experiment = {
  name: "a new event with attachments",
  service,
  facts: {
    eventAttachments: {
      fact: "Attachments in the body of a new event",
      sides: ["drop", "refuse"],
      client: "The library never sends them in the event.",
    },
  },
  async run(lab) {
    const item = await makeItem(lab, making(lab, "event", { attachments: [attachment("probe.txt", 3)] }));
    if (item.answer.status === 400) return lab.tell("eventAttachments", "refuse");
    if (item.id === "") throw new Unexpected(`a new event gets status ${item.answer.status}`);
    const { answer } = await untilFound(lab, item.path, "/attachments?$select=id");
    if (!isDone(answer)) throw new Unexpected(`the list of attachments gets status ${answer.status}`);
    lab.tell("eventAttachments", listAt(answer.body, "value").length > 0 ? "keep" : "drop");
  },
};

const twice: Experiment = {
  name: "an event",
  service,
  facts: {
    transactionId: {
      fact: "Two events with one transactionId",
      documented: "one event",
      client: "The library may make an event twice after a lost response.",
    },
    eventSessionStatus: { fact: "Status of a new session of an event", documented: 201 },
  },
  async run(lab) {
    const wanted = making(lab, "transaction", { transactionId: lab.name.slice(-17) });
    const first = await makeOrFail(lab, wanted);
    const second = await makeItem(lab, wanted);
    if (second.id === first.id) second.strike();
    if (isDone(second.answer)) lab.tell("transactionId", first.id === second.id ? "one event" : "two events");
    else lab.tell("transactionId", `status ${second.answer.status}`);
    const value = { AttachmentItem: { attachmentType: "file", name: "probe.bin", size: 3_200_000 } };
    const { status } = await lab.ask(graph("POST", `${first.path}/attachments/createUploadSession`, value));
    lab.tell("eventSessionStatus", status);
  },
};

export const events = [withFiles, twice];
