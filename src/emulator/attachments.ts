import type { Context, GraphCall } from "./call.js";
import { badRequest, empty, json, methodNotAllowed, refuse } from "./replies.js";
import { readObject } from "./requestBody.js";
import type { StoredItem } from "./store.js";
import type { Reply, StoredAttachment } from "./types.js";

const properties: Record<string, readonly string[]> = {
  "microsoft.graph.fileattachment": [
    ...["id", "name", "contentType", "size", "isInline", "lastModifiedDateTime"],
    ...["contentBytes", "contentId", "contentLocation"],
  ],
  "microsoft.graph.taskfileattachment": ["id", "name", "contentType", "size", "lastModifiedDateTime", "contentBytes"],
};
const wholeTypes = /^microsoft\.graph\.(?:item|reference)attachment$/;
/** To Do's inline limit, "3 MB", in the file's bytes. */
const todoInlineLimit = 3_000_000;

/** Answers POST (201) and GET on `…/attachments`. */
export function answerAttachments(context: Context, call: GraphCall, item: StoredItem): Reply {
  if (call.head.method === "POST") return postAttachment(context, call, item);
  return call.head.method === "GET" ? listAttachments(context, call, item) : methodNotAllowed();
}

/** Answers GET and DELETE on one attachment, and GET on its `$value`. There is no PATCH (documented). */
export function answerAttachment(context: Context, call: GraphCall, item: StoredItem): Reply {
  const attachment = item.attachments.find(({ id }) => id === call.route.attachmentId);
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
  const odataType = String(body.value["@odata.type"] ?? "").replace(/^#/, "");
  const bytes =
    wholeTypes.test(odataType.toLowerCase()) && item.kind !== "task"
      ? call.body
      : readFile(body.value, odataType, item);
  if ("status" in bytes) return bytes;
  const { name, contentType, isInline, contentId } = body.value as Partial<StoredAttachment>;
  if (typeof name !== "string" || name === "") return badRequest("name is required.");
  if (item.kind === "task" && bytes.length > todoInlineLimit && context.vary.todoInlineOver3MB === "refuse") {
    return refuse(413, "RequestEntityTooLarge", "The attachment is larger than 3 MB.");
  }
  const via = "post";
  const init = { name, bytes, contentType, isInline, contentId, odataType: `#${odataType}`, via } as const;
  const attachment = context.store.attach(item, init);
  const shown = describe(context, item, attachment);
  // Documented samples: Outlook repeats contentBytes, To Do does not.
  if (item.kind !== "task") shown.contentBytes = body.value.contentBytes;
  return json(201, { "@odata.context": contextUrl(context, call, "/$entity"), ...shown });
}

/** The decoded bytes of a file attachment of the type that fits the item, or why it is refused. */
function readFile(value: Record<string, unknown>, odataType: string, item: StoredItem): Buffer | Reply {
  const fitting = item.kind === "task" ? "microsoft.graph.taskfileattachment" : "microsoft.graph.fileattachment";
  if (odataType.toLowerCase() !== fitting) return badRequest(`@odata.type '${odataType}' does not fit this item.`);
  const stray = Object.keys(value).find((key) => !properties[fitting]!.includes(key) && !key.startsWith("@odata."));
  if (stray !== undefined) return badRequest(`The property '${stray}' does not exist on type '${odataType}'.`);
  const text = value.contentBytes;
  if (typeof text !== "string" || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    return badRequest("contentBytes is not valid base64.");
  }
  return Buffer.from(text, "base64");
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

/** `$select` in any letter case; annotations and the id stay, as in Graph. */
function select(call: GraphCall, value: Record<string, unknown>): Record<string, unknown> {
  const names = call.query
    .get("$select")
    ?.toLowerCase()
    .split(",")
    .map((name) => name.trim().replace(/^.*\//, ""));
  if (!names) return value;
  const kept = Object.entries(value).filter(
    ([key]) => key === "id" || key.startsWith("@") || names.includes(key.toLowerCase()),
  );
  return Object.fromEntries(kept);
}

const contextUrl = (context: Context, call: GraphCall, suffix: string): string =>
  `${context.graphUrl}${call.route.version}/$metadata#attachments${suffix}`;
