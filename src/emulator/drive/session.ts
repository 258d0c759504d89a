import type { SessionInfo } from "../api.js";
import type { Context } from "../context.js";
import { guidOf, lettersOf, tokenOf } from "../ids.js";
import { stateOf } from "../uploadSession.js";
import type { Destination, StoredDriveSession } from "./store.js";
import { childNamed } from "./tree.js";

/** The longest life of a session (field report). */
const day = 86_400_000;

type NewSession = Destination &
  Pick<StoredDriveSession, "path" | "deferCommit" | "description" | "fileSystemInfo" | "fileSize">;

/** Opens a session. Its URL never changes afterwards. */
export function openDriveSession(context: Context, init: NewSession): StoredDriveSession {
  const id = guidOf(`drive session ${context.drives.next()}`);
  const created = context.now();
  const { drive, folder, name, behavior, path, deferCommit, description, fileSystemInfo, fileSize } = init;
  const uploadUrl = context.driveUrl + relativeUrl(context, id, init);
  const session: StoredDriveSession = {
    ...{ id, drive, folder, name, behavior, path, deferCommit, description, fileSystemInfo, fileSize, uploadUrl },
    ...{ target: targetOf(uploadUrl), created, expires: endOf(context, created) },
    ...{ pieces: [], offset: 0, misaligned: false, holds: 0 },
    poisoned: context.drives.sessions.length < context.vary.drivePoisoned,
  };
  context.drives.sessions.push(session);
  context.noteSession(() => describeSession(context, session));
  return session;
}

/** The URL forms of both kinds are field reports. Those of business drives are long (docs #685). */
function relativeUrl({ vary }: Context, id: string, { folder, name, behavior }: NewSession): string {
  if (vary.driveKind === "personal") return `up/${lettersOf(`upload ${id}`, 32).toLowerCase()}`;
  const path = `~tmp${id.slice(0, 2).toUpperCase()}_${encodeURIComponent(name).replace(/'/g, "%27")}`;
  const overwrite = behavior === "replace" ? "True" : "False";
  const rename = behavior === "rename" ? "True" : "False";
  const token = tokenOf(`tempauth ${id}`, { aud: "00000003-0000-0ff1-ce00-000000000000", session: id }, 1900);
  return (
    `personal/megan_contoso_example/_api/v2.0/drive/items/${folder.id}/uploadSession?guid='${id}'&path='${path}'` +
    `&overwrite=${overwrite}&rename=${rename}&dc=0&tempauth=v1.${token}`
  );
}

/** The path and query of a URL, for comparison. fetch writes an apostrophe in a query as %27. */
export const targetOf = (url: string): string => url.slice(url.indexOf("/", "https://".length)).replace(/'/g, "%27");

function endOf({ vary, now }: Context, created: number): number {
  return vary.driveExpiry === "fixed"
    ? created + day
    : Math.min(now() + vary.driveSessionSeconds * 1000, created + day);
}

/** Extends the life of a session after a range. */
export function prolong(context: Context, session: StoredDriveSession): void {
  session.expires = Math.max(session.expires, endOf(context, session.created));
}

export const isPastItsDay = (context: Context, { created }: StoredDriveSession): boolean =>
  context.now() >= created + day;

/** The session that an upload URL belongs to. */
export const driveSessionAt = ({ drives }: Context, url: string): StoredDriveSession | undefined =>
  drives.sessions.find(({ target }) => target === targetOf(url));

export function endSession(session: StoredDriveSession, ended: "complete" | "deleted"): void {
  session.ended = ended;
  session.pieces = [];
}

function describeSession(context: Context, session: StoredDriveSession): SessionInfo {
  const { id, folder, name, path, fileSize, total, offset, uploadUrl } = session;
  return {
    id,
    item: { id: childNamed(folder, name)?.id ?? folder.id, path },
    ...{ protocol: "drive", name, size: total ?? fileSize ?? 0, offset, state: stateOf(context, session), uploadUrl },
  };
}
