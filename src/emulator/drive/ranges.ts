import type { Reply } from "../api.js";
import type { Call } from "../call.js";
import type { Context } from "../context.js";
import { json, refuse } from "../replies.js";
import { keptBytes, readRange, timestamp, type ByteRange } from "../uploadSession.js";
import { complete } from "./commit.js";
import { invalidRequest, quotaReached, tooLarge } from "./replies.js";
import { endSession, prolong } from "./session.js";
import type { StoredDriveSession } from "./store.js";
import { usedBytes } from "./tree.js";

/** Every range but the last is a multiple of this length (documented). */
const unit = 327_680;
/** A range must be shorter: 60 MiB (documented). */
const longest = 62_914_560;
/** The largest file: 250 GB (documented). */
const largest = 250 * 1024 ** 3;

/** Takes the next range: checks it, stores its bytes, and creates the file after the last one. */
export function putDriveRange(context: Context, session: StoredDriveSession, call: Call): Reply {
  const denied = deny(context, session);
  if (denied) return denied;
  const range = readDriveRange(session, call);
  const refused = "status" in range ? range : refuseRange(context, session, range);
  if (refused) return vary(context, refused);
  if ("status" in range) return range;
  const kept = keptBytes(call);
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

/** Refuses a range without a reason in it: the session lives, or refuses what it asks for. */
function deny({ drives, vary }: Context, session: StoredDriveSession): Reply | undefined {
  drives.ranges++;
  if (session.poisoned && session.offset > 0) {
    return refuse(416, "invalidRange", "The uploaded fragment overlaps with data that has already been received.");
  }
  if (vary.driveRefusedEvery === 0 || drives.ranges % vary.driveRefusedEvery !== 0) return undefined;
  return refuse(vary.driveRefusal, "itemNotFound", "The resource could not be found.");
}

function readDriveRange(session: StoredDriveSession, call: Call): ByteRange | Reply {
  const size = session.total ?? session.fileSize;
  return readRange(
    call,
    size,
    (mistake, message) =>
      mistake === "bounds" ? outOfRange(message) : invalidRequest(message, mistake === "noLength" ? 411 : 400),
    ({ total }) => {
      if (call.body.length >= longest) return tooLarge("A range must have less than 60 MiB.");
      return total > largest ? tooLarge("A file can have at most 250 GB.") : undefined;
    },
  );
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

/** Applies the variation to a refusal. Only the status of a repeated range is documented. */
const vary = (context: Context, reply: Reply): Reply =>
  context.vary.driveRefusalStatus === 400 && !reply.body.includes('"invalidRange"') ? { ...reply, status: 400 } : reply;

/** Ends a session whose ranges cannot be corrected any more. The end, status and code are choices. */
function dropMisaligned(session: StoredDriveSession): Reply {
  endSession(session, "deleted");
  return invalidRequest(`Every range but the last must be a multiple of ${unit} bytes.`);
}

/** The answer to GET. Field reports show it incomplete. */
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
