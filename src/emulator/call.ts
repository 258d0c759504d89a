import type { Origin, Reply, RequestLogEntry } from "./api.js";
import type { ItemRoute } from "./items/routes.js";
import type { ParsedMime } from "./mail/mime.js";
import type { Route } from "./router.js";

/** The head of a request. Header names are in lower case, and `url` is absolute with its path as sent. */
export interface RequestHead {
  readonly origin: Origin;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** True if a request carries this bearer. The name of the scheme has any letter case (RFC 9110, section 11.1). */
export function carries({ headers }: RequestHead, token: string): boolean {
  const [, bearer] = /^bearer (.*)$/i.exec(headers.authorization ?? "") ?? [];
  return bearer === token;
}

export interface ServiceRequest extends RequestHead {
  readonly body: Buffer;
}

/** One request with its body. */
export interface Call {
  readonly head: RequestHead;
  readonly body: Buffer;
  /** The number of bytes of a range that the service keeps, if a fault limits it. */
  readonly keep?: number;
  /** The message in the body, if it is MIME. Absent where it was not parsed. */
  readonly mime?: ParsedMime;
}

/** One request in progress. It counts for conflicts and concurrency from its head to `close` or `abandon`. */
export interface Exchange {
  readonly head: RequestHead;
  readonly entry: RequestLogEntry;
  /** Processes the request. `keep` limits the bytes of a range that are kept. `mime` is what the body says. */
  answer(body: Buffer, keep?: number, mime?: ParsedMime): Reply;
  /** Drops the session of the request, if it has one, and answers 404 or the given status. */
  dropSession(status?: number): Reply;
  /** True if other requests that count were in progress on arrival. */
  readonly contested: boolean;
  /** Call it before writing the answer. */
  close(): void;
  /** Call it if the connection is lost. It does nothing after `close`. */
  abandon(): void;
}

/** A call on the Graph origin with its route. */
export interface GraphCall<R extends Route = ItemRoute> extends Call {
  readonly route: R;
  readonly query: URLSearchParams;
}
