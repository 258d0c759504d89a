import type { StoredDriveSession } from "./store.js";
import type { Reply, RequestKind } from "../api.js";
import type { Call, Context, RequestHead } from "../call.js";
import { empty, json, methodNotAllowed, refuse } from "../replies.js";
import { knownHeaders } from "../sessions/outlookHost.js";
import { complete } from "./commit.js";
import { downloadUrlOf } from "./describe.js";
import { download } from "./fileContent.js";
import { putDriveRange, statusOf } from "./ranges.js";
import { invalidRequest, sessionNotThere, unauthenticated } from "./replies.js";
import { driveSessionAt, endSession, isPastItsDay, stateOf, targetOf } from "./session.js";

/** What a request to this host is for. */
export const driveHostKindOf = ({ method, url }: RequestHead): RequestKind =>
  isDownload(url) ? "read" : (kinds[method] ?? "other");

const kinds: Record<string, RequestKind> = { PUT: "range", GET: "status", DELETE: "cancel", POST: "commit" };

/** Answers a request to the host that takes the bytes of drive sessions, and gives those of files. */
export function answerDriveHost(context: Context, call: Call): Reply {
  const { headers, url } = call.head;
  if (headers.authorization !== undefined && context.vary.driveAuthorization === "refuse") {
    return unauthenticated("The upload URL is its own credential; Authorization is not taken.");
  }
  if (isDownload(url)) return answerDownload(context, call);
  const session = driveSessionAt(context, url);
  if (!session) return refuseUnknown(context, url);
  const stray = Object.keys(headers).filter((name) => !knownHeaders.test(name) && name !== "authorization");
  if (stray.length > 0) return invalidRequest(`The upload host takes no such header: ${stray.join(", ")}.`);
  return refuseEnded(context, session) ?? answerSession(context, session, call);
}

function answerSession(context: Context, session: StoredDriveSession, call: Call): Reply {
  switch (call.head.method) {
    case "PUT":
      return putDriveRange(context, session, call);
    case "GET":
      return json(200, statusOf(context, session));
    case "DELETE":
      endSession(session, "deleted");
      return empty(204);
    case "POST":
      return commitDeferred(context, session, call);
    default:
      return methodNotAllowed();
  }
}

/** POST with no body is for business drives; personal ones take the commit PUT (documented). */
function commitDeferred(context: Context, session: StoredDriveSession, { head, body }: Call): Reply {
  if (context.vary.driveKind === "personal") return methodNotAllowed();
  if (!session.deferCommit) return invalidRequest("The session was not created with deferCommit.");
  if (head.headers["content-length"] !== "0" || body.length > 0) return invalidRequest("Content-Length must be 0.");
  if (session.total === undefined || session.offset < session.total) {
    return refuse(400, "uploadSessionIncomplete", "The session does not have all bytes yet.");
  }
  return complete(context, session);
}

/** Why a session takes nothing any more. The 401 is a field report. */
function refuseEnded(context: Context, session: StoredDriveSession): Reply | undefined {
  const state = stateOf(context, session);
  if (state === "open") return undefined;
  if (state !== "expired" || !isPastItsDay(context, session)) return sessionNotThere();
  const [from, to] = [session.created, session.expires].map((time) => new Date(time).toISOString());
  const message = `The access token has expired. It's valid from '${from}' and to '${to}'.`;
  return json(401, { error: { innerError: { code: "expiredToken" }, code: "unauthenticated", message } });
}

/** An upload URL is opaque: one that was changed is refused with a reason. */
function refuseUnknown({ drives }: Context, url: string): Reply {
  const bare = (target: string): string =>
    loosely(target)
      .replace(/[?&]tempauth=.*$/, "")
      .toLowerCase();
  const known = drives.sessions.find(({ target }) => bare(target) === bare(targetOf(url)));
  if (!known) return sessionNotThere();
  return loosely(known.target) === loosely(targetOf(url))
    ? invalidRequest("The upload URL was rewritten; use uploadUrl as it was given.")
    : unauthenticated("The token of the upload URL is not valid.");
}

function loosely(target: string): string {
  try {
    return decodeURIComponent(target);
  } catch {
    return target;
  }
}

const isDownload = (url: string): boolean => new URL(url).pathname === "/_layouts/15/download.aspx";

function answerDownload(context: Context, { head }: Call): Reply {
  if (head.method !== "GET") return methodNotAllowed();
  for (const { items } of context.drives.drives.values()) {
    for (const item of items.values()) {
      if (item.content && targetOf(downloadUrlOf(context, item)) === targetOf(head.url)) return download(item);
    }
  }
  return sessionNotThere();
}
