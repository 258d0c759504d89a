import type { FileInit, Item, SentMail, SessionInfo, SessionState, StoredAttachment } from "../api.js";
import { createHash } from "node:crypto";
import type { ItemKind, Route } from "../graph/path.js";

/** The signed-in user, tenant and the one To Do list; the ids are those of the documented samples. */
export const userId = "a8e8e219-4931-95c1-b73d-62626fd79c32";
export const userName = "megan@contoso.example";
export const tenantId = "72aa88bf-76f0-494f-91ab-2d7cd730db47";

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

/** Everything the service remembers. Ids follow from a counter, so that runs can be repeated. */
export class Store {
  readonly items = new Map<string, StoredItem>();
  readonly sessions: StoredSession[] = [];
  readonly outbox: SentMail[] = [];
  private count = 0;

  constructor(private readonly now: () => number) {}

  /** An id in Exchange's form, with the `=` that has to survive in paths. */
  newId(): string {
    const number = ++this.count;
    return `AAMkADI5${createHash("sha256").update(`id ${number}`).digest("base64url").slice(0, 22)}${number}=`;
  }

  /** An item that nobody finds before it is kept. */
  makeItem(kind: ItemKind, init: ItemInit = {}): StoredItem {
    const id = this.newId();
    const listId = kind === "task" ? this.newId() : undefined;
    const path = kind === "task" ? `/me/todo/lists/${listId}/tasks/${id}` : `/me/${kind}s/${id}`;
    return {
      id,
      path,
      kind,
      listId,
      properties: { ...(kind === "message" && { internetMessageId: `<${id}@contoso.example>` }), ...init.properties },
      draft: init.draft ?? kind === "message",
      folder: init.folder ?? "drafts",
      immutable: init.immutable ?? false,
      sent: false,
      invited: init.invited ?? [],
      mime: init.mime,
      created: this.timestamp(),
      messageId: init.messageId,
      attachments: init.attachments ?? [],
      unreplicatedPuts: 0,
    };
  }

  addItem(kind: ItemKind, init?: ItemInit): StoredItem {
    const item = this.makeItem(kind, init);
    this.keep(item);
    return item;
  }

  keep(item: StoredItem): void {
    this.items.set(item.id, item);
  }

  /** The item that a route names: by its own id whatever the path around it, or through its message. */
  find(route: Route): StoredItem | undefined {
    const item = route.throughMessage
      ? [...this.items.values()].find((candidate) => candidate.messageId === route.throughMessage)
      : this.items.get(route.itemId ?? "");
    return item?.kind === route.kind ? item : undefined;
  }

  /** For tests: an item by itself, its id or its path. */
  get(reference: Item | string): StoredItem {
    const id = typeof reference === "string" ? (reference.split("/").pop() ?? "") : reference.id;
    const item = this.items.get(id);
    if (!item) throw new Error(`The emulator has no item ${id}.`);
    return item;
  }

  attach(item: StoredItem, file: NewAttachment): StoredAttachment {
    const bytes = Buffer.from(file.bytes.buffer, file.bytes.byteOffset, file.bytes.byteLength);
    const attachment: StoredAttachment = {
      id: this.newId(),
      odataType:
        file.odataType ??
        (item.kind === "task" ? "#microsoft.graph.taskFileAttachment" : "#microsoft.graph.fileAttachment"),
      name: file.name,
      contentType: file.contentType ?? contentTypeOf(file.name),
      isInline: file.isInline ?? false,
      contentId: file.contentId ?? null,
      bytes,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      lastModifiedDateTime: this.timestamp(),
      via: file.via,
    };
    item.attachments.push(attachment);
    return attachment;
  }

  private timestamp(): string {
    return new Date(this.now()).toISOString().replace(/\.\d+Z$/, "Z");
  }

  stateOf(session: StoredSession): SessionState {
    return session.ended ?? (this.now() >= session.expires ? "expired" : "open");
  }

  describe(session: StoredSession): SessionInfo {
    const { id, item, protocol, file, offset, uploadUrl } = session;
    const state = this.stateOf(session);
    return {
      id,
      item: { id: item.id, path: item.path },
      protocol,
      name: file.name,
      size: file.size,
      offset,
      state,
      uploadUrl,
    };
  }

  clear(): void {
    this.items.clear();
    this.sessions.length = 0;
    this.outbox.length = 0;
  }
}

const contentTypes: Record<string, string> = {
  txt: "text/plain",
  html: "text/html",
  pdf: "application/pdf",
  gif: "image/gif",
  jpg: "image/jpeg",
  png: "image/png",
  zip: "application/zip",
};

/** Graph fills in a missing content type (documented: image/gif in the sample); by which rule is a choice. */
export function contentTypeOf(name: string): string {
  return contentTypes[name.split(".").pop()?.toLowerCase() ?? ""] ?? "application/octet-stream";
}
