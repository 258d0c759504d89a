import type { Reply } from "../api.js";
import { carries, type Call, type GraphCall } from "../call.js";
import type { Context } from "../context.js";
import { answerDrive } from "../drive/answer.js";
import { answerAttachment, answerAttachments } from "../items/attachments.js";
import { placeOf, type ItemRoute, type ItemTarget } from "../items/routes.js";
import type { StoredItem } from "../items/store.js";
import { answerLists, answerTask } from "../items/tasks.js";
import { prefersImmutableIds } from "../mail/composed.js";
import { answerEvent, answerEvents } from "../mail/events.js";
import { answerFolder } from "../mail/folders.js";
import { answerMessage, answerMessages, answerMove } from "../mail/messages.js";
import { answerReply } from "../mail/replying.js";
import { answerSend, answerSendMail, isSent, sentAlready } from "../mail/sending.js";
import { answerPrint } from "../print/answer.js";
import { accessDenied, itemNotFound, methodNotAllowed, noSegment, refuse } from "../replies.js";
import { createUploadSession } from "../sessions/createSession.js";
import { answerTodoSession } from "../sessions/todo.js";
import { answerTeams } from "../teams/answer.js";
import { withDocumentedNames } from "./names.js";
import { refuseLargeBody } from "./requestBody.js";
import type { GraphRoute } from "./routes.js";
import { answerUser } from "./users.js";

/** Answers a request to the Graph origin: bearer first, then path, length and resource. */
export function answerGraph(context: Context, call: Call, route: GraphRoute | undefined): Reply {
  if (!carries(call.head, context.token)) return unauthorized();
  const { pathname, searchParams: query } = new URL(call.head.url);
  const { vary } = context;
  if (!route) return refuseLargeBody(context, call) ?? noSegment(pathname.split("/").filter(Boolean).pop() ?? "");
  if (route.resource === "task" && vary.china) return noSegment("todo");
  if (vary.mailSendOnly403 && route.resource === "message" && needsReadWrite(call, route)) return accessDenied();
  const tooLarge = refuseLargeBody(context, call, route.resource);
  if (tooLarge) return tooLarge;
  switch (route.resource) {
    case "drive":
      return answerDrive(context, { ...call, route, query });
    case "print":
      return answerPrint(context, { ...call, route, query });
    case "user":
      return answerUser(context, { ...call, route, query });
    case "teams":
      return answerTeams(context, { ...call, route, query });
    default:
      return answerItemRoute(context, { ...call, route, query });
  }
}

/** True for requests that Mail.Send alone does not allow. That scope is enough for every request that sends. */
const needsReadWrite = ({ head }: Call, { target }: ItemRoute): boolean =>
  head.method !== "GET" && !sends.includes(target);

const sends: readonly ItemTarget[] = ["sendMail", "send", "reply", "replyAll", "forward"];

const addsFiles = ({ head, route }: GraphCall): boolean =>
  head.method === "POST" && (route.target === "attachments" || route.target === "createSession");

function answerItemRoute(context: Context, given: GraphCall): Reply {
  const call =
    context.vary.jsonNames === "anyCase" && given.route.target !== "createSession" ? withDocumentedNames(given) : given;
  if ("status" in call) return call;
  switch (call.route.target) {
    case "messages":
      return answerMessages(context, call);
    case "mailFolder":
      return answerFolder(call);
    case "lists":
    case "list":
    case "tasks":
      return answerLists(context, call);
    case "events":
      return answerEvents(context, call);
    case "sendMail":
      return answerSendMail(context, call);
  }
  const item = context.store.find(call.route);
  if (!item || isElsewhere(context, call, item)) return itemNotFound();
  if (isUnsynced(context, item)) return itemNotFound();
  if (item.unseen++ < (item.posted ? context.vary.newItemDelay : 0)) return itemNotFound();
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
    case "move":
      return answerMove(context, call, item);
    default:
      return answerReply(context, call, item);
  }
}

/** True for a draft or an event that Outlook has saved locally only. */
const isUnsynced = ({ vary, now }: Context, { kind, draft, savedAt }: StoredItem): boolean =>
  (draft || kind === "event") && now() < savedAt + vary.draftVisibleAfter;

/** True for an item of a shared folder or calendar that is addressed by another path, if those do not find it. */
const isElsewhere = ({ vary }: Context, { route }: GraphCall, { place }: StoredItem): boolean =>
  vary.otherPaths === "missing" && place !== undefined && placeOf(route) !== place;

function answerItem(context: Context, call: GraphCall, item: StoredItem): Reply {
  if (item.kind === "message") return answerMessage(context, call, item);
  return item.kind === "event" ? answerEvent(context, call, item) : answerTask(context, call, item);
}

/** The bearer is missing or wrong. 401 is documented, the body is a choice. */
const unauthorized = (): Reply =>
  refuse(401, "InvalidAuthenticationToken", "Access token is missing or malformed.", {
    "www-authenticate": "Bearer",
  });
