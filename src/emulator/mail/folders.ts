import type { Reply } from "../api.js";
import type { GraphCall } from "../call.js";
import type { Context } from "../context.js";
import { readObject } from "../graph/requestBody.js";
import { select } from "../graph/select.js";
import type { StoredItem } from "../items/store.js";
import { badRequest, json, methodNotAllowed } from "../replies.js";

/** The name of the folder that deleted messages are in (documented). The emulator takes names for ids. */
export const deletedItems = "deleteditems";

/** Answers GET `…/mailFolders/{folder}`, by its id or its name (documented). */
export function answerFolder(call: GraphCall): Reply {
  if (call.head.method !== "GET") return methodNotAllowed();
  const { folder = "" } = call.route.keys;
  return json(200, select(call, { id: folder.toLowerCase(), displayName: folder }));
}

/** Reads the folder that POST `…/move` names. */
export function destinationOf(call: GraphCall): string | Reply {
  if (call.head.method !== "POST") return methodNotAllowed();
  const body = readObject(call);
  if ("status" in body) return body;
  const { destinationId } = body.value;
  return typeof destinationId === "string" ? destinationId.toLowerCase() : badRequest("move needs a destinationId.");
}

/** Moves a message. It gets a new id, unless its id is immutable (documented). */
export function moveTo({ store }: Context, item: StoredItem, folder: string): StoredItem {
  const { properties, draft, immutable, mime, attachments, sent } = item;
  if (immutable) return Object.assign(item, { folder });
  store.items.delete(item.id);
  const moved = store.makeItem("message", { properties, draft, immutable, mime, attachments, folder });
  store.keep(Object.assign(moved, { sent }));
  return moved;
}
