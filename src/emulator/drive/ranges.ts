import type { StoredDriveSession } from "./store.js";
import type { Reply } from "../api.js";
import type { Call, Context } from "../call.js";
import { json, refuse } from "../replies.js";
import { contentRangePattern } from "../sessions/range.js";
import { timestamp } from "../sessions/session.js";
import { complete } from "./commit.js";
import { invalidRequest, quotaReached, tooLarge } from "./replies.js";
import { endSession, prolong } from "./session.js";
import { usedBytes } from "./tree.js";

/** What every range but the last is a multiple of (documented). */
const unit = 327_680;
/** A range is shorter than 60 MiB (documented). */
const longest = 62_914_560;
/** 250 GB (documented). */
const largest = 250 * 1024 ** 3;

interface ByteRange {
  readonly start: number;
  readonly end: number;
  readonly total: number;
}

/** Takes the next range: checks it, keeps its bytes, and makes the file when all are there. */
export function putDriveRange(context: Context, session: StoredDriveSession, call: Call): Reply {
  const range = readRange(session, call);
  const refused = "status" in range ? range : refuseRange(context, session, range);
  if (refused) return vary(context, refused);
  if ("status" in range) return range;
  const kept = call.keep === undefined ? call.body : Buffer.from(call.body.subarray(0, call.keep));
  if (usedBytes(session.drive) + session.offset + kept.length > session.drive.quota) return quotaReached();
  session.total = range.total;
  session.misaligned ||= isMisaligned(range);
  session.pieces.push(kept);
  session.offset += kept.length;
  prolong(context, session);
  if (session.offset < session.total) return json(202, progress(context, session));
  if (session.misaligned) return dropMisaligned(session);
  return session.deferCommit ? json(202, deferred(context, session)) : complete(context, session);
}

function readRange(session: StoredDriveSession, { head, body }: Call): ByteRange | Reply {
  if (head.headers["content-length"] === undefined) return invalidRequest("Content-Length is required.", 411);
  const match = contentRangePattern.exec(head.headers["content-range"] ?? "");
  if (!match) return invalidRequest("Content-Range must be given as 'bytes {start}-{end}/{total}'.");
  const [start, end, total] = match.slice(1).map(Number) as [number, number, number];
  if (body.length >= longest) return tooLarge("A range must have less than 60 MiB.");
  if (total > largest) return tooLarge("A file can have at most 250 GB.");
  if (total !== (session.total ?? session.fileSize ?? total)) {
    return invalidRequest(`The total ${total} is not that of the ranges before.`);
  }
  if (end < start || end >= total) return outOfRange(`The range ${start}-${end} is not within ${total} bytes.`);
  if (end - start + 1 !== body.length) {
    return invalidRequest(`The range ${start}-${end} does not fit the ${body.length} bytes received.`);
  }
  return { start, end, total };
}

function refuseRange({ vary }: Context, { offset }: StoredDriveSession, range: ByteRange): Reply | undefined {
  if (range.start < offset) return refuse(416, "invalidRange", "The range was already received.");
  if (range.start > offset) return outOfRange(`The next expected byte is ${offset}, not ${range.start}.`);
  return isMisaligned(range) && vary.driveMisaligned === "refuse"
    ? invalidRequest(`Every range but the last must be a multiple of ${unit} bytes.`)
    : undefined;
}

const isMisaligned = ({ start, end, total }: ByteRange): boolean => end < total - 1 && (end - start + 1) % unit !== 0;

const outOfRange = (message: string): Reply => refuse(416, "fragmentOutOfOrder", message);

/** All statuses but that of a repeated range are choices. */
const vary = (context: Context, reply: Reply): Reply =>
  context.vary.driveRefusalStatus === 400 && !reply.body.includes('"invalidRange"') ? { ...reply, status: 400 } : reply;

/** The bytes cannot be put right any more: that the session is over then is a choice, like status and code. */
function dropMisaligned(session: StoredDriveSession): Reply {
  endSession(session, "deleted");
  return invalidRequest(`Ranges before the last were no multiples of ${unit} bytes.`);
}

/** The answer to GET; the field knows it incomplete. */
export function statusOf(context: Context, session: StoredDriveSession): Record<string, unknown> {
  const { nextExpectedRanges, ...rest } = progress(context, session);
  switch (context.vary.driveStatusRanges) {
    case "absent":
      return rest;
    case "first":
      return { ...rest, nextExpectedRanges: nextExpectedRanges.slice(0, 1) };
    default:
      return { ...rest, nextExpectedRanges };
  }
}

const progress = (context: Context, session: StoredDriveSession) => ({
  expirationDateTime: timestamp(session.expires),
  nextExpectedRanges: wantedRanges(context, session),
});

function wantedRanges({ vary }: Context, { offset, total }: StoredDriveSession): string[] {
  if (offset === total) return [];
  if (total === undefined || vary.driveRanges === "open") return [`${offset}-`];
  const end = total - 1;
  const middle = Math.floor((offset + end) / 2);
  return vary.driveRanges === "closed" || middle === end
    ? [`${offset}-${end}`]
    : [`${offset}-${middle}`, `${middle + 1}-${end}`];
}

function deferred(context: Context, session: StoredDriveSession): Record<string, unknown> {
  const { nextExpectedRanges, ...rest } = progress(context, session);
  return context.vary.driveDeferredRanges === "absent" ? rest : { ...rest, nextExpectedRanges };
}
