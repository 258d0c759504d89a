import type { Reply } from "../api.js";
import type { GraphCall } from "../call.js";
import type { Context } from "../context.js";
import type { StoredSession } from "../items/store.js";
import { empty, json, methodNotAllowed, refuse, sessionNotFound } from "../replies.js";
import { timestamp } from "../uploadSession.js";
import { deleteSession, locationId, putRange, refuseEnded, wantedRanges, type SessionForm } from "./session.js";

/** Ranges from this length fail in strict mode: "less than 4 MB", read as 4,000,000. */
const strictRange = 4_000_000;
/** "Will fail for anything higher than 4 MB" (documented), read as the request cap of Graph. */
const longestRange = 4_194_304;

/** The To Do session that a Graph path names. */
export const todoSessionOf = (context: Context, call: Pick<GraphCall, "route">): StoredSession | undefined =>
  context.store.sessions.find(
    (session) => session.id === call.route.keys.session && session.item.id === call.route.keys.item,
  );

/** Answers requests to `…/attachmentSessions/{id}` and its `/content`. */
export function answerTodoSession(context: Context, call: GraphCall): Reply {
  const session = todoSessionOf(context, call);
  if (!session) return sessionNotFound();
  const onContent = call.route.target === "content";
  // The gateway has no PUT on the session itself (field report).
  if (call.head.method === "PUT" && !onContent) return refuse(404, "UnknownError", "");
  const ended = refuseEnded(context, session);
  if (ended) return ended;
  if (call.head.method === "PUT")
    return refuseLength(context, call) ?? putRange(context, session, call, todoForm(context));
  if (onContent) return methodNotAllowed();
  if (call.head.method === "DELETE") {
    deleteSession(session);
    return empty(204);
  }
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
    // The capital A is documented.
    location: (session, attachment) =>
      `${session.uploadUrl.replace(/\/attachmentSessions\/.*$/, "")}/Attachments/${locationId(context, attachment.id)}`,
  };
}

/** The attachmentSession entity. Only the metadata describes it. */
function status(context: Context, session: StoredSession): unknown {
  const metadata = `${context.graphUrl}v1.0/$metadata#attachmentSession`;
  return { "@odata.context": metadata, id: session.id, ...(todoForm(context).progress(session) as object) };
}
