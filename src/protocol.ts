import type { FileInfo } from "./file.js";
import type { LongText } from "./longText.js";
import type { ByteRange } from "./range.js";
import type { OpenedSession, Step, UploadSession } from "./uploadSession.js";

/** A request as a protocol writes it. */
export interface WireRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | LongText | Uint8Array | Blob;
  /** The text is needed in its stored form, not in the form that the caller's `Prefer` asks for. */
  readonly asStored?: boolean;
  /** Called when the body has left, where the transport tells. */
  readonly sent?: () => void;
  /** `api`: with the caller's headers and token. `upload`: to a pre-authenticated URL, with neither. */
  readonly to: "api" | "upload";
}

/** A service's reply. `body` is parsed JSON or other text; `undefined` if it was empty or cut off. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
  /** Whose reply it is. Absent: the API's. */
  readonly from?: WireRequest["to"];
}

/**
 * The meaning of a reply that does not carry the expected result:
 *
 * - `busy`: the service did not take the request; repeat it later
 * - `passing`: a temporary failure; the service may have taken the request
 * - `unsure`: a success that says nothing, or a range the service did not expect; ask which bytes it holds
 * - `doubtful`: a refusal that may only mean that an earlier attempt, whose reply was lost, was taken
 * - `gone`: the session does not exist
 * - `tooSmall`, `tooLarge`: the other way of attaching is needed
 * - `refused`: final
 */
export type Verdict = "busy" | "passing" | "unsure" | "doubtful" | "gone" | "tooSmall" | "tooLarge" | "refused";

/** One API as mail, chats and uploads talk to it: how its replies are understood and how many requests it takes. */
export interface Api {
  /** Name for messages to people. */
  readonly label: string;
  /** The limits of the service, and what it counts them for. */
  readonly throttle?: {
    /** Requests that it takes at the same time. `Infinity` if it does not say. */
    readonly most: number;
    /** Names the mailbox, drive, team or organization that a URL belongs to, in one spelling. `me`: the user behind `/me`. */
    lane(url: string, me?: string): string;
    /** The bytes that it documents for a time, in milliseconds. It may not count all requests. */
    readonly allowance?: { readonly bytes: number; readonly window: number };
  };
  verdict(reply: Reply): Verdict;
  /** True if a refusal may only mean that an item which was just created is not known everywhere yet. @default never */
  mayAppear?(reply: Reply): boolean;
  /** The query of the caller's URL that all requests to this API carry, such as the key of a gateway. @default none */
  query?(url: string): string;
  /** A refusal in Graph's shape, with advice. `url`: what was asked for. `file`: what was given, if it is about a file. */
  explain(reply: Reply, url: string, file?: FileInfo): Reply;
}

/** The URLs that a protocol accepts, the names in them, and the limits behind them. */
export interface Target {
  /** The collection at this URL, or the one that belongs to the item at this URL. `undefined` if it takes no attachments. */
  collection(url: string): string | undefined;
  /** Bytes of the largest file that the service at this URL is known to take. */
  fileLimit(collection: string): number;
  /** Why the service takes no attachments there, although its model has them. */
  refuses?(collection: string): string | undefined;
  /** The file name that the URL itself contains. Present if names are part of paths. */
  nameIn?(collection: string): string | undefined;
  /** The id in a URL that names an item by it. The item exists, and its name is not known. */
  idIn?(collection: string): string | undefined;
  /** Where people find the file. @default the item's attachments */
  readonly where?: string;
  /** Checks the metadata that was given for a file, before anything is sent. Returns the mistake, if any. */
  wrong?(file: FileInfo): string | undefined;
  /** Names the item that takes one write at a time. Absent if uploads do not disturb each other. */
  item?(collection: string, file?: Pick<FileInfo, "name">): string;
  /** The drive folder for files over the limit, and the item that gets a link to them. */
  overflow?(collection: string): { readonly folder: string; readonly item: string };
}

/** An upload session of one service: pure functions that write requests and read replies. */
export interface SessionProtocol {
  /** Bytes: the largest range, and the unit of every range but the last. `parallel`: ranges in flight, one if absent. */
  readonly limits: { readonly range: number; readonly unit: number; readonly parallel?: number };
  /** Bytes of one range by default. */
  readonly rangeSize: number;
  create(collection: string, file: FileInfo): WireRequest;
  opened(reply: Reply): OpenedSession | undefined;
  /** Checks that this service can have opened such a session. A stored session may have been changed to write elsewhere. */
  owns(session: UploadSession): boolean;
  put(session: UploadSession, range: ByteRange, bytes: Uint8Array | Blob): WireRequest;
  /** Reads the reply to a range, or, without `range`, to a status request. */
  read(reply: Reply, session: UploadSession, range?: ByteRange): Step | undefined;
  /** When the session expires, if a reply to a range says it. */
  expires?(reply: Reply): string | undefined;
  /** Absent if the service cannot say which bytes it holds. `read` reads the reply. */
  status?(session: UploadSession): WireRequest;
  /** True if a refusal to open a session may only mean that one which was just discarded still has the name. */
  held?(reply: Reply, collection: string, file: FileInfo): boolean;
  /** Absent, or `undefined`, if the service cannot discard an unfinished upload. */
  cancel?(session: UploadSession): WireRequest | undefined;
  /** The request that completes the file when all bytes have arrived. `undefined` if the last range completes it. */
  commit?(session: UploadSession): WireRequest | undefined;
}

