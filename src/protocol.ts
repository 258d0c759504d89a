/** What is known of a file before it is uploaded. */
export interface FileInfo {
  readonly name: string;
  /** Bytes of the file itself, not of its base64. */
  readonly size: number;
  readonly contentType?: string;
  readonly isInline?: boolean;
  /** Bare, as `<img src="cid:…">` names it, without angle brackets. */
  readonly contentId?: string;
  /** Azure DevOps: what people read beside the attachment of a work item. */
  readonly comment?: string;
  /** Drives: what happens where there is a file of that name already. */
  readonly conflictBehavior?: "fail" | "replace" | "rename";
  /** Drives: what people read beside the file. */
  readonly description?: string;
  /** Drives: when the file was made and changed, as its own system says; ISO dates. */
  readonly fileSystemInfo?: {
    readonly createdDateTime?: string;
    readonly lastModifiedDateTime?: string;
    readonly lastAccessedDateTime?: string;
  };
  /** Drives: whether the file appears only by a request of its own, once all of its bytes are there. */
  readonly deferCommit?: boolean;
}

/** Bytes `start` up to, but not with, `end` of a file of `total` bytes. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
  readonly total: number;
}

/** A request as a protocol writes it. */
export interface WireRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | Blob;
  /** Whether a text is wanted as it is kept, and not in the form that the caller prefers to see. */
  readonly asKept?: boolean;
  /** Sent twice, it does what it does once. */
  readonly repeatable?: boolean;
  /** `api`: with the caller's headers and token. `upload`: to a pre-authenticated URL, with neither. */
  readonly to: "api" | "upload";
}

/** A service's answer, read: JSON parsed, other text as it is, `undefined` where there is none or it was cut. */
export interface Reply {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: unknown;
}

/**
 * An upload that has begun, as plain JSON: store it, and `LargeAttachmentTask.restore` goes on from it.
 * Treat it as a secret: whoever holds `uploadUrl` of an Outlook session can write to it.
 */
export interface UploadSession {
  readonly protocol: string;
  /** URL of the item's attachments. */
  readonly collection: string;
  readonly file: FileInfo;
  readonly uploadUrl: string;
  /** When the service forgets the session: an ISO date. */
  readonly expires?: string;
  /** First byte that the service still wants, as far as is known. */
  readonly offset: number;
  /** Ids of the attachments that the item had before, so that none of them is taken for this one. */
  readonly before?: readonly string[];
  /** What the service has named the attachment already, where it does so before it has a byte of it. */
  readonly attachment?: object;
  /** URL of an item that has to be told of the attachment once it is whole. */
  readonly linkTo?: string;
  /** Size and hash of the file's first and last 64 KiB, where the file can be read at any place. */
  readonly fingerprint?: string;
}

/** What a service says of a new session. */
export type OpenedSession = Pick<UploadSession, "uploadUrl" | "expires" | "offset" | "attachment">;

/** The attachment as one POST would have answered it, and where it is. */
export interface Created {
  readonly attachment: object;
  readonly location?: string;
}

/**
 * What the reply to a range, or to a question for the status, says: all is there, or go on at `next`, where the service has
 * the bytes from `until` on already.
 */
export type Step = { readonly next: number; readonly until?: number } | { readonly done: Created | "unnamed" };

/**
 * What a reply means that brings no step.
 * `busy`: not taken, come again. `passing`: come again, though it may have been taken. `unsure`: ask which bytes it holds.
 * `doubtful`: refused, but perhaps only since an earlier attempt, whose reply was lost, was taken.
 * `gone`: there is no such session. `tooSmall`, `tooLarge`: the other way of attaching is needed. `refused`: for good.
 */
export type Trouble = "busy" | "passing" | "unsure" | "doubtful" | "gone" | "tooSmall" | "tooLarge" | "refused";

/** How an item is told of attachments that were uploaded beside it. */
export interface Linking {
  /** The item that this URL is; `undefined` where it is none. */
  item(url: string): string | undefined;
  read(item: string): WireRequest;
  /** The item's revision, and the URLs of what it holds. */
  readItem(reply: Reply): LinkedItem | undefined;
  /** Whether the item holds the attachment. */
  holds(item: LinkedItem, attachment: object): boolean;
  /** Adds attachments in one revision, provided that the item has not changed since it was read. */
  write(
    item: string,
    state: LinkedItem,
    added: readonly { readonly attachment: object; readonly file: FileInfo }[],
  ): WireRequest;
}

