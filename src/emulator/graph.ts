import { answerAttachment, answerAttachments } from "./attachments.js";
import type { Call, Context, GraphCall } from "./call.js";
import { createUploadSession } from "./createSession.js";
import { lastSegment, readGraphPath } from "./path.js";
import { accessDenied, badRequest, empty, itemNotFound, json, methodNotAllowed, noSegment, refuse } from "./replies.js";
import { readObject, refuseLargeBody } from "./requestBody.js";
import type { StoredItem } from "./store.js";
import { answerTodoSession } from "./todo.js";
import type { Reply } from "./types.js";

/** Answers a request to the Graph origin: bearer first, then path, length and resource. */
export function answerGraph(context: Context, call: Call): Reply {
  if (call.head.headers.authorization !== `Bearer ${context.token}`) return unauthorized();
  const url = new URL(call.head.url);
  const route = readGraphPath(url.pathname);
  if (!route) return noSegment(lastSegment(url.pathname));
  if (route.kind === "task" && context.vary.china) return noSegment("todo");
  const graphCall: GraphCall = { ...call, route, query: url.searchParams };
  const writes = call.head.method !== "GET";
  if (writes && context.vary.mailSendOnly403 && route.kind === "message") return accessDenied();
  return refuseLargeBody(context, graphCall) ?? answerRoute(context, graphCall);
}

function answerRoute(context: Context, call: GraphCall): Reply {
  if (call.route.target === "messages") return createDraft(context, call);
  const item = context.store.find(call.route);
  if (!item) return itemNotFound();
  switch (call.route.target) {
    case "item":
      return answerItem(context, call, item);
    case "attachments":
      return answerAttachments(context, call, item);
    case "attachment":
    case "value":
      return answerAttachment(context, call, item);
    case "createSession":
      return call.head.method === "POST" ? createUploadSession(context, call, item) : methodNotAllowed();
    case "session":
    case "content":
      return answerTodoSession(context, call);
  }
}

function createDraft(context: Context, call: GraphCall): Reply {
  if (call.head.method !== "POST") return methodNotAllowed();
  const body = readObject(call);
  if ("status" in body) return body;
  const { subject } = body.value;
  if (subject !== undefined && typeof subject !== "string") return badRequest("subject is a string.");
  return json(201, describe(context.store.addItem("message", { subject }), call));
}

function answerItem(context: Context, call: GraphCall, item: StoredItem): Reply {
  if (call.head.method === "GET") return json(200, describe(item, call));
  if (call.head.method !== "DELETE") return methodNotAllowed();
  context.store.items.delete(item.id);
  return empty(204);
}

function describe(item: StoredItem, call: GraphCall): unknown {
  const metadata = `${new URL(call.head.url).origin}/${call.route.version}/$metadata#${item.kind}s/$entity`;
  const common = { "@odata.context": metadata, id: item.id, hasAttachments: item.attachments.length > 0 };
  if (item.kind === "task") return { ...common, title: item.subject };
  return item.kind === "message"
    ? { ...common, subject: item.subject, isDraft: item.draft }
    : { ...common, subject: item.subject };
}

/** No or wrong bearer; 401 is documented, the body a choice. */
const unauthorized = (): Reply =>
  refuse(401, "InvalidAuthenticationToken", "Access token is missing or malformed.", {
    "www-authenticate": "Bearer",
  });
