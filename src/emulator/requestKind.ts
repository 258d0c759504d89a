import type { Origin, RequestKind, RequestLogEntry } from "./api.js";
import type { RequestHead } from "./call.js";
import { routeOf, type Route } from "./graph/path.js";
import { driveKindOf } from "./drive/answer.js";
import { driveHostKindOf } from "./drive/uploadHost.js";
import { printKindOf } from "./print/answer.js";
import { printHostKindOf } from "./print/uploadHost.js";
import { teamsKindOf } from "./teams/answer.js";

/** The log entry of a request, without its secrets, and its Graph route where it has one. */
export function readRequest(head: RequestHead, token: string): { entry: RequestLogEntry; route: Route | undefined } {
  const route = head.origin === "graph" ? routeOf(head.url) : undefined;
  const authorized = head.headers.authorization === `Bearer ${token}`;
  return { entry: logEntry(head, kindOf(head, route), authorized), route };
}

/** A request as it is logged on any origin, without its secrets. */
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

const sessionKinds: Record<string, RequestKind> = { PUT: "range", GET: "status", DELETE: "cancel" };
/** What requests to the upload hosts are for. */
const hostKinds: { readonly [origin in Origin]?: (head: RequestHead) => RequestKind } = {
  outlook: ({ method }) => sessionKinds[method] ?? "other",
  drive: driveHostKindOf,
  print: printHostKindOf,
};
const itemKinds: Record<string, RequestKind> = { PATCH: "patch", DELETE: "discard" };

function kindOf(head: RequestHead, route: Route | undefined): RequestKind {
  const host = hostKinds[head.origin];
  if (host) return host(head);
  switch (route?.target) {
    case "createSession":
      return head.method === "POST" ? "create" : "other";
    case "session":
    case "content":
      return sessionKinds[head.method] ?? "other";
    case "attachments":
      return head.method === "POST" ? "post" : head.method === "GET" ? "list" : "other";
    case "attachment":
    case "value":
      return head.method === "DELETE" ? "remove" : "read";
    case "item":
      return route?.kind === "task" ? "item" : (itemKinds[head.method] ?? "item");
    case "messages":
    case "events":
      return head.method === "POST" ? "draft" : "item";
    case "createReply":
    case "createReplyAll":
    case "createForward":
      return head.method === "POST" ? "draft" : "other";
    case "send":
      return head.method === "POST" ? "send" : "other";
    case "sendMail":
    case "reply":
    case "replyAll":
    case "forward":
      return head.method === "POST" ? "mail" : "other";
    case undefined:
      return driveKindOf(head) ?? printKindOf(head) ?? teamsKindOf(head) ?? "other";
  }
}
