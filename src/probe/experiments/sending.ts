import { at, isDone, listAt, textAt } from "../answer.js";
import { Ended, Unexpected } from "../errors.js";
import type { Experiment } from "../experiment.js";
import { sharedUser, untilFound } from "../items.js";
import type { Lab } from "../lab.js";
import { graph } from "../requests.js";

const service = "outlook";
const immutable = { Prefer: 'IdType="ImmutableId"' };

/** The beginning of the subjects of both mails. */
const beginning = (lab: Lab): string => `${lab.name} mail`;

/** Sends a mail to the user of the mailbox and to nobody else. Returns its path as a draft. */
async function sendToOneself(lab: Lab, label: string, value: object, headers: Record<string, string> = {}) {
  const { body } = await sharedUser(lab);
  const address = textAt(body, "mail") || textAt(body, "userPrincipalName");
  if (!address.includes("@")) throw new Unexpected("the user has no address");
  const subject = `${beginning(lab)} ${label}`;
  const { subjects } = await sharedMails(lab);
  subjects.add(subject);
  const toRecipients = [{ emailAddress: { address } }];
  const draft = await lab
    .ask(graph("POST", `${lab.me}/messages`, { subject, toRecipients, ...value }, { makes: true, headers }))
    .catch((error: unknown) => {
      // The request was not taken, or not even sent.
      if (error instanceof Ended) subjects.delete(subject);
      throw error;
    });
  if (!isDone(draft)) subjects.delete(subject);
  if (!isDone(draft)) throw new Unexpected(`a new draft gets status ${draft.status}`);
  const path = `${lab.me}/messages/${encodeURIComponent(textAt(draft.body, "id"))}`;
  await untilFound(lab, path);
  const sent = await lab.ask(graph("POST", `${path}/send`, undefined, { makes: true, headers }));
  if (sent.status !== 202) throw new Unexpected(`sending gets status ${sent.status}`);
  return path;
}

/** Both mails of a run, which are deleted together. `subjects` are those that may be there. */
const sharedMails = (lab: Lab) =>
  lab.shared("mails", async () => {
    const subjects = new Set<string>();
    const words = `the mails "${beginning(lab)} sent" and "${beginning(lab)} deferred" in Drafts, Sent Items or the Inbox`;
    const record = (by: Lab) => by.made(words, () => removeMails(by, subjects), 8);
    return { subjects, record, strike: record(lab) };
  });

/** Deletes mails wherever they are. They arrive late, so nothing may be found twice after each of them was. */
async function removeMails(lab: Lab, subjects: Set<string>): Promise<boolean> {
  for (let [round, empty] = [0, 0]; round < 8; round++) {
    const found = await findMails(lab);
    empty = found?.length === 0 ? empty + 1 : 0;
    if (empty === 2 && subjects.size === 0) return true;
    for (const { id, subject } of found ?? []) {
      const { status } = await lab.ask(graph("DELETE", `${lab.me}/messages/${encodeURIComponent(id)}`));
      if (status === 204) subjects.delete(subject);
    }
    await lab.wait(2);
  }
  return false;
}

/** The mails in all folders. Undefined if they cannot be listed. */
async function findMails(lab: Lab) {
  const filter = encodeURIComponent(`startswith(subject,'${beginning(lab)}')`);
  const answer = await lab.ask(graph("GET", `${lab.me}/messages?$filter=${filter}&$select=id,subject&$top=50`));
  if (!isDone(answer)) return undefined;
  return listAt(answer.body, "value").map((each) => ({ id: textAt(each, "id"), subject: textAt(each, "subject") }));
}

const sent: Experiment = {
  name: "a mail to oneself",
  service,
  sends: true,
  facts: {
    sentDelay: {
      fact: "Reads after send that still show the draft",
      sides: "number",
      client: "The library looks at the draft again before it reports that nothing was sent.",
    },
    idAfterSend: { fact: "An immutable id leads to the mail after send", documented: true },
  },
  async run(lab) {
    const path = await sendToOneself(lab, "sent", {}, immutable);
    for (let shown = 0; shown < 8; shown++) {
      const { status, body } = await lab.ask(
        graph("GET", `${path}?$select=isDraft`, undefined, { headers: immutable }),
      );
      if (status === 404 || at(body, "isDraft") === false) {
        lab.tell("sentDelay", shown);
        return lab.tell("idAfterSend", status !== 404);
      }
      await lab.wait(1);
    }
    throw new Unexpected("the draft does not become a mail");
  },
};

const deferred: Experiment = {
  name: "a deferred mail to oneself",
  service,
  sends: true,
  facts: {
    deferredMail: {
      fact: "A mail with a deferred send time (0x3FEF)",
      sides: ["send", "wait"],
      client: "The library does not delete such a draft, because that would cancel the mail.",
    },
  },
  async run(lab) {
    // The last experiment with mails takes the entry over, so that they are deleted after it.
    const { record, strike } = await sharedMails(lab);
    record(lab);
    strike();
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    const value = { singleValueExtendedProperties: [{ id: "SystemTime 0x3FEF", value: tomorrow }] };
    const path = await sendToOneself(lab, "deferred", value);
    for (const seconds of [1, 2, 4, 0]) {
      const { status, body } = await lab.ask(graph("GET", `${path}?$select=isDraft`));
      if (status === 404 || at(body, "isDraft") === false) return lab.tell("deferredMail", "send");
      await lab.wait(seconds);
    }
    lab.tell("deferredMail", "wait");
  },
};

export const sending = [sent, deferred];
