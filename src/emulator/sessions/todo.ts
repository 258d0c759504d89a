import type { Reply } from "../api.js";
import type { Context, GraphCall } from "../call.js";
import { json, methodNotAllowed, refuse, sessionNotFound } from "../replies.js";
import {
  deleteSession,
  locationId,
  putRange,
  refuseEnded,
  timestamp,
  wantedRanges,
  type SessionForm,
} from "./session.js";
import type { StoredSession } from "../items/store.js";

/** Ranges from here on fail in strict mode: "less than 4 MB", read as 4,000,000. */
const strictRange = 4_000_000;
/** "Will fail for anything higher than 4 MB" (documented), read as the request cap of Graph. */
const longestRange = 4_194_304;

/** The To Do session that a Graph path names. */
export const todoSessionOf = (context: Context, call: Pick<GraphCall, "route">): StoredSession | undefined =>
  context.store.sessions.find(
    (session) => session.id === call.route.sessionId && session.item.id === call.route.itemId,
  );

/** Answers requests to `…/attachmentSessions/{id}` and its `/content`; the bearer was checked before. */
export function answerTodoSession(context: Context, call: GraphCall): Reply {
  const session = todoSessionOf(context, call);
  if (!session) return sessionNotFound();
  const onContent = call.route.target === "content";
  // Field report: the gateway knows no PUT on the session itself.
  if (call.head.method === "PUT" && !onContent) return refuse(404, "UnknownError", "");
  const ended = refuseEnded(context, session);
  if (ended) return ended;
  if (call.head.method === "PUT")
    return refuseLength(context, call) ?? putRange(context, session, call, todoForm(context));
  if (onContent) return methodNotAllowed();
  if (call.head.method === "DELETE") return deleteSession(session);
  return call.head.method === "GET" ? json(200, status(context, session)) : methodNotAllowed();
}

function refuseLength(context: Context, call: GraphCall): Reply | undefined {
  const length = call.body.length;
  const tooLong = context.vary.todoStrictRange ? length >= strictRange : length > longestRange;
  return tooLong ? refuse(413, "RequestEntityTooLarge", "A range may have at most 4 MB.") : undefined;
}

function todoForm(context: Context): SessionForm {
  const pascal = context.vary.todoKeys === "pascal";
  return {
    progress: (session) => ({
      [pascal ? "ExpirationDateTime" : "expirationDateTime"]: timestamp(session.expires),
      [pascal ? "NextExpectedRanges" : "nextExpectedRanges"]: wantedRanges(context, session),
    }),
    // Documented with a capital A.
    location: (session, attachment) =>
      `${session.uploadUrl.replace(/\/attachmentSessions\/.*$/, "")}/Attachments/${locationId(context, attachment.id)}`,
  };
}

/** The attachmentSession entity; only metadata describes it. */
function status(context: Context, session: StoredSession): unknown {
  const metadata = `${context.graphUrl}v1.0/$metadata#attachmentSession`;
  return { "@odata.context": metadata, id: session.id, ...(todoForm(context).progress(session) as object) };
}
