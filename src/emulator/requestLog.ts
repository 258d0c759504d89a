import type { RequestKind, RequestLogEntry } from "./api.js";
import type { RequestHead } from "./call.js";

/** The log entry of a request on any origin, without its secrets. */
export function logEntry(head: RequestHead, kind: RequestKind, authorized: boolean): RequestLogEntry {
  const { authorization: _secret, ...headers } = head.headers;
  const target = head.url.slice(head.url.indexOf("/", "https://".length));
  return {
    origin: head.origin,
    method: head.method,
    path: target.replace(/((?:temp)?auth(?:token)?=)[^&]*|(?<=^\/up\/)[^?]*/gi, "$1…"),
    kind,
    headers,
    authorized,
    contentRange: head.headers["content-range"],
    bodyBytes: 0,
  };
}
