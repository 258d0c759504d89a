import type { EventInfo, Fixture, Item, MailboxFixture, MessageInfo, MessageInit } from "../api.js";
import { userName, type Store, type StoredItem } from "../items/store.js";
import { addressesIn, contentOf, recipient } from "./letter.js";
import { recipientsOf } from "./sending.js";

const colleague = "adele@contoso.example";

/** Adds a draft or a received message to the mailbox. */
export function addMessage(store: Store, init: MessageInit = {}): Item {
  const { subject = "", draft = true, body = "", cc = [] } = init;
  const from = init.from ?? (draft ? undefined : colleague);
  const to = init.to ?? (draft ? [] : [userName]);
  const properties = {
    subject,
    ...(from === undefined ? {} : { from: recipient(from), sender: recipient(from) }),
    toRecipients: to.map(recipient),
    ccRecipients: cc.map(recipient),
    body: { contentType: "text", content: body },
  };
  return itemOf(store.addItem("message", { draft, properties, folder: draft ? "drafts" : "inbox" }));
}

/** Adds an event to the calendar. Its attendees count as invited, without mail. */
export function addEvent(store: Store, init: Parameters<Fixture["addEvent"]>[0] = {}): Item {
  const { subject = "", message, attendees = [] } = init;
  const properties = { subject, attendees: attendees.map(recipient) };
  return itemOf(store.addItem("event", { properties, messageId: message?.id, invited: attendees }));
}

/** The fixture of the mailbox. */
export function mailboxFixture(store: Store): MailboxFixture {
  const messages = (wanted: (item: StoredItem) => boolean): MessageInfo[] =>
    [...store.items.values()].filter((item) => item.kind === "message" && wanted(item)).map(describeMessage);
  return {
    drafts: () => messages(({ draft }) => draft),
    sentItems: () => messages(({ sent }) => sent),
    outbox: () => [...store.outbox],
  };
}

export const eventsOf = (store: Store): EventInfo[] =>
  [...store.items.values()]
    .filter(({ kind }) => kind === "event")
    .map((event) => ({
      ...itemOf(event),
      subject: String(event.properties.subject ?? ""),
      attendees: addressesIn(event.properties.attendees),
      invited: [...event.invited],
      attachments: [...event.attachments],
    }));

const describeMessage = (item: StoredItem): MessageInfo => ({
  ...itemOf(item),
  subject: String(item.properties.subject ?? ""),
  isDraft: item.draft,
  recipients: recipientsOf(item.properties),
  body: contentOf(item.properties),
  folder: item.folder,
  attachments: [...item.attachments],
  ...(item.mime ? { mime: item.mime } : {}),
});

const itemOf = ({ id, path }: StoredItem): Item => ({ id, path });
