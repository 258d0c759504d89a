/** What is known of a file before it is uploaded. */
export interface FileInfo {
  readonly name: string;
  /** Bytes of the file itself, not of its base64. */
  readonly size: number;
  readonly contentType?: string;
  readonly isInline?: boolean;
  /** Bare, as `<img src="cid:…">` names it, without angle brackets. */
  readonly contentId?: string;
}

/** Bytes `start` up to, but not with, `end` of a file of `total` bytes. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
  readonly total: number;
}

/** A request as a protocol writes it. */
export interface WireRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
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
  /** Size and hash of the file's first and last 64 KiB, where the file can be read at any place. */
  readonly fingerprint?: string;
}

/** What a service says of a new session. */
export type OpenedSession = Pick<UploadSession, "uploadUrl" | "expires" | "offset">;

/** The attachment as one POST would have answered it, and where it is. */
export interface Created {
  readonly attachment: object;
  readonly location?: string;
}

/** What the reply to a range, or to a question for the status, says: go on at `next`, or all is there. */
export type Step = { readonly next: number } | { readonly done: Created | "unnamed" };

/**
 * What a reply means that brings no step.
 * `busy`: not taken, come again. `passing`: come again, though it may have been taken. `unsure`: ask which bytes it holds.
 * `gone`: there is no such session. `tooSmall`, `tooLarge`: the other way of attaching is needed. `refused`: for good.
 */
export type Trouble = "busy" | "passing" | "unsure" | "gone" | "tooSmall" | "tooLarge" | "refused";

/** One page of the attachments that an item has. */
export interface AttachmentPage {
  readonly items: readonly { readonly id: string; readonly name: string }[];
  readonly next?: string;
}

/** All that one service's upload protocol does differently from another's. Every member is data or a pure function. */
export interface UploadProtocol {
  readonly name: string;
  /** For messages to people. */
  readonly service: string;
  /** Bytes: the largest file, the largest range, and what every range but the last is a multiple of. */
  readonly limits: { readonly file: number; readonly range: number; readonly unit: number };
  /** Bytes sent at once by default. */
  readonly rangeSize: number;
  /** The collection that this URL is, or that belongs to the item at this URL; `undefined` where it takes no attachments. */
  collection(url: string): string | undefined;
  /** The last key in the collection's URL: uploads of one item are told from those of others by it. */
  item(collection: string): string;
  /** Whether a JSON body of this `@odata.type` creates what this protocol can upload. */
  creates(type: unknown): boolean;
  /** One request that attaches the whole file. */
  post(collection: string, file: FileInfo, bytes: Uint8Array): WireRequest;
  createSession(collection: string, file: FileInfo): WireRequest;
  readSession(reply: Reply): OpenedSession | undefined;
  sendRange(session: UploadSession, range: ByteRange, bytes: Uint8Array): WireRequest;
  readRange(reply: Reply, session: UploadSession): Step | undefined;
  trouble(reply: Reply): Trouble;
  /** The attachment, once it is known under which id the service keeps it. */
  created(session: UploadSession, id: string): object;
  /** Absent: the service cannot say which bytes it holds. The reply is read by `readRange`. */
  status?(session: UploadSession): WireRequest;
  /** Absent: the service cannot discard an unfinished upload. */
  cancel?(session: UploadSession): WireRequest;
  /** Absent: what a collection holds cannot be listed. */
  list?(collection: string): WireRequest;
  readList?(reply: Reply): AttachmentPage | undefined;
}
