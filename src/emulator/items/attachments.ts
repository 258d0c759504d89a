import type { Reply, StoredAttachment } from "../api.js";
import type { GraphCall } from "../call.js";
import type { Context } from "../context.js";
import { readObject } from "../graph/requestBody.js";
import { select } from "../graph/select.js";
import { empty, json, methodNotAllowed, refuse } from "../replies.js";
import { readAttachment } from "./attachmentBody.js";
import { isReference, refuseReference } from "./references.js";
import type { StoredItem } from "./store.js";

/** The limit of a To Do POST, "3 MB", in bytes of the file. */
const todoInlineLimit = 3_000_000;

/** Answers POST (201) and GET on `…/attachments`. */
export function answerAttachments(context: Context, call: GraphCall, item: StoredItem): Reply {
  if (call.head.method === "POST") return postAttachment(context, call, item);
  return call.head.method === "GET" ? listAttachments(context, call, item) : methodNotAllowed();
}

/** Answers GET and DELETE on one attachment, and GET on its `$value`. There is no PATCH (documented). */
export function answerAttachment(context: Context, call: GraphCall, item: StoredItem): Reply {
  const attachment = item.attachments.find(({ id }) => id === call.route.keys.attachment);
  if (!attachment) return refuse(404, "ErrorItemNotFound", "The specified object was not found in the store.");
  if (call.head.method === "GET") {
    if (call.route.target === "value") {
      return { status: 200, headers: { "content-type": attachment.contentType }, body: attachment.bytes };
    }
    const whole = {
      ...describe(context, item, attachment),
      contentBytes: attachment.bytes.toString("base64"),
    };
    return json(200, { "@odata.context": contextUrl(context, call, "/$entity"), ...select(call, whole) });
  }
  if (call.head.method !== "DELETE" || call.route.target === "value") return methodNotAllowed();
  item.attachments.splice(item.attachments.indexOf(attachment), 1);
  return empty(204);
}

function postAttachment(context: Context, call: GraphCall, item: StoredItem): Reply {
  const body = readObject(call);
  if ("status" in body) return body;
  const refused = isReference(body.value) ? refuseReference(context.vary, call, body.value) : undefined;
  if (refused) return refused;
  const file = readAttachment(body.value, item.kind, call.body);
  if ("status" in file) return file;
  if (item.kind === "task" && file.bytes.length > todoInlineLimit && context.vary.todoInlineOver3MB === "refuse") {
    return refuse(413, "RequestEntityTooLarge", "The attachment is larger than 3 MB.");
  }
  const attachment = context.store.attach(item, { ...file, via: "post" });
  const shown = describe(context, item, attachment);
  // Documented samples: Outlook repeats contentBytes, To Do does not.
  if (item.kind !== "task") shown.contentBytes = body.value.contentBytes;
  return json(201, { "@odata.context": contextUrl(context, call, "/$entity"), ...shown });
}

function listAttachments(context: Context, call: GraphCall, item: StoredItem): Reply {
  const skip = Number(call.query.get("$skip") ?? 0);
  const size = Math.min(Number(call.query.get("$top") ?? Infinity), context.vary.listPageSize);
  const page = item.attachments.slice(skip, skip + size);
  const value = page.map((attachment) => select(call, describe(context, item, attachment)));
  const more = skip + size < item.attachments.length;
  return json(200, {
    "@odata.context": contextUrl(context, call, ""),
    value,
    "@odata.nextLink": more ? nextLink(call, skip + size) : undefined,
  });
}

function nextLink(call: GraphCall, skip: number): string {
  const url = new URL(call.head.url);
  url.searchParams.set("$skip", String(skip));
  return url.href;
}

/** An attachment's properties without its bytes. Outlook's `size` is not the file's (documented sample). */
function describe(context: Context, item: StoredItem, attachment: StoredAttachment): Record<string, unknown> {
  const { id, odataType, name, contentType, lastModifiedDateTime, isInline, contentId, bytes } = attachment;
  const common = { "@odata.type": odataType, id, lastModifiedDateTime, name, contentType };
  if (item.kind === "task") return { ...common, size: bytes.length };
  const size = Math.round(bytes.length * context.vary.sizeFactor);
  const outlook = { ...common, "@odata.mediaContentType": contentType, size, isInline };
  return odataType.endsWith("fileAttachment") ? { ...outlook, contentId, contentLocation: null } : outlook;
}

const contextUrl = (context: Context, call: GraphCall, suffix: string): string =>
  `${context.graphUrl}${call.route.version}/$metadata#attachments${suffix}`;
