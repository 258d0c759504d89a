import type { Reply } from "../api.js";
import type { GraphCall } from "../call.js";
import type { Context } from "../context.js";
import { select } from "../graph/select.js";
import { placeOf } from "../items/routes.js";
import { userName, type StoredItem } from "../items/store.js";
import { empty, json, methodNotAllowed } from "../replies.js";
import { makeMessage, readChange, readPosted } from "./composed.js";
import { expanded, extended, mergeProperties } from "./extended.js";
import { deletedItems, destinationOf, moveTo } from "./folders.js";
import { contentOf, recipient } from "./letter.js";
import { listMessages } from "./listing.js";
import { discardSending, noteSeen } from "./sending.js";

/** Answers GET `…/messages`, and POST with a new draft, attachments included (201, documented). */
export function answerMessages(context: Context, call: GraphCall): Reply {
  if (call.head.method === "GET") return listMessages(context, call, describeMessage);
  if (call.head.method !== "POST") return methodNotAllowed();
  const letter = readPosted(context, call);
  if ("status" in letter) return letter;
  const draft = makeMessage(context, call, letter);
  Object.assign(draft, { posted: true, place: placeOf(call.route) });
  context.store.keep(draft);
  return json(201, describeMessage(call, draft));
}

/** Answers GET, PATCH and DELETE on a message. */
export function answerMessage(context: Context, call: GraphCall, item: StoredItem): Reply {
  switch (call.head.method) {
    case "GET": {
      const reply = json(200, { ...select(call, describeMessage(call, item)), ...expanded(call, item) });
      noteSeen(context, item);
      return reply;
    }
    case "PATCH":
      return patchMessage(call, item);
    case "DELETE":
      discardSending(context, item);
      if (context.vary.deletedMail === "moved" && item.folder !== deletedItems) moveTo(context, item, deletedItems);
      else context.store.items.delete(item.id);
      return empty(204);
    default:
      return methodNotAllowed();
  }
}

/** Answers POST `…/move`: 201 and the message in its new folder (documented). */
export function answerMove(context: Context, call: GraphCall, item: StoredItem): Reply {
  const folder = destinationOf(call);
  return typeof folder === "string" ? json(201, describeMessage(call, moveTo(context, item, folder))) : folder;
}

function patchMessage(call: GraphCall, item: StoredItem): Reply {
  const letter = readChange(call, "message");
  if ("status" in letter) return letter;
  mergeProperties(item.properties, letter.properties);
  return json(200, describeMessage(call, item));
}

export function describeMessage(call: GraphCall, item: StoredItem): Record<string, unknown> {
  const { id, created } = item;
  const { [extended]: _, ...properties } = item.properties;
  const metadata = `${new URL(call.head.url).origin}/${call.route.version}/$metadata#messages/$entity`;
  const me = recipient(userName);
  return {
    "@odata.context": metadata,
    id,
    createdDateTime: created,
    lastModifiedDateTime: created,
    ...{ toRecipients: [], ccRecipients: [], bccRecipients: [], replyTo: [] },
    ...{ subject: "", importance: "normal", isRead: true, from: me, sender: me },
    ...properties,
    ...{ body: { contentType: "text", content: "", ...(properties.body as object) } },
    bodyPreview: contentOf(properties).slice(0, 255),
    hasAttachments: hasAttachments(item),
    parentFolderId: item.folder,
    isDraft: item.draft,
  };
}

/** Inline attachments do not count (documented). */
export const hasAttachments = (item: StoredItem): boolean => item.attachments.some(({ isInline }) => !isInline);
