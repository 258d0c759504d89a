import type { ReportOfProbe } from "./like.js";
import type { Variations } from "./variations.js";

// The emulator

export interface EmulatorOptions {
  /** The only bearer that the Graph origin accepts. @default "emulator-access-token" */
  readonly token?: string;
  /** The emulator's clock, in milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
  readonly vary?: Partial<Variations>;
  /**
   * The report of a probe, or the path of its file: the emulator behaves as that tenant did. `vary` goes before it. A report that
   * cannot be read or that this version does not understand is a `TypeError`.
   */
  readonly like?: string | ReportOfProbe;
  /** Fixed ports. An origin without one gets any free port. */
  readonly ports?: { readonly [origin in Origin]?: number };
  /** A certificate for localhost, 127.0.0.1 and ::1 with its key, both as PEM. @default a new one */
  readonly certificate?: { readonly key: string; readonly cert: string };
  /** The credentials that the Azure DevOps origin accepts. */
  readonly azureDevOps?: { readonly personalAccessToken?: string; readonly bearer?: string };
}

/** A running emulator: Graph, the upload hosts of Outlook, drives and print, and Azure DevOps, on loopback origins. */
export interface Emulator extends Fixture {
  readonly graphUrl: string;
  readonly outlookUrl: string;
  readonly driveUrl: string;
  readonly printUrl: string;
  /** The certificate of all origins, as PEM. */
  readonly ca: string;
  /** The same certificate with its key, for the next start. */
  readonly certificate: NonNullable<EmulatorOptions["certificate"]>;
  readonly token: string;
  readonly clientOptions: ClientOptions;
  /** Adds scripted faults. Each one meets the next request that it matches. */
  fault(...faults: FaultScript[]): void;
  unusedFaults(): FaultScript[];
  /** Throws if a scripted fault met no request, and names each one. */
  verifyFaults(): void;
  /** Removes items, sessions, the log and faults. Variations stay. */
  reset(): void;
  close(): Promise<void>;
}

/** Options for a Graph client that talks to the emulator. Spread them into your own. */
export interface ClientOptions {
  baseUrl: string;
  customHosts: Set<string>;
  /** Makes fetch trust the emulator: `dispatcher` is for Node, `tls` for Bun, `client` for Deno. */
  fetchOptions: Record<string, unknown>;
}

/** Prepares the data of the services and reads it back, without requests. */
export interface Fixture {
  addMessage(init?: MessageInit): Item;
  /** `message` is the meeting request whose `/event` is this event. The addresses in `attendees` count as invited. */
  addEvent(init?: { readonly subject?: string; readonly message?: Item; readonly attendees?: readonly string[] }): Item;
  addTask(init?: { readonly subject?: string }): Item;
  addAttachment(item: Item | string, file: FileInit): StoredAttachment;
  attachments(item: Item | string): StoredAttachment[];
  /** Drafts, sent items, and everything that was sent. */
  readonly mailbox: MailboxFixture;
  events(): EventInfo[];
  readonly sessions: readonly SessionInfo[];
  readonly requests: readonly RequestLogEntry[];
  /** The requests, grouped by the file that they upload. */
  uploads(): UploadInfo[];
  /**
   * Draws the uploads as a waterfall of their requests: an SVG for test reports and guides. Every outcome has a color and
   * a text. It follows the light or dark theme of the reader and contains no path, URL or content.
   */
  timeline(options?: TimelineOptions): string;
  /** Changes variations. The others keep their values. */
  vary(changes: Partial<Variations>): void;
  readonly azureDevOps: AzureDevOpsFixture;
  /** The drive of the signed-in user. `drive.of(path)` is another drive. */
  readonly drive: DriveFixture;
  readonly print: PrintFixture;
  readonly teams: TeamsFixture;
}

/** Options of `timeline()`. */
export interface TimelineOptions {
  /** The name of the picture for screen readers. @default "Uploads" */
  readonly title?: string;
  /** "order" gives every request the same width, so that each run draws the same picture. @default "time" */
  readonly axis?: "time" | "order";
}

