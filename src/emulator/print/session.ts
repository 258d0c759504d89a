import type { SessionInfo, SessionState } from "../api.js";
import type { Context } from "../call.js";
import { tokenOf } from "../ids.js";
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

/** The session that an upload URL belongs to, whatever its token. */
export const printSessionAt = ({ print }: Context, url: string): StoredPrintSession | undefined =>
  print.sessions.find(({ id }) => new URL(url).pathname === `/uploadSessions/${id}`);

export const stateOf = (context: Context, session: StoredPrintSession): SessionState =>
  session.ended ?? (context.now() >= session.expires ? "expired" : "open");

export function endSession(session: StoredPrintSession, ended: "complete" | "deleted"): void {
  session.ended = ended;
  session.pieces = session.pieces.map(({ start, end }) => ({ start, end, bytes: Buffer.alloc(0) }));
}

/** `received` joins what adjoins. */
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
