import type { Origin, Reply, RequestLogEntry, SessionInfo } from "./api.js";
import type { Route } from "./graph/path.js";
import type { DriveStore } from "./drive/store.js";
import type { Store } from "./items/store.js";
import type { PrintStore } from "./print/store.js";
import type { TeamsStore } from "./teams/store.js";
import type { Variations } from "./variations.js";

/** What every part of the service works with. */
export interface Context {
  /** Absolute URLs with a slash at the end. */
  readonly graphUrl: string;
  readonly outlookUrl: string;
  readonly driveUrl: string;
  readonly printUrl: string;
  readonly token: string;
  readonly now: () => number;
  readonly store: Store;
  readonly drives: DriveStore;
  readonly print: PrintStore;
  readonly teams: TeamsStore;
  readonly vary: Variations;
  /** Has a session, of whatever kind, listed for tests. */
  noteSession(describe: () => SessionInfo): void;
}

/** The head of a request. Header names are in lower case, and `url` is absolute with its path as sent. */
export interface RequestHead {
  readonly origin: Origin;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface ServiceRequest extends RequestHead {
  readonly body: Buffer;
}

/** One request with its body. */
export interface Call {
  readonly head: RequestHead;
  readonly body: Buffer;
  /** Scripted: how many bytes of a range the service keeps, as if the rest had been lost. */
  readonly keep?: number;
}

/** One request in progress: from its head to `close` or `abandon`, it counts for conflicts and concurrency. */
export interface Exchange {
  readonly head: RequestHead;
  readonly entry: RequestLogEntry;
  /** Processes the request. `keep`: of a range, only so many first bytes are kept. */
  answer(body: Buffer, keep?: number): Reply;
  /** Forgets the session that the request is for, if any, and answers 404 or the given status. */
  dropSession(status?: number): Reply;
  /** Whether others were in progress in the mailbox on arrival. */
  readonly contested: boolean;
  /** The answer is about to be written. */
  close(): void;
  /** The connection was lost before an answer; nothing after `close`. */
  abandon(): void;
}

/** A call on the Graph origin whose path was understood. */
export interface GraphCall extends Call {
  readonly route: Route;
  readonly query: URLSearchParams;
}
