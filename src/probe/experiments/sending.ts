import { at, isDone, textAt } from "../answer.js";
import { Unexpected, type Experiment } from "../experiment.js";
import { findBySubject, untilFound } from "../items.js";
import type { Lab } from "../lab.js";
import { graph } from "../requests.js";

const service = "outlook";
const immutable = { Prefer: 'IdType="ImmutableId"' };

/** Sends a mail to the user of the mailbox and to nobody else. Returns its path as a draft. */
async function sendToOneself(lab: Lab, label: string, value: object, headers: Record<string, string> = {}) {
  const { body } = await lab.ask(graph("GET", `${lab.me}?$select=mail,userPrincipalName`));
  const address = textAt(body, "mail") || textAt(body, "userPrincipalName");
  if (!address.includes("@")) throw new Unexpected("the user has no address");
  const subject = `${lab.name} ${label}`;
  const strike = lab.made(`the mail "${subject}" in Drafts, Sent Items or the Inbox`, () => removeMail(lab, subject));
  const toRecipients = [{ emailAddress: { address } }];
  const draft = await lab.ask(
    graph("POST", `${lab.me}/messages`, { subject, toRecipients, ...value }, { makes: true, headers }),
  );
  if (!isDone(draft)) strike();
  if (!isDone(draft)) throw new Unexpected(`a new draft gets status ${draft.status}`);
  const path = `${lab.me}/messages/${encodeURIComponent(textAt(draft.body, "id"))}`;
  await untilFound(lab, path);
  const sent = await lab.ask(graph("POST", `${path}/send`, undefined, { makes: true, headers }));
  if (sent.status !== 202) throw new Unexpected(`sending gets status ${sent.status}`);
  return path;
}

/** Deletes a mail wherever it is. It arrives late, so nothing may be found twice after something was. */
async function removeMail(lab: Lab, subject: string): Promise<boolean> {
  for (let [round, empty, deleted] = [0, 0, false]; round < 8; round++) {
    const found = await findBySubject(lab, "message", subject);
    empty = found?.length === 0 ? empty + 1 : 0;
    if (empty === 2 && deleted) return true;
    for (const id of found ?? []) {
      const { status } = await lab.ask(graph("DELETE", `${lab.me}/messages/${encodeURIComponent(id)}`));
      deleted ||= status === 204;
    }
    await lab.wait(2);
  }
  return false;
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
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    const value = { singleValueExtendedProperties: [{ id: "SystemTime 0x3FEF", value: tomorrow }] };
    const path = await sendToOneself(lab, "deferred", value);
    for (let shown = 0; shown < 8; shown++) {
      const { status, body } = await lab.ask(graph("GET", `${path}?$select=isDraft`));
      if (status === 404 || at(body, "isDraft") === false) return lab.tell("deferredMail", "send");
      await lab.wait(1);
    }
    lab.tell("deferredMail", "wait");
  },
};

export const sending = [sent, deferred];
