import type { Item, StoredAttachment } from "../types.js";

/** A message as a test sees it. `recipients` are the addresses of To, Cc and Bcc in that order. */
export interface MessageInfo extends Item {
  readonly subject: string;
  readonly isDraft: boolean;
  readonly recipients: string[];
  readonly body: string;
  /** The name or id of its folder, as the request that put it there wrote it. */
  readonly folder: string;
  readonly attachments: StoredAttachment[];
  /** The decoded MIME, where the message came so; it is not parsed. */
  readonly mime?: Buffer;
}

/** An event as a test sees it; `attendees` are addresses, `invited` those who have been written to. */
export interface EventInfo extends Item {
  readonly subject: string;
  readonly attendees: string[];
  readonly invited: string[];
  readonly attachments: StoredAttachment[];
}

/** Something that went out, with what it carried at that moment. */
export interface SentMail {
  readonly kind: "mail" | "invitation" | "update" | "cancellation";
  readonly subject: string;
  readonly recipients: string[];
  readonly body: string;
  readonly attachments: StoredAttachment[];
  /** The message in Sent Items, or the event; absent where nothing was kept. */
  readonly item?: Item;
  /** The decoded MIME, where the message came so; it is not parsed. */
  readonly mime?: Buffer;
}

/** What is in the mailbox, oldest first, looked at without requests. */
export interface MailboxFixture {
  drafts(): MessageInfo[];
  sentItems(): MessageInfo[];
  /** Everything that went out: mail, invitations, updates and cancellations of events. */
  outbox(): SentMail[];
}
