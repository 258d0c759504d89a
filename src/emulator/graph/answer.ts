import type { Reply } from "../api.js";
import { answerAttachment, answerAttachments } from "../items/attachments.js";
import type { Call, Context, GraphCall } from "../call.js";
import { answerDrive } from "../drive/answer.js";
import { prefersImmutableIds } from "../mail/composed.js";
import { createUploadSession } from "../sessions/createSession.js";
import { answerEvent, createEvent } from "../mail/events.js";
import { answerMessage, createMessage } from "../mail/messages.js";
import { lastSegment, readGraphPath, type Route } from "./path.js";
import { answerPrint } from "../print/answer.js";
import { accessDenied, empty, itemNotFound, json, methodNotAllowed, noSegment, refuse } from "../replies.js";
import { answerReply } from "../mail/replying.js";
import { refuseLargeBody } from "./requestBody.js";
import { answerSend, answerSendMail, isSent, sentAlready } from "../mail/sending.js";
import type { StoredItem } from "../items/store.js";
import { answerTodoSession } from "../sessions/todo.js";
import { answerTeams } from "../teams/answer.js";

/** Answers a request to the Graph origin: bearer first, then path, length and resource. */
export function answerGraph(context: Context, call: Call): Reply {
  if (call.head.headers.authorization !== `Bearer ${context.token}`) return unauthorized();
  const url = new URL(call.head.url);
  const route = readGraphPath(url.pathname);
  const large = refuseLargeBody(context, call, route?.kind);
  if (!route) {
    const reply = large ?? answerDrive(context, call) ?? answerPrint(context, call) ?? answerTeams(context, call);
    return reply ?? noSegment(lastSegment(url.pathname));
  }
  if (route.kind === "task" && context.vary.china) return noSegment("todo");
  const graphCall: GraphCall = { ...call, route, query: url.searchParams };
  if (context.vary.mailSendOnly403 && needsReadWrite(graphCall)) return accessDenied();
  return large ?? answerRoute(context, graphCall);
}

/** What Mail.Send alone does not allow; it is enough for every request that sends. */
const needsReadWrite = ({ head, route }: GraphCall): boolean =>
  head.method !== "GET" && route.kind === "message" && !sends.includes(route.target);

const sends: readonly Route["target"][] = ["sendMail", "send", "reply", "replyAll", "forward"];

const addsFiles = ({ head, route }: GraphCall): boolean =>
  head.method === "POST" && (route.target === "attachments" || route.target === "createSession");

function answerRoute(context: Context, call: GraphCall): Reply {
  switch (call.route.target) {
    case "messages":
      return createMessage(context, call);
    case "events":
      return createEvent(context, call);
    case "sendMail":
      return answerSendMail(context, call);
  }
  const item = context.store.find(call.route);
  if (!item) return itemNotFound();
  if (prefersImmutableIds(call)) item.immutable = true;
  if (isSent(item) && addsFiles(call)) return sentAlready();
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
    case "send":
      return answerSend(context, call, item);
    default:
      return answerReply(context, call, item);
  }
}

function answerItem(context: Context, call: GraphCall, item: StoredItem): Reply {
  if (item.kind === "message") return answerMessage(context, call, item);
  return item.kind === "event" ? answerEvent(context, call, item) : answerTask(context, call, item);
}

function answerTask(context: Context, call: GraphCall, task: StoredItem): Reply {
  if (call.head.method === "GET") {
    const metadata = `${new URL(call.head.url).origin}/${call.route.version}/$metadata#tasks/$entity`;
    const { id, properties, attachments } = task;
    return json(200, {
      "@odata.context": metadata,
      id,
      hasAttachments: attachments.length > 0,
      title: properties.subject,
    });
  }
  if (call.head.method !== "DELETE") return methodNotAllowed();
  context.store.items.delete(task.id);
  return empty(204);
}

/** No or wrong bearer; 401 is documented, the body a choice. */
const unauthorized = (): Reply =>
  refuse(401, "InvalidAuthenticationToken", "Access token is missing or malformed.", {
    "www-authenticate": "Bearer",
  });
