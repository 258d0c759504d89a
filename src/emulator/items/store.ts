import { createHash } from "node:crypto";
import type { FileInit, Item, SentMail, StoredAttachment } from "../api.js";
import type { UploadSession } from "../uploadSession.js";
import type { ItemKind, ItemRoute } from "./routes.js";

/** The signed-in user and the tenant. Their ids are from the documented samples. */
export const userId = "a8e8e219-4931-95c1-b73d-62626fd79c32";
export const userName = "megan@contoso.example";
export const displayName = "Megan Bowen";
export const tenantId = "72aa88bf-76f0-494f-91ab-2d7cd730db47";

export interface StoredItem extends Item {
  readonly kind: ItemKind;
  /** Its properties by their JSON names: subject, body, toRecipients, attendees… */
  readonly properties: Record<string, unknown>;
  draft: boolean;
  /** The mail folder that holds a message. */
  folder: string;
  /** True if the id survives sending, as with `Prefer: IdType="ImmutableId"`. */
  immutable: boolean;
  /** True after the message was sent. */
  sent: boolean;
  /** Set between `/send` and the arrival of the message in Sent Items. */
  sending?: Sending;
  /** The addresses that an invitation to the event was sent to. */
  invited: readonly string[];
  readonly mime?: Buffer;
  readonly created: string;
  /** When it was saved. Milliseconds since 1970. */
  readonly savedAt: number;
  readonly listId?: string;
  /** The meeting request whose `/event` is this event. */
  readonly messageId?: string;
  readonly attachments: StoredAttachment[];
  /** The shared folder or calendar that a request made it in. */
  place?: string;
  /** True if a request made it. `unseen` counts the requests to it. */
  posted?: boolean;
  unseen: number;
  /** The number of lists with a filter that it fits. */
  listed: number;
  /** Number of session PUTs that got 404 because the new draft was not replicated yet. */
  unreplicatedPuts: number;
}

/** A message in transit. `becomes` is the sent message, or the draft itself if its id is immutable. `left` counts GETs until it arrives. */
export interface Sending {
  readonly becomes: StoredItem;
  readonly mail: SentMail;
  left: number;
}

/** A list of To Do. */
export interface TaskList {
  readonly id: string;
  displayName: string;
}

/** Initial values of a new item. */
export type ItemInit = Partial<
  Pick<
    StoredItem,
    "properties" | "draft" | "listId" | "messageId" | "folder" | "immutable" | "mime" | "attachments" | "invited"
  >
>;

export interface StoredSession extends UploadSession {
  readonly protocol: "outlook" | "todo";
  readonly item: StoredItem;
  readonly file: SessionFile;
  /** The user in the path that opened it. Absent for `/me`. */
  readonly user: string | undefined;
  /** The path of `uploadUrl`, for comparison. */
  readonly uploadPath: string;
  readonly authtoken?: string;
  readonly pieces: Buffer[];
  offset: number;
  ended?: "complete" | "deleted";
}

/** The file of a session. `size` is in bytes. */
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

/** Messages, events, tasks and their sessions. Ids derive from a counter, so runs are repeatable. */
export class Store {
  readonly items = new Map<string, StoredItem>();
  readonly lists = new Map<string, TaskList>();
  /** Creations that answered with a failure. */
  failures = 0;
  readonly sessions: StoredSession[] = [];
  readonly outbox: SentMail[] = [];
  private count = 0;

  constructor(private readonly now: () => number) {}

  /** Makes an id in Exchange's form, with the `=` that must survive in paths. */
  newId(): string {
    const number = ++this.count;
    return `AAMkADI5${createHash("sha256").update(`id ${number}`).digest("base64url").slice(0, 22)}${number}=`;
  }

  addList(displayName: string): TaskList {
    const list = { id: this.newId(), displayName };
    this.lists.set(list.id, list);
    return list;
  }

  /** Makes an item. Requests find it after `keep`. */
  makeItem(kind: ItemKind, init: ItemInit = {}): StoredItem {
    const id = this.newId();
    const listId = kind === "task" ? (init.listId ?? this.addList("Tasks").id) : undefined;
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
      savedAt: this.now(),
      messageId: init.messageId,
      attachments: init.attachments ?? [],
      unseen: 0,
      listed: 0,
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

  /** Finds the item of a route by its own id, or through its message. The rest of the path does not matter. */
  find({ resource, keys }: ItemRoute): StoredItem | undefined {
    const item = keys.message
      ? [...this.items.values()].find(({ messageId }) => messageId === keys.message)
      : this.items.get(keys.item ?? "");
    return item?.kind === resource ? item : undefined;
  }

  /** Finds an item for a test, by the item itself, its id or its path. */
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

  clear(): void {
    this.items.clear();
    this.lists.clear();
    this.failures = 0;
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

/** Derives a missing content type, as Graph does (image/gif in the documented sample). The rule is a choice. */
export function contentTypeOf(name: string): string {
  return contentTypes[name.split(".").pop()?.toLowerCase() ?? ""] ?? "application/octet-stream";
}
