import type { Reply } from "../api.js";
import type { Call } from "../call.js";
import type { Context } from "../context.js";
import { json, methodNotAllowed, refuse } from "../replies.js";
import { decodeLoosely, uploadHost } from "../uploadHost.js";
import { stateOf } from "../uploadSession.js";
import { answerMonitor, monitorPath } from "./changing.js";
import { complete } from "./commit.js";
import { downloadUrlOf } from "./describe.js";
import { download } from "./fileContent.js";
import { putDriveRange, statusOf } from "./ranges.js";
import { invalidRequest, sessionNotThere, unauthenticated } from "./replies.js";
import { driveSessionAt, endSession, isPastItsDay, targetOf } from "./session.js";
import type { StoredDriveSession } from "./store.js";

/** The host that takes the bytes of drive sessions and serves those of files. */
export const driveHost = uploadHost<StoredDriveSession>({
  find: driveSessionAt,
  refuseToken: ({ vary }) =>
    vary.driveAuthorization === "refuse"
      ? unauthenticated("The upload URL is its own credential. Send no Authorization header.")
      : undefined,
  refuseUnknown,
  refuseEnded,
  badRequest: invalidRequest,
  put: putDriveRange,
  get: (context, session) => json(200, statusOf(context, session)),
  post: commitDeferred,
  discard: (session) => endSession(session, "deleted"),
  gone: sessionNotThere,
  pages: { "/_layouts/15/download.aspx": answerDownload, [monitorPath]: answerMonitor },
});

/** Answers POST without a body, for business drives. Personal ones take the commit PUT (documented). */
function commitDeferred(context: Context, session: StoredDriveSession, { head, body }: Call): Reply {
  if (context.vary.driveKind === "personal") return methodNotAllowed();
  if (!session.deferCommit) return invalidRequest("The session was not created with deferCommit.");
  if (head.headers["content-length"] !== "0" || body.length > 0) return invalidRequest("Content-Length must be 0.");
  if (session.total === undefined || session.offset < session.total) {
    return refuse(400, "uploadSessionIncomplete", "The session does not have all bytes yet.");
  }
  return complete(context, session);
}

/** Refuses a session that is over. The 401 is a field report. */
function refuseEnded(context: Context, session: StoredDriveSession): Reply | undefined {
  const state = stateOf(context, session);
  if (state === "open") return undefined;
  if (state !== "expired" || !isPastItsDay(context, session)) return sessionNotThere();
  const [from, to] = [session.created, session.expires].map((time) => new Date(time).toISOString());
  const message = `The access token has expired. It's valid from '${from}' and to '${to}'.`;
  return json(401, { error: { innerError: { code: "expiredToken" }, code: "unauthenticated", message } });
}

/** Refuses a changed upload URL with the reason, as an upload URL is opaque. */
function refuseUnknown({ drives }: Context, url: string): Reply {
  const bare = (target: string): string =>
    decodeLoosely(target)
      .replace(/[?&]tempauth=.*$/, "")
      .toLowerCase();
  const known = drives.sessions.find(({ target }) => bare(target) === bare(targetOf(url)));
  if (!known) return sessionNotThere();
  return decodeLoosely(known.target) === decodeLoosely(targetOf(url))
    ? invalidRequest("The upload URL was rewritten. Use uploadUrl exactly as you received it.")
    : unauthenticated("The token of the upload URL is not valid.");
}

function answerDownload(context: Context, { head }: Call): Reply {
  if (head.method !== "GET") return methodNotAllowed();
  for (const { items } of context.drives.drives.values()) {
    for (const item of items.values()) {
      if (item.content && targetOf(downloadUrlOf(context, item)) === targetOf(head.url)) return download(item);
    }
  }
  return sessionNotThere();
}
