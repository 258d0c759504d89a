import { createHash } from "node:crypto";
import type { Reply, SessionInfo, StoredAttachment } from "../api.js";
import type { Call } from "../call.js";
import type { Context } from "../context.js";
import type { ItemRoute } from "../items/routes.js";
import { tenantId, userId, type SessionFile, type StoredItem, type StoredSession } from "../items/store.js";
import { badRequest, empty, invalidRange, itemNotFound, json, refuse, sessionNotFound } from "../replies.js";
import { keptBytes, readRange, stateOf } from "../uploadSession.js";

/** The replies that differ between Outlook and To Do. */
export interface SessionForm {
  /** The body of a 200, with expiry and missing ranges. */
  progress(session: StoredSession): unknown;
  /** The URL of the new attachment, for Location. */
  location(session: StoredSession, attachment: StoredAttachment): string;
}

/** Opens a session. Its URL never changes afterwards. */
export function openSession(
  context: Context,
  item: StoredItem,
  file: SessionFile,
  { version, keys }: Pick<ItemRoute, "version" | "keys">,
): StoredSession {
  const id = context.store.newId();
  const expires = context.now() + context.vary.sessionSeconds * 1000;
  const protocol = item.kind === "task" ? "todo" : "outlook";
  const base =
    protocol === "todo"
      ? `${context.graphUrl}${version}/users/${userId}/todo/lists/${item.listId}/tasks/${item.id}/attachmentSessions/${id}`
      : `${outlookItemUrl(context, item)}/AttachmentSessions('${id}')`;
  const authtoken = protocol === "outlook" ? urlToken(id, expires) : undefined;
  const session: StoredSession = {
    id,
    protocol,
    item,
    file,
    user: keys.user,
    uploadUrl: authtoken ? `${base}?authtoken=${authtoken}` : base,
    uploadPath: base.slice(base.indexOf("/", "https://".length)),
    authtoken,
    expires,
    pieces: [],
    offset: 0,
  };
  context.store.sessions.push(session);
  context.noteSession(() => describeSession(context, session));
  return session;
}

/** The item on the Outlook host, with raw `'()@=` (documented). */
export const outlookItemUrl = (context: Context, item: StoredItem): string =>
  `${context.outlookUrl}${context.vary.uploadPath}/${outlookItemPath(context, item, (id) => id)}`;

/** The path `Users('…')/Messages('…')`. The g-versions write it in lower case (field report). */
export function outlookItemPath(context: Context, item: StoredItem, escape: (id: string) => string): string {
  const names = item.kind === "event" ? ["Users", "Events"] : ["Users", "Messages"];
  const [users, items] = context.vary.uploadPath.startsWith("api/g") ? names.map((name) => name.toLowerCase()) : names;
  return `${users}('${escape(`${userId}@${tenantId}`)}')/${items}('${escape(item.id)}')`;
}

/** Makes a token in JWT form with the audience from field reports. The host only compares it. */
function urlToken(sessionId: string, expires: number): string {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = {
    aud: "https://outlook.office.com/api/",
    exp: Math.floor(expires / 1000),
    session: sessionId,
  };
  const signature = createHash("sha256").update(`authtoken ${sessionId} ${expires}`).digest("base64url");
  return `${encode({ typ: "JWT", alg: "RS256" })}.${encode(claims)}.${signature}`;
}

/** Refuses a session that is over. The statuses are choices. */
export function refuseEnded(context: Context, session: StoredSession): Reply | undefined {
  const state = stateOf(context, session);
  const { item } = session;
  if (state === "complete" || item.sent || item.sending || !context.store.items.has(item.id)) return sessionNotFound();
  if (state === "deleted") return sessionNotFound(context.vary.afterDelete);
  if (state !== "expired") return undefined;
  if (context.vary.afterExpiry === 404) return sessionNotFound();
  return refuse(401, "InvalidAuthenticationToken", "The upload session has expired.");
}

/** Takes the next range: checks it, stores its bytes, and attaches the file after the last one. */
export function putRange(context: Context, session: StoredSession, call: Call, form: SessionForm): Reply {
  const { item } = session;
  if (item.draft && item.unreplicatedPuts < context.vary.replicationDelay) {
    item.unreplicatedPuts++;
    return itemNotFound();
  }
  const refused = refuseRange(session, call);
  if (refused) return refused;
  const kept = keptBytes(call);
  session.pieces.push(kept);
  session.offset += kept.length;
  return session.offset === session.file.size ? complete(context, session, form) : json(200, form.progress(session));
}

/** Refuses every range but the next one. 400 and 416 are choices. */
function refuseRange({ offset, file }: StoredSession, call: Call): Reply | undefined {
  const contentType = call.head.headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  if (contentType !== "application/octet-stream") return badRequest("Content-Type must be application/octet-stream.");
  const range = readRange(call, file.size, (mistake, message) =>
    mistake === "noLength" || mistake === "unreadable" ? badRequest(message) : invalidRange(message),
  );
  if ("status" in range) return range;
  return range.start === offset ? undefined : invalidRange(`The next expected byte is ${offset}, not ${range.start}.`);
}

/** Answers 201 without a body. The new id is only in Location (documented). */
function complete(context: Context, session: StoredSession, form: SessionForm): Reply {
  const bytes = Buffer.concat(session.pieces.splice(0));
  const attachment = context.store.attach(session.item, { ...session.file, bytes, via: "session" });
  session.ended = "complete";
  const location = form.location(session, attachment);
  const headers: Record<string, string> = context.vary.locationMissing ? {} : { location };
  if (context.vary.finalBody === "empty") return empty(201, headers);
  return json(201, { "@odata.type": attachment.odataType, id: attachment.id, name: attachment.name }, headers);
}

export function deleteSession(session: StoredSession): void {
  session.ended = "deleted";
  session.pieces.length = 0;
}

function describeSession(context: Context, session: StoredSession): SessionInfo {
  const { id, item, protocol, file, offset, uploadUrl } = session;
  const state = stateOf(context, session);
  const address = { id: item.id, path: item.path };
  return { id, item: address, protocol, name: file.name, size: file.size, offset, state, uploadUrl };
}

/** `nextExpectedRanges` of an intermediate reply, or undefined for the variation without the key. */
export function wantedRanges(context: Context, session: StoredSession): string[] | undefined {
  const { intermediateRanges } = context.vary;
  if (intermediateRanges === "absent") return undefined;
  return [`${session.offset}${intermediateRanges === "open" ? "-" : ""}`];
}

/** The form of an id in Location. */
export const locationId = (context: Context, id: string): string =>
  context.vary.locationEncoded ? encodeURIComponent(id) : id;
