import type { Reply, RequestKind } from "../api.js";
import type { Call, Context, RequestHead } from "../call.js";
import { Content } from "../content.js";
import { badRequest, empty, json, methodNotAllowed, refuse, sessionNotFound } from "../replies.js";
import { knownHeaders } from "../sessions/outlookHost.js";
import { contentRangePattern } from "../sessions/range.js";
import { timestamp } from "../sessions/session.js";
import { endSession, printSessionAt, stateOf } from "./session.js";
import type { Piece, StoredPrintSession } from "./store.js";

/** What a request to this host is for. */
export const printHostKindOf = ({ method }: RequestHead): RequestKind => kinds[method] ?? "other";

const kinds: Record<string, RequestKind> = { PUT: "range", GET: "status", DELETE: "cancel" };

/** Answers a request to the host that takes the bytes of print documents; `others` are ranges of the session in progress. */
export function answerPrintHost(context: Context, call: Call, others: number): Reply {
  const { headers, url, method } = call.head;
  // The statuses of both 401, and the codes, are choices: the documentation says "might".
  if (headers.authorization !== undefined && context.vary.printAuthorization === "refuse") {
    return refuse(401, "Unauthorized", "The upload URL is its own credential; Authorization is not taken.");
  }
  const session = printSessionAt(context, url);
  if (!session || stateOf(context, session) !== "open") return sessionNotFound();
  if (url !== session.uploadUrl) return refuse(401, "Unauthorized", "The token of the upload URL is not valid.");
  const stray = Object.keys(headers).filter((name) => !knownHeaders.test(name) && name !== "authorization");
  if (stray.length > 0) return badRequest(`The upload host takes no such header: ${stray.join(", ")}.`);
  switch (method) {
    case "PUT":
      return others >= context.vary.printConcurrency ? tooMany(context) : putRange(context, session, call);
    case "GET":
      return json(200, progress(session));
    case "DELETE":
      endSession(session, "deleted");
      return empty(204);
    default:
      return methodNotAllowed();
  }
}

function putRange(context: Context, session: StoredPrintSession, call: Call): Reply {
  const range = readRange(context, session, call);
  if ("status" in range) return range;
  const { start, end } = range;
  if (session.pieces.some((piece) => start <= piece.end && end >= piece.start)) {
    return refuse(416, "invalidRange", "Bytes of the range were already received.");
  }
  const length = Math.min(call.keep ?? Infinity, call.body.length);
  const bytes = length < call.body.length ? Buffer.from(call.body.subarray(0, length)) : call.body;
  if (length > 0) session.pieces.push({ start, end: start + length - 1, bytes });
  session.pieces.sort((one, other) => one.start - other.start);
  return missing(session).length > 0 ? json(202, progress(session)) : complete(context, session);
}

function readRange({ vary }: Context, session: StoredPrintSession, { head, body }: Call): Omit<Piece, "bytes"> | Reply {
  const wrong = (message: string): Reply => refuse(vary.printRefusalStatus, "invalidRange", message);
  if (head.headers["content-length"] === undefined) return wrong("Content-Length is required.");
  const match = contentRangePattern.exec(head.headers["content-range"] ?? "");
  if (!match) return wrong("Content-Range must be given as 'bytes {start}-{end}/{total}'.");
  const [start, end, total] = match.slice(1).map(Number) as [number, number, number];
  if (body.length >= vary.printRangeMaximum) return refuse(413, "RequestEntityTooLarge", "A range is below 10 MB.");
  if (total !== session.size) return wrong(`The total ${total} is not the declared size ${session.size}.`);
  if (end < start || end >= total) return wrong(`The range ${start}-${end} is not within ${total} bytes.`);
  if (end - start + 1 !== body.length) {
    return wrong(`The range ${start}-${end} does not fit the ${body.length} bytes received.`);
  }
  return { start, end };
}

/** Documented, key for key. */
const progress = (session: StoredPrintSession): object => ({
  expirationDateTime: timestamp(session.expires),
  nextExpectedRanges: missing(session),
});

/** The holes, each with its end. */
function missing({ pieces, size }: StoredPrintSession): string[] {
  const holes: string[] = [];
  let next = 0;
  for (const { start, end } of [...pieces, { start: size, end: size }]) {
    if (start > next) holes.push(`${next}-${start - 1}`);
    next = end + 1;
  }
  return holes;
}

/** 201 with the document; the session is deleted (documented). */
function complete(context: Context, session: StoredPrintSession): Reply {
  const { document, name, contentType, size, pieces } = session;
  const content = new Content(pieces.map(({ bytes }) => bytes));
  Object.assign(document, { name, contentType, content, uploaded: timestamp(context.now()) });
  endSession(session, "complete");
  return json(201, { id: document.id, documentName: name, contentType, size });
}

/** The limit is documented, how it answers is a choice. */
function tooMany({ vary }: Context): Reply {
  const headers: Record<string, string> =
    vary.retryAfterSeconds === null ? {} : { "retry-after": String(vary.retryAfterSeconds) };
  return refuse(429, "TooManyRequests", "At most four ranges are taken at once.", headers);
}
