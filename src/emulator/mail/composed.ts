import type { Reply } from "../api.js";
import type { Context, GraphCall } from "../call.js";
import { readLetter, type Letter } from "./letter.js";
import { badRequest, refuse } from "../replies.js";
import { readObject } from "../graph/requestBody.js";
import type { StoredItem } from "../items/store.js";

/** A message as it was posted; MIME is kept decoded and not parsed. */
export interface Composed extends Letter {
  readonly mime?: Buffer;
}

/** What a client posted as a message: JSON, or base64 of MIME as text/plain, which is kept and not parsed. */
export function readPosted(call: GraphCall): Composed | Reply {
  if (isMime(call)) return readMime(call);
  const body = readObject(call);
  return "status" in body ? body : readLetter(body.value, "message");
}

export const isMime = (call: GraphCall): boolean => /^text\/plain\b/i.test(call.head.headers["content-type"] ?? "");

/** Code and message are documented. */
export function readMime(call: GraphCall): Composed | Reply {
  const text = call.body.toString("latin1").replace(/[\r\n]/g, "");
  if (text === "" || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    return refuse(400, "ErrorMimeContentInvalidBase64String", "Invalid base64 string for MIME content.");
  }
  return { properties: {}, attachments: [], mime: Buffer.from(text, "base64") };
}

/** A message with its attachments, not yet kept. */
export function makeMessage(context: Context, call: GraphCall, letter: Composed): StoredItem {
  const { properties, attachments, mime } = letter;
  const immutable = prefersImmutableIds(call);
  const item = context.store.makeItem("message", { properties, mime, immutable, folder: call.route.folder });
  for (const file of attachments) context.store.attach(item, { ...file, via: "post" });
  return item;
}

/** Documented: an id that survives moving and sending is asked for with this header. */
export const prefersImmutableIds = (call: GraphCall): boolean =>
  /\bIdType\s*=\s*"?ImmutableId\b/i.test(call.head.headers.prefer ?? "");

/** The properties that a PATCH changes; attachments are a navigation, which no PATCH takes (documented). */
export function readChange(call: GraphCall, kind: "message" | "event"): Letter | Reply {
  const body = readObject(call);
  if ("status" in body) return body;
  if ("attachments" in body.value) return badRequest("attachments cannot be changed by PATCH.");
  return readLetter(body.value, kind);
}