/** One file on its way, with all its requests. Requests that belong to no file have a group of their own. */
export interface UploadInfo {
  /** The name of the file. Empty for requests about an item with several files, and for other requests. */
  readonly name: string;
  /** Where it goes: "message", "event", "task", "drive", "print document" or "work item". Empty for other requests. */
  readonly target: string;
  /** The bytes of the file, if they are known. */
  readonly size?: number;
  readonly state?: SessionState;
  readonly steps: readonly UploadStep[];
}

/**
 * The outcome of a request. "failed" is an answer that a client may wait for and try again: 429 and 5xx. "refused" is any
 * other answer from 400 on. "lost" means that the client got no answer.
 */
export type StepOutcome = "done" | "failed" | "refused" | "lost" | "waiting";

/** One request of an upload, in words for people. */
export interface UploadStep {
  /** Its position in `requests`, from 1. */
  readonly number: number;
  readonly request: RequestLogEntry;
  /** `Range 0–3.9 MB` */
  readonly label: string;
  readonly outcome: StepOutcome;
  /** `503 Service Unavailable` */
  readonly result: string;
}

/** A message, event or task that holds attachments. `path` is what a client appends to the API version. */
export interface Item {
  readonly id: string;
  readonly path: string;
}

/** A file to attach to an item before a test begins. */
export interface FileInit {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly contentType?: string;
}

/** An attachment as the service stores it. `bytes` and `sha256` (hex) are the file exactly as it arrived. */
export interface StoredAttachment {
  readonly id: string;
  readonly odataType: string;
  readonly name: string;
  readonly contentType: string;
  readonly isInline: boolean;
  readonly contentId: string | null;
  readonly bytes: Buffer;
  readonly sha256: string;
  readonly lastModifiedDateTime: string;
  readonly via: "post" | "session";
}

// Requests and sessions

export type Origin = "graph" | "outlook" | "azureDevOps" | "drive" | "print";

/**
 * The purpose of a request, read from its method and path.
 *
 * Mail: "draft" creates a message or event (`create…` included), "send" sends a draft, "mail" sends immediately (sendMail,
 * reply, replyAll, forward), "patch" and "discard" change and delete a message or event. Azure DevOps: "create" starts a
 * chunked upload, "range" is a chunk, "post" a simple upload, "link" a PATCH of a work item, "workItem" a GET of it.
 * Drives: "post" is a PUT of a whole file, "read" a GET of an item or its content, "list" a GET of children, "folder"
 * creates one, "share" is createLink or invite, "commit" creates the file of a session that is deferred or whose name was
 * taken. Teams: "chat" posts a message to a chat or channel. Browsers: "preflight" asks for permission to send a request.
 */
export type RequestKind =
  | ("create" | "range" | "status" | "cancel" | "post" | "list" | "read" | "remove" | "item" | "other")
  | ("draft" | "send" | "mail" | "patch" | "discard")
  | ("link" | "workItem" | "preflight")
  | ("folder" | "share" | "commit" | "chat");

/** One request as it arrived, without secrets: no Authorization header and no token in the path. */
export interface RequestLogEntry {
  readonly origin: Origin;
  readonly method: string;
  readonly path: string;
  readonly kind: RequestKind;
  readonly headers: Readonly<Record<string, string>>;
  readonly authorized: boolean;
  readonly contentRange?: string;
  bodyBytes: number;
  /** The status of the answer, also if a fault withheld it. */
  status?: number;
  /** The scripted fault that this request met, in one line. */
  fault?: string;
  /** The arrival of the head and the end of the exchange on the emulator's clock, in milliseconds since 1970. */
  readonly started: number;
  ended?: number;
  /** Set if the client got no answer: "request" if nothing was processed, "reply" if it was processed. */
  lost?: "request" | "reply";
  /** The id of the upload session, or of the attachment in Azure DevOps. */
  session?: string;
  /** The id of the message, event, task, print document or work item. */
  item?: string;
  /** The body, if it is JSON of up to 4000 bytes, and the answer as far. Upload URLs have no tokens here. */
  sent?: string;
  reply?: { readonly headers: Readonly<Record<string, string>>; readonly body: string };
}