export interface LinkedItem {
  readonly revision: number;
  readonly urls: readonly string[];
}

/** An attachment in a list; `resource` where the list shows it whole. */
export interface Listed {
  /** Tells it from what was there before. */
  readonly id: string;
  readonly name: string;
  readonly resource?: object;
}

/** One page of the attachments that an item has. */
export interface AttachmentPage {
  readonly items: readonly Listed[];
  readonly next?: string;
}

/** Where a file goes: a protocol, and the URL of what it attaches to. */
export interface Target {
  readonly protocol: UploadProtocol;
  readonly collection: string;
}

/** All that one service's upload protocol does differently from another's. Every member is data or a pure function. */
export interface UploadProtocol {
  readonly name: string;
  /** For messages to people. */
  readonly service: string;
  /** Bytes: the largest range, and what every range but the last is a multiple of. Absent `parallel`: one range at a time. */
  readonly limits: { readonly range: number; readonly unit: number; readonly parallel?: number };
  /** Bytes of the largest file, as far as it is known for the service at this URL. */
  fileLimit(collection: string): number;
  /** Bytes sent at once by default. */
  readonly rangeSize: number;
  /** Bytes up to which one request is made by default, where that differs from other services; below zero: never one. */
  threshold?(file: FileInfo): number;
  /** The name that the URL itself gives the file, where it does. */
  nameIn?(collection: string): string | undefined;
  /** The collection that this URL is, or that belongs to the item at this URL; `undefined` where it takes no attachments. */
  collection(url: string): string | undefined;
  /** Tells the items apart that take one write at a time. Absent: uploads do not disturb each other. */
  item?(collection: string, file?: Pick<FileInfo, "name">): string;
  /** How many requests at once the service takes, and of whom. Absent: it does not say. */
  readonly throttle?: { readonly most: number; key(collection: string): string };
  /** Whether a JSON body of this `@odata.type` creates what this protocol can upload. Absent: bodies are the bytes themselves. */
  creates?(type: unknown): boolean;
  /** The whole file as a member of a JSON body. Absent: bodies are the bytes themselves. */
  inline?(file: FileInfo, bytes: Uint8Array): object;
  /** Where a file goes that is too large, for the item to get a link to it: children of a drive's folder; and the item. */
  overflow?(collection: string): { readonly folder: string; readonly item: string };
  /** One request that attaches the whole file. Absent: the service has none. */
  post?(collection: string, file: FileInfo, bytes: Uint8Array): WireRequest;
  createSession(collection: string, file: FileInfo): WireRequest;
  readSession(reply: Reply): OpenedSession | undefined;
  /** Whether such a session can have been opened: one that was stored may have been changed to have something else written. */
  opened(session: UploadSession): boolean;
  sendRange(session: UploadSession, range: ByteRange, bytes: Uint8Array | Blob): WireRequest;
  /** `range` is absent where the reply answers a request for the status. */
  readRange(reply: Reply, session: UploadSession, range?: ByteRange): Step | undefined;
  trouble(reply: Reply): Trouble;
  /** A refusal in Graph's shape, with what to do about it. `collection`: where it came from. */
  explain(reply: Reply, collection: string): Reply;
  /** The attachment, once it is known which of those in the list it is. */
  created(session: UploadSession, found: Listed): object;
  /** Asks for what the service makes only once it is asked, though it has all bytes. Absent: it asks for none. */
  commit?(session: UploadSession): WireRequest | undefined;
  /** Absent: the service cannot say which bytes it holds. The reply is read by `readRange`. */
  status?(session: UploadSession): WireRequest;
  /** Absent, or without an answer: the service cannot discard an unfinished upload. */
  cancel?(session: UploadSession): WireRequest | undefined;
  /** Present where an item has to be told of its attachments. */
  readonly linking?: Linking;
  /** Absent: an upload is no attachment of anything yet, so that one too many does no harm. */
  list?(collection: string, file: FileInfo): WireRequest | undefined;
  readList?(reply: Reply, file: FileInfo): AttachmentPage | undefined;
}
