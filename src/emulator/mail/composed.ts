import type { Reply } from "../api.js";
import type { GraphCall } from "../call.js";
import type { Context } from "../context.js";
import { readObject } from "../graph/requestBody.js";
import type { StoredItem } from "../items/store.js";
import { badRequest, empty, refuse } from "../replies.js";
import { readLetter, type Letter } from "./letter.js";
import { base64In, isMimeRequest } from "./mime.js";

/** A posted message. `mime` is as it came. */
export interface Composed extends Letter {
  readonly mime?: Buffer;
}

/** Reads a posted message: JSON, or base64 of MIME as text/plain. */
export function readPosted(context: Context, call: GraphCall): Composed | Reply {
  if (isMime(call)) return readMime(context, call);
  const body = readObject(call);
  return "status" in body ? body : readLetter(body.value, "message");
}

export const isMime = ({ head }: GraphCall): boolean => isMimeRequest(head);

/** MIME of more bytes than this was answered with 200 and not taken (field report, docs #13979). */
const silentLimit = 2_240_000;

/** Reads MIME. Code and message of the refusal are documented. */
export function readMime({ vary }: Context, { body, mime: parsed }: GraphCall): Composed | Reply {
  const text = base64In(body);
  if (text === undefined) {
    return refuse(400, "ErrorMimeContentInvalidBase64String", "Invalid base64 string for MIME content.");
  }
  const mime = Buffer.from(text, "base64");
  if (vary.largeMime === "ignored" && mime.length > silentLimit) return empty(200);
  return { properties: {}, attachments: [], ...parsed, mime };
}

/** Makes a message with its attachments. It is not in the mailbox yet. */
export function makeMessage(
  context: Context,
  call: GraphCall,
  letter: Composed,
  folder = call.route.keys.folder,
): StoredItem {
  const { properties, attachments, mime } = letter;
  const immutable = prefersImmutableIds(call);
  const item = context.store.makeItem("message", { properties, mime, immutable, folder });
  for (const file of attachments) context.store.attach(item, { ...file, via: "post" });
  return item;
}

/** True if the request asks for an id that survives moving and sending (documented). */
export const prefersImmutableIds = (call: GraphCall): boolean =>
  /\bIdType\s*=\s*"?ImmutableId\b/i.test(call.head.headers.prefer ?? "");

/** Reads the properties of a PATCH. It cannot change attachments, which are a navigation property (documented). */
export function readChange(call: GraphCall, kind: "message" | "event"): Letter | Reply {
  const body = readObject(call);
  if ("status" in body) return body;
  if ("attachments" in body.value) return badRequest("attachments cannot be changed by PATCH.");
  return readLetter(body.value, kind);
}