export type SessionState = "open" | "complete" | "deleted" | "expired";

/**
 * One upload session. Sizes and offset are in bytes, and `uploadUrl` is a credential. On a drive, `size` is 0 until a
 * range states it, and `item` is the file to replace or else its folder.
 */
export interface SessionInfo {
  readonly id: string;
  readonly item: Item;
  readonly protocol: "outlook" | "todo" | "drive" | "print";
  readonly name: string;
  readonly size: number;
  readonly offset: number;
  /** The ranges that a print session has, which arrive in any order: `["0-72796", "92797-4533321"]`. */
  readonly received?: readonly string[];
  readonly state: SessionState;
  readonly uploadUrl: string;
}

/** An answer. Status 0 resets the connection instead. The server adds `content-length`. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

// Faults

/** Selects the requests that a fault applies to. Absent members match every request. */
export interface FaultMatcher {
  readonly method?: string;
  readonly origin?: Origin;
  readonly kind?: RequestKind;
  /** Matches the path and query, without tokens. */
  readonly path?: RegExp;
  /** Matches by Content-Range: the n-th distinct start in its session (from 0), or the position in the file. */
  readonly range?: number | "first" | "middle" | "last";
}

/** The return value of a fault's `reply`. The body can also be text, or a value to write as JSON. */
export type RewrittenReply = Omit<Reply, "body"> & { readonly body: Buffer | string | object };

/** A scripted fault for one matching request, or for `times` of them. Members can be combined. */
export interface FaultScript {
  readonly on?: FaultMatcher;
  /** @default 1 */
  readonly times?: number;
  /** Answers with this status without processing the request. With `after`, processes it first. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body of that answer. An object is written as JSON, a string as HTML. */
  readonly body?: unknown;
  readonly after?: boolean;
  /** Destroys the connection: on the head, after half of the body (nothing is kept), or after processing. */
  readonly reset?: "before" | "midway" | "after";
  /** Processes the request, and breaks the answer off after its head and half of its body. */
  readonly cutReply?: boolean;
  /** Never answers: true without processing, "after" with it. */
  readonly hang?: true | "after";
  /** Milliseconds between the arrival of the whole request and its processing. */
  readonly delay?: number;
  /** Keeps only this many bytes from the start of the range. Azure DevOps, which reports no offset, then answers 500. */
  readonly partial?: number;
  /** Drops the session and answers 404 or `status`. */
  readonly gone?: boolean;
  /** Rewrites the answer to a processed request. */
  readonly reply?: (reply: Reply) => RewrittenReply;
}

// Mail and calendar

/** A message to add to the mailbox, a draft by default. Addresses are plain strings. */
export interface MessageInit {
  readonly subject?: string;
  /** @default true */
  readonly draft?: boolean;
  /** @default a colleague, unless it is a draft */
  readonly from?: string;
  /** @default the signed-in user, unless it is a draft */
  readonly to?: readonly string[];
  readonly cc?: readonly string[];
  readonly body?: string;
}

/** A message. `recipients` are the addresses of To, Cc and Bcc in that order. */
export interface MessageInfo extends Item {
  readonly subject: string;
  readonly isDraft: boolean;
  readonly recipients: string[];
  readonly body: string;
  /** The name or id of its folder, as written in the request that put it there. */
  readonly folder: string;
  readonly attachments: StoredAttachment[];
  /** The decoded MIME of a message that was posted as MIME. */
  readonly mime?: Buffer;
}

/** An event. `attendees` are addresses, and `invited` are those that an invitation was sent to. */
export interface EventInfo extends Item {
  readonly subject: string;
  readonly attendees: string[];
  readonly invited: string[];
  readonly attachments: StoredAttachment[];
}

