import type { Reply } from "../api.js";
import type { Call } from "../call.js";
import { Content } from "../content.js";
import type { Context } from "../context.js";
import { badRequest, json, refuse, retryAfter, sessionNotFound } from "../replies.js";
import { uploadHost } from "../uploadHost.js";
import { keptBytes, readRange, stateOf, timestamp } from "../uploadSession.js";
import { endSession, printSessionAt } from "./session.js";
import type { StoredPrintSession } from "./store.js";

/** The host that takes the bytes of print documents. The statuses and codes of both 401 are choices. */
export const printHost = uploadHost<StoredPrintSession>({
  find: printSessionAt,
  refuseToken: ({ vary }) =>
    vary.printAuthorization === "refuse"
      ? refuse(401, "Unauthorized", "The upload URL is its own credential. Send no Authorization header.")
      : undefined,
  refuseUnknown: () => sessionNotFound(),
  refuseUrl: (context, session, url) => {
    if (stateOf(context, session) !== "open") return sessionNotFound();
    if (url === session.uploadUrl) return undefined;
    return refuse(401, "Unauthorized", "The token of the upload URL is not valid.");
  },
  badRequest,
  put: putRange,
  get: (_context, session) => json(200, progress(session)),
  discard: (session) => endSession(session, "deleted"),
});

function putRange(context: Context, session: StoredPrintSession, call: Call, others: number): Reply {
  const { vary } = context;
  if (others >= vary.printConcurrency) return tooMany(context);
  const range = readRange(
    call,
    session.size,
    (_mistake, message) => refuse(vary.printRefusalStatus, "invalidRange", message),
    () =>
      call.body.length >= vary.printRangeMaximum
        ? refuse(413, "RequestEntityTooLarge", "A range must have less than 10 MB.")
        : undefined,
  );
  if ("status" in range) return range;
  const { start, end } = range;
  if (session.pieces.some((piece) => start <= piece.end && end >= piece.start)) {
    return refuse(416, "invalidRange", "Bytes of the range were already received.");
  }
  const bytes = keptBytes(call);
  if (bytes.length > 0) session.pieces.push({ start, end: start + bytes.length - 1, bytes });
  session.pieces.sort((one, other) => one.start - other.start);
  return missing(session).length > 0 ? json(202, progress(session)) : complete(context, session);
}

/** The keys are documented. */
const progress = (session: StoredPrintSession): object => ({
  expirationDateTime: timestamp(session.expires),
  nextExpectedRanges: missing(session),
});

/** The missing ranges. */
function missing({ pieces, size }: StoredPrintSession): string[] {
  const holes: string[] = [];
  let next = 0;
  for (const { start, end } of [...pieces, { start: size, end: size }]) {
    if (start > next) holes.push(`${next}-${start - 1}`);
    next = end + 1;
  }
  return holes;
}

/** Answers 201 with the document and deletes the session (documented). */
function complete(context: Context, session: StoredPrintSession): Reply {
  const { document, name, contentType, size, pieces } = session;
  const content = new Content(pieces.map(({ bytes }) => bytes));
  Object.assign(document, { name, contentType, content, uploaded: timestamp(context.now()) });
  endSession(session, "complete");
  return json(201, { id: document.id, documentName: name, contentType, size });
}

/** The limit is documented, the form of this answer is a choice. */
const tooMany = ({ vary }: Context): Reply =>
  refuse(429, "TooManyRequests", "At most four ranges are taken at the same time.", retryAfter(vary));
