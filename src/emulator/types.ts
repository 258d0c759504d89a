import type { AzureDevOpsFixture } from "./azureDevOps/types.js";
import type { DriveFixture } from "./drive/types.js";
import type { FaultScript } from "./wire/faults.js";
import type { EventInfo, MailboxFixture } from "./mail/types.js";
import type { PrintFixture } from "./print/types.js";
import type { TeamsFixture } from "./teams/types.js";
import type { Variations } from "./variations.js";

/** A message, event or task that holds attachments. `path` is what a client appends to the API version. */
export interface Item {
  readonly id: string;
  readonly path: string;
}

/** What the service holds after an upload; `bytes` and `sha256` (hex) are the file exactly as it arrived. */
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

export type SessionState = "open" | "complete" | "deleted" | "expired";

/**
 * One upload session as a test sees it; sizes and offset in bytes. `uploadUrl` is a credential. The size of one on a drive
 * is 0 until a range has told it; `item` is what it replaces, or the folder that it goes to.
 */
export interface SessionInfo {
  readonly id: string;
  readonly item: Item;
  readonly protocol: "outlook" | "todo" | "drive" | "print";
  readonly name: string;
  readonly size: number;
  readonly offset: number;
  /** What a print session has, whose ranges come in any order: `["0-72796", "92797-4533321"]`. */
  readonly received?: readonly string[];
  readonly state: SessionState;
  readonly uploadUrl: string;
}

export type Origin = "graph" | "outlook" | "azureDevOps" | "drive" | "print";

/**
 * What a request is for, as read from its method and path. "draft" makes a message or event (create… forms included),
 * "send" is the action on a draft, "mail" sends at once (sendMail, reply, replyAll, forward), "patch" and "discard"
 * change and delete a message or event. Azure DevOps: a start is "create", a chunk "range", a simple
 * upload "post", a PATCH of a work item "link", a GET of it "workItem". Drives: a PUT of a whole file is "post", GET of an
 * item or its content "read", of children "list", "folder" makes one, "share" is createLink and invite, "commit" makes the
 * file of a deferred session or of one whose name was taken. "chat" posts a message to a chat or channel. "preflight": a browser asks whether it may send
 * a request.
 */
export type RequestKind =
  | ("create" | "range" | "status" | "cancel" | "post" | "list" | "read" | "remove" | "item" | "other")
  | ("draft" | "send" | "mail" | "patch" | "discard")
  | ("link" | "workItem" | "preflight")
  | ("folder" | "share" | "commit" | "chat");

/** One request as it arrived. Secrets are left out: no Authorization value, no token in the path. */
export interface RequestLogEntry {
  readonly origin: Origin;
  readonly method: string;
  readonly path: string;
  readonly kind: RequestKind;
  readonly headers: Readonly<Record<string, string>>;
  readonly authorized: boolean;
  readonly contentRange?: string;
  bodyBytes: number;
  /** What was answered, or would have been where a fault kept the answer back. */
  status?: number;
  /** The scripted fault that this request met, in one line. */
  fault?: string;
}

/** The head of a request; header names in lower case, `url` absolute with its path as sent. */
export interface RequestHead {
  readonly origin: Origin;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface ServiceRequest extends RequestHead {
  readonly body: Buffer;
}

/** An answer; status 0 means that the connection is reset instead. `content-length` is the server's to add. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A file to put on an item before a test begins. */
export interface FileInit {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly contentType?: string;
}

/** A message to put into the mailbox: a draft by default. Addresses are plain strings. */
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

/** How items are put into the service and looked at from outside, without requests. */
export interface Fixture {
  addMessage(init?: MessageInit): Item;
  /** `message` is the meeting request whose `/event` leads to this event; `attendees`, as addresses, are invited. */
  addEvent(init?: { readonly subject?: string; readonly message?: Item; readonly attendees?: readonly string[] }): Item;
  addTask(init?: { readonly subject?: string }): Item;
  addAttachment(item: Item | string, file: FileInit): StoredAttachment;
  attachments(item: Item | string): StoredAttachment[];
  /** Drafts, sent items, and everything that went out. */
  readonly mailbox: MailboxFixture;
  events(): EventInfo[];
  readonly sessions: readonly SessionInfo[];
  readonly requests: readonly RequestLogEntry[];
  vary(changes: Partial<Variations>): void;
  readonly azureDevOps: AzureDevOpsFixture;
  /** The drive of the signed-in user; `drive.of(path)` is another. */
  readonly drive: DriveFixture;
  readonly print: PrintFixture;
  readonly teams: TeamsFixture;
}

export interface EmulatorOptions {
  /** The only bearer that the Graph origin takes. @default "emulator-access-token" */
  readonly token?: string;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
  readonly vary?: Partial<Variations>;
  /** The credentials that the Azure DevOps origin takes. */
  readonly azureDevOps?: { readonly personalAccessToken?: string; readonly bearer?: string };
}

/** To spread into the options of a Graph client. */
export interface ClientOptions {
  baseUrl: string;
  customHosts: Set<string>;
  /** `dispatcher` makes Node's fetch trust the emulator, `tls` Bun's, `client` Deno's. */
  fetchOptions: Record<string, unknown>;
}

/** A running emulator: Graph, the upload hosts of Outlook, drives and print, and Azure DevOps, on loopback origins. */
export interface Emulator extends Fixture {
  readonly graphUrl: string;
  readonly outlookUrl: string;
  readonly driveUrl: string;
  readonly printUrl: string;
  /** PEM of the certificate that all origins show. */
  readonly ca: string;
  readonly token: string;
  readonly clientOptions: ClientOptions;
  fault(...faults: FaultScript[]): void;
  unusedFaults(): FaultScript[];
  /** Throws, naming each scripted fault that no request met. */
  verifyFaults(): void;
  /** Forgets items, sessions, log and faults; variations stay. */
  reset(): void;
  close(): Promise<void>;
}