/** Something that was sent, with its attachments at that moment. */
export interface SentMail {
  readonly kind: "mail" | "invitation" | "update" | "cancellation";
  readonly subject: string;
  readonly recipients: string[];
  readonly body: string;
  readonly attachments: StoredAttachment[];
  /** The message in Sent Items, or the event. Absent if nothing was saved. */
  readonly item?: Item;
  /** The decoded MIME of a message that was posted as MIME. */
  readonly mime?: Buffer;
}

/** The content of the mailbox, oldest first. */
export interface MailboxFixture {
  drafts(): MessageInfo[];
  sentItems(): MessageInfo[];
  /** Everything that was sent: mail, and the invitations, updates and cancellations of events. */
  outbox(): SentMail[];
}

// Drives

/** A file in a drive. `path` is what a client appends to the API version, `bytes` and `sha256` (hex) are as they arrived. */
export interface DriveFile extends Item {
  readonly name: string;
  /** Its place in the drive, from the root: `/Reports/big.zip`. */
  readonly filePath: string;
  readonly size: number;
  readonly bytes: Buffer;
  readonly sha256: string;
  readonly via: "post" | "session";
  readonly eTag: string;
  readonly webUrl: string;
  readonly webDavUrl: string;
  readonly description?: string;
  readonly fileSystemInfo?: Readonly<Record<string, unknown>>;
  /** The id of its list item, for `/sites/{s}/lists/Documents/items/{i}/driveItem`. */
  readonly listItemId: string;
}

/** A permission that createLink or invite added to an item. */
export interface DrivePermission {
  readonly id: string;
  readonly roles: readonly string[];
  readonly link?: { readonly type: string; readonly scope: string; readonly webUrl: string };
  /** The share id of a link, for `/shares/{id}/driveItem`. */
  readonly shareId?: string;
  /** The invited users: addresses, or object ids if there was no address. */
  readonly grantedTo: readonly string[];
  /** True if the service sends the invitation by mail. */
  readonly sendInvitation?: boolean;
}

/** One drive. Refer to an item by the item itself, its id or its path from the root. */
export interface DriveFixture {
  readonly id: string;
  /** The path that a client appends to the API version: `/me/drive`. */
  readonly path: string;
  readonly root: Item;
  /** Bytes in all files. */
  readonly used: number;
  /** Adds a file, and the folders in its path. */
  addFile(filePath: string, bytes: Uint8Array): DriveFile;
  addFolder(filePath: string): Item;
  /** The address of a file that may not exist yet: `path` is `/me/drive/items/{folder}:/{name}:`, `id` is the folder's. */
  newFile(name: string, folder?: Item): Item;
  files(): DriveFile[];
  /** The paths of all folders, from the root. */
  folders(): string[];
  /** Throws if there is no such file. */
  file(reference: Item | string): DriveFile;
  /** Sets how many bytes the drive can hold. */
  setQuota(bytes: number): void;
  /** The permissions that were added to an item, oldest first. */
  permissions(reference: Item | string): DrivePermission[];
  /** The users besides the owner who can read an item: those invited to it or to a folder above it. */
  readers(reference: Item | string): string[];
  /** Another drive, by its path: `/groups/{id}/drive`, `/sites/{id}/drive`, `/users/{id}/drive`, `/drives/{id}`. */
  of(path: string): DriveFixture;
}

// Universal Print

/** A document of a print job, without `bytes` and `sha256` (hex) until it is uploaded. */
export interface PrintDocument extends Item {
  /** The path of the same document through the printer's share. */
  readonly sharePath: string;
  readonly name?: string;
  readonly contentType?: string;
  readonly size: number;
  readonly bytes?: Buffer;
  readonly sha256?: string;
  /** The number of sessions that were opened for it. */
  readonly sessions: number;
}

/** Universal Print, with one printer and its share. */
export interface PrintFixture {
  /** Adds an empty document in a new job. Its `path` goes through the printer. */
  addDocument(): Item;
  /** Throws if there is no such document. */
  document(reference: Item | string): PrintDocument;
}