/** A file, and where it goes. */
export interface Place {
  readonly collection: string;
  readonly file: FileInfo;
}

/** A request to make after a refusal. `read` finds the place to try next in its reply; `undefined` if there is none. */
export interface SecondLook {
  readonly request: WireRequest;
  read(reply: Reply): Place | undefined;
  /** The number of times that this is done for one file. */
  readonly times: number;
}

/** A single request that attaches a whole file. */
export interface PostProtocol {
  /** Bytes up to which this request is used by default. @default 3000000 */
  readonly threshold?: number;
  /** True if one request can carry everything that was given for the file. @default always */
  carries?(file: FileInfo): boolean;
  /** True if the request can be repeated without harm. @default never */
  repeatable?(collection: string, file: FileInfo): boolean;
  request(collection: string, file: FileInfo, bytes: Uint8Array): WireRequest;
  /** A second request, with what the first one could not carry. */
  after?(collection: string, file: FileInfo, attachment: object): WireRequest | undefined;
  /** Present if the file travels as base64 in JSON. */
  readonly inline?: InlineFile;
}

/** A file as a member of a JSON body. */
export interface InlineFile {
  /** True if a JSON body of this `@odata.type` creates an attachment of this kind. */
  creates(type: unknown): boolean;
  /** The member, with the bytes as they are. They become base64 when a request is written. */
  write(file: FileInfo, bytes: Uint8Array): object;
  /** Reads one attachment with its bytes. */
  read(collection: string, id: string): WireRequest;
}

/** An attachment that an item holds. */
export interface Listed {
  /** Distinguishes it from those that were there before. */
  readonly id: string;
  readonly name: string;
  /** It is not the file, and never will be. */
  readonly other?: true | undefined;
  readonly attachment: object;
  readonly contentId?: string;
  /** The file may be there with another size, because the service changes such files. */
  readonly changed?: boolean;
}

/** One page of the attachments that an item holds. */
export interface AttachmentPage {
  readonly items: readonly Listed[];
  readonly next?: string;
}

/** The attachments of an item. Absent if an extra upload does no harm, because nothing refers to it yet. */
export interface ListProtocol {
  request(collection: string, file: FileInfo): WireRequest;
  /** Lists the content ids as well, which mark attachments. Absent if attachments have none. */
  marked?(collection: string): WireRequest;
  /** A short request, where the list is long. If it lists nothing, the rest of the list does not matter. */
  probe?(collection: string, file: FileInfo): WireRequest | undefined;
  read(reply: Reply, file: FileInfo): AttachmentPage | undefined;
}

/** An item that must be linked to attachments that were uploaded separately. */
export interface LinkProtocol {
  /** Attachments that an item can have. */
  readonly most?: number;
  /** The item at this URL. `undefined` if it is not one. */
  item(url: string): string | undefined;
  read(item: string): WireRequest;
  readItem(reply: Reply): LinkedItem | undefined;
  holds(item: LinkedItem, attachment: object): boolean;
  /** Adds attachments in one revision, provided that the item has not changed since it was read. */
  write(
    item: string,
    state: LinkedItem,
    added: readonly { readonly attachment: object; readonly file: FileInfo }[],
  ): WireRequest;
}

/** The revision of an item, the number of its attachments, and the URLs of its links. */
export interface LinkedItem {
  readonly revision: number;
  readonly attachments?: number;
  readonly urls: readonly string[];
}

/**
 * Everything that is particular to one service: data and pure functions. Members that belong together are present together,
 * so that the engine never asks which service it talks to.
 */
export interface Protocol {
  /** Stored in sessions. */
  readonly name: string;
  readonly api: Api;
  readonly target: Target;
  readonly session: SessionProtocol;
  /** Absent if the service has no single request for a whole file. */
  readonly post?: PostProtocol;
  readonly list?: ListProtocol;
  readonly link?: LinkProtocol;
  /** Another name for a place that the service has refused under the name in the URL. */
  lookAgain?(refusal: Reply, place: Place): SecondLook | undefined;
}
