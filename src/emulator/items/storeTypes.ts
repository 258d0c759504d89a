import type { SentMail } from "../mail/types.js";
import type { ItemKind } from "../graph/path.js";
import type { FileInit, Item, StoredAttachment } from "../types.js";

export interface StoredItem extends Item {
  readonly kind: ItemKind;
  /** What it was written with, by its JSON names: subject, body, toRecipients, attendees… */
  readonly properties: Record<string, unknown>;
  draft: boolean;
  /** The mail folder that holds a message. */
  folder: string;
  /** The id survives sending, as `Prefer: IdType="ImmutableId"` asks for. */
  immutable: boolean;
  /** The message went out from here. */
  sent: boolean;
  /** Between `/send` and the message's arrival in Sent Items. */
  sending?: Sending;
  /** The addresses that an event's invitation went to. */
  invited: readonly string[];
  readonly mime?: Buffer;
  readonly created: string;
  readonly listId?: string;
  /** The meeting request that leads to this event. */
  readonly messageId?: string;
  readonly attachments: StoredAttachment[];
  /** Session PUTs answered with 404 because the new draft was not replicated yet. */
  unreplicatedPuts: number;
}

/** `becomes` is the sent message, the draft itself where its id is immutable; `left` counts GETs until it is there. */
export interface Sending {
  readonly becomes: StoredItem;
  readonly mail: SentMail;
  left: number;
}

/** What a new item may be given; the rest follows. */
export type ItemInit = Partial<
  Pick<StoredItem, "properties" | "draft" | "messageId" | "folder" | "immutable" | "mime" | "attachments" | "invited">
>;

export interface StoredSession {
  readonly id: string;
  readonly protocol: "outlook" | "todo";
  readonly item: StoredItem;
  readonly file: SessionFile;
  readonly uploadUrl: string;
  /** Path and query of `uploadUrl` before `?`, exactly as given out. */
  readonly uploadPath: string;
  readonly authtoken?: string;
  /** Milliseconds since 1970; it never moves (documented). */
  readonly expires: number;
  readonly chunks: Buffer[];
  offset: number;
  ended?: "complete" | "deleted";
}

/** What a session was opened for; `size` in bytes. */
export interface SessionFile {
  readonly name: string;
  readonly size: number;
  readonly contentType?: string;
  readonly isInline?: boolean;
  readonly contentId?: string;
}

export type NewAttachment = FileInit &
  Pick<StoredAttachment, "via"> &
  Partial<Pick<StoredAttachment, "odataType" | "isInline" | "contentId">>;