// Teams

/** A file that a message refers to. */
export interface TeamsAttachment {
  readonly id: string;
  readonly name: string;
  readonly contentUrl: string;
  /** The file as it is now. Undefined if it was deleted since. */
  readonly file?: DriveFile;
  /** The users besides its owner who can read it, by address or object id: those invited to it or to a folder above it. */
  readonly readers: readonly string[];
}

/** A message in a chat or channel. */
export interface TeamsMessage {
  readonly id: string;
  /** The id of the message that it replies to. */
  readonly replyToId?: string;
  readonly contentType: "text" | "html";
  readonly content: string;
  readonly subject?: string;
  readonly attachments: readonly TeamsAttachment[];
}

export interface ChatMember {
  readonly userId: string;
  readonly email: string;
}

/** A channel. `path` is what a client appends to the API version. */
export interface Channel extends Item {
  /** The path of the drive that holds its files: the drive of its team's group. */
  readonly drivePath: string;
}

/** Teams, with one team. */
export interface TeamsFixture {
  /** Adds a chat of the signed-in user with these addresses. @default one colleague */
  addChat(init?: { readonly members?: readonly string[] }): Item & { readonly members: readonly ChatMember[] };
  /** Adds a channel to the only team. @default "General" */
  addChannel(init?: { readonly name?: string }): Channel;
  /** The messages and replies in a chat or channel, oldest first. Throws if there is no such place. */
  messages(reference: Item | string): TeamsMessage[];
}

// Azure DevOps

/** A work item to add before a test begins. */
export interface WorkItemInit {
  /** @default "MyProject" */
  readonly project?: string;
  /** @default "" */
  readonly title?: string;
  /** Its first revision. @default 1 */
  readonly rev?: number;
}

/** The address of a work item. `path` follows the URL of the organization. */
export interface WorkItemReference {
  readonly id: number;
  readonly path: string;
  readonly rev: number;
}

/** A relation as the service returns it. The `attributes` of an `AttachedFile` are name, comment, id and four dates. */
export interface WorkItemRelation {
  readonly rel: string;
  readonly url: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface WorkItemInfo {
  readonly id: number;
  readonly rev: number;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly relations: readonly WorkItemRelation[];
}

/** An attachment in Azure DevOps, complete or not. `bytes` and `sha256` (hex) are what arrived so far. */
export interface StoredBlob {
  readonly id: string;
  readonly fileName?: string;
  readonly bytes: Buffer;
  readonly sha256: string;
  /** False from the start of a chunked upload until its last byte. */
  readonly complete: boolean;
  readonly areaPath?: string;
  /** The ids of the work items that link it now. */
  readonly linkedTo: readonly number[];
  /** The number of its chunks. 0 for a simple upload. */
  readonly chunks: number;
}

/** Azure DevOps. All URLs lead to the same data and have no slash at the end. */
export interface AzureDevOpsFixture {
  /** Corresponds to `https://dev.azure.com/fabrikam`. */
  readonly organizationUrl: string;
  /** Corresponds to a Server with a virtual directory and a collection: `https://…/tfs/DefaultCollection`. */
  readonly serverUrl: string;
  /** Corresponds to `https://fabrikam.visualstudio.com`. `/DefaultCollection` may follow. */
  readonly legacyUrl: string;
  /** A PAT, for Basic with any user name. */
  readonly personalAccessToken: string;
  /** The PAT of another user, who only sees attachments that are linked, or uploaded for a project or area. */
  readonly otherPersonalAccessToken: string;
  /** The access token that is valid now. */
  readonly bearer: string;
  /** Lets the access token expire, and returns its successor. */
  renewBearer(): string;
  addWorkItem(init?: WorkItemInit): WorkItemReference;
  /** Throws if there is no such work item. */
  workItem(id: number): WorkItemInfo;
  /** All attachments, started ones included, oldest first. */
  attachments(): StoredBlob[];
  /** Throws if there is no such attachment. */
  blob(id: string): StoredBlob;
}
