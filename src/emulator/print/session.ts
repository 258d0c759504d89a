import type { SessionInfo } from "../api.js";
import type { Context } from "../context.js";
import { tokenOf } from "../ids.js";
import { stateOf } from "../uploadSession.js";
import type { StoredPrintSession } from "./store.js";

/** Opens a session at a URL of the documented form. */
export function openPrintSession(
  context: Context,
  file: Pick<StoredPrintSession, "document" | "path" | "name" | "contentType" | "size">,
): StoredPrintSession {
  const id = context.print.newId();
  const token = tokenOf(`print ${id}`, { session: id });
  const session: StoredPrintSession = {
    ...{ id, ...file, uploadUrl: `${context.printUrl}uploadSessions/${id}?tempauthtoken=${token}` },
    expires: context.now() + context.vary.printSessionSeconds * 1000,
    pieces: [],
  };
  file.document.sessions++;
  context.print.sessions.push(session);
  context.noteSession(() => describeSession(context, session));
  return session;
}

/** The session that an upload URL belongs to, with any token. */
export const printSessionAt = ({ print }: Context, url: string): StoredPrintSession | undefined =>
  print.sessions.find(({ id }) => new URL(url).pathname === `/uploadSessions/${id}`);

export function endSession(session: StoredPrintSession, ended: "complete" | "deleted"): void {
  session.ended = ended;
  session.pieces = session.pieces.map(({ start, end }) => ({ start, end, bytes: Buffer.alloc(0) }));
}

/** Describes a session for tests. `received` joins adjoining ranges. */
function describeSession(context: Context, session: StoredPrintSession): SessionInfo {
  const { id, document, path, name, size, pieces, uploadUrl } = session;
  const received: { start: number; end: number }[] = [];
  for (const { start, end } of pieces) {
    const before = received.at(-1);
    if (before?.end === start - 1) before.end = end;
    else received.push({ start, end });
  }
  return {
    ...{ id, item: { id: document.id, path }, protocol: "print", name, size, uploadUrl },
    offset: received[0]?.start === 0 ? received[0].end + 1 : 0,
    received: received.map(({ start, end }) => `${start}-${end}`),
    state: stateOf(context, session),
  };
}
