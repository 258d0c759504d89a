import type { Reply, StoredAttachment } from "../api.js";
import { createHash } from "node:crypto";
import type { Call, Context } from "../call.js";
import { refuseRange } from "./range.js";
import { empty, itemNotFound, json, refuse, sessionNotFound } from "../replies.js";
import { tenantId, userId, type SessionFile, type StoredItem, type StoredSession } from "../items/store.js";

/** What the two session protocols say differently. */
export interface SessionForm {
  /** The body of a 200: expiry and the ranges still wanted. */
  progress(session: StoredSession): unknown;
  /** URL of the finished attachment, for Location. */
  location(session: StoredSession, attachment: StoredAttachment): string;
}

/** Opens a session; every part of its URL is fixed here and never computed again. */
export function openSession(context: Context, item: StoredItem, file: SessionFile, version: string): StoredSession {
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
    uploadUrl: authtoken ? `${base}?authtoken=${authtoken}` : base,
    uploadPath: base.slice(base.indexOf("/", "https://".length)),
    authtoken,
    expires,
    chunks: [],
    offset: 0,
  };
  context.store.sessions.push(session);
  context.noteSession(() => context.store.describe(session));
  return session;
}

/** The item on the Outlook host, with raw `'()@=` (documented). */
export const outlookItemUrl = (context: Context, item: StoredItem): string =>
  `${context.outlookUrl}${context.vary.uploadPath}/${outlookItemPath(context, item, (id) => id)}`;

/** `Users('…')/Messages('…')`; the g-versions write it in lower case (field report). */
export function outlookItemPath(context: Context, item: StoredItem, escape: (id: string) => string): string {
  const names = item.kind === "event" ? ["Users", "Events"] : ["Users", "Messages"];
  const [users, items] = context.vary.uploadPath.startsWith("api/g") ? names.map((name) => name.toLowerCase()) : names;
  return `${users}('${escape(`${userId}@${tenantId}`)}')/${items}('${escape(item.id)}')`;
}

/** A token in JWT form for the audience that the field reports; it is checked by equality only. */
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

/** Why a session takes nothing any more, or undefined while it is open. The statuses are choices. */
export function refuseEnded(context: Context, session: StoredSession): Reply | undefined {
  const state = context.store.stateOf(session);
  const { item } = session;
  if (state === "complete" || item.sent || item.sending || !context.store.items.has(item.id)) return sessionNotFound();
  if (state === "deleted") return sessionNotFound(context.vary.afterDelete);
  if (state !== "expired") return undefined;
  if (context.vary.afterExpiry === 404) return sessionNotFound();
  return refuse(401, "InvalidAuthenticationToken", "The upload session has expired.");
}

/** Takes the next range: checks it, keeps its bytes in order, and attaches the file when all are there. */
export function putRange(context: Context, session: StoredSession, call: Call, form: SessionForm): Reply {
  const { item } = session;
  if (item.draft && item.unreplicatedPuts < context.vary.replicationDelay) {
    item.unreplicatedPuts++;
    return itemNotFound();
  }
  const refused = refuseRange(call.head.headers, call.body.length, {
    offset: session.offset,
    size: session.file.size,
  });
  if (refused) return refused;
  const kept = call.keep === undefined ? call.body : Buffer.from(call.body.subarray(0, call.keep));
  session.chunks.push(kept);
  session.offset += kept.length;
  return session.offset === session.file.size ? complete(context, session, form) : json(200, form.progress(session));
}

/** 201, empty, with the new id in Location only (documented). */
function complete(context: Context, session: StoredSession, form: SessionForm): Reply {
  const bytes = Buffer.concat(session.chunks.splice(0));
  const attachment = context.store.attach(session.item, { ...session.file, bytes, via: "session" });
  session.ended = "complete";
  const location = form.location(session, attachment);
  const headers: Record<string, string> = context.vary.locationMissing ? {} : { location };
  if (context.vary.finalBody === "empty") return empty(201, headers);
  return json(201, { "@odata.type": attachment.odataType, id: attachment.id, name: attachment.name }, headers);
}

export function deleteSession(session: StoredSession): Reply {
  session.ended = "deleted";
  session.chunks.length = 0;
  return empty(204);
}

/** `nextExpectedRanges` of an intermediate reply, or undefined for the variation without the key. */
export function wantedRanges(context: Context, session: StoredSession): string[] | undefined {
  const { intermediateRanges } = context.vary;
  if (intermediateRanges === "absent") return undefined;
  return [`${session.offset}${intermediateRanges === "open" ? "-" : ""}`];
}

/** A time as these services write it, with seven digits of seconds. */
export const timestamp = (milliseconds: number): string => new Date(milliseconds).toISOString().replace("Z", "0000Z");

/** An id as it appears in Location. */
export const locationId = (context: Context, id: string): string =>
  context.vary.locationEncoded ? encodeURIComponent(id) : id;
