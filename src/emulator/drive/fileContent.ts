import type { Reply } from "../api.js";
import type { Context } from "../context.js";
import { contentTypeOf } from "../items/store.js";
import { empty, json, methodNotAllowed } from "../replies.js";
import { makeWay, readBehavior, type DriveCall } from "./call.js";
import { describeItem, downloadUrlOf } from "./describe.js";
import { isTaken, keptContent, putFile } from "./finish.js";
import { invalidRequest, nameTaken, notThere, preconditionFailed, quotaReached, tooLarge } from "./replies.js";
import type { DriveItem } from "./store.js";
import { meetsConditions, usedBytes, type Place } from "./tree.js";

/** Answers PUT (a whole file in one request) and GET on `…/content`. */
export function answerContent(context: Context, call: DriveCall, place: Place): Reply {
  if (call.head.method === "PUT") return putContent(context, call, place);
  if (call.head.method !== "GET") return methodNotAllowed();
  if (!place.item?.content) return place.item ? invalidRequest("A folder has no content.") : notThere();
  if (context.vary.driveContent === "bytes") return download(place.item);
  return empty(302, { location: downloadUrlOf(context, place.item) });
}

export const download = ({ name, content }: DriveItem): Reply => ({
  status: 200,
  headers: { "content-type": contentTypeOf(name) },
  body: content!.bytes,
});

function putContent(context: Context, call: DriveCall, place: Place): Reply {
  const { body, head, query } = call;
  if (place.item && !place.item.content) return invalidRequest("A folder has no content.");
  if (head.headers["content-range"] !== undefined) return invalidRequest("Ranges need an upload session.");
  const maximum = context.vary.driveContentMaximum;
  if (body.length > maximum) return tooLarge(`A file of more than ${maximum} bytes needs an upload session.`);
  const behavior = readBehavior(query.get("@microsoft.graph.conflictBehavior"), "replace");
  if ("status" in behavior) return behavior;
  if (!meetsConditions(head.headers, place.item)) return preconditionFailed();
  const way = makeWay(context, place);
  if ("status" in way) return way;
  const destination = { drive: place.drive, folder: way.folder, name: place.name, behavior: behavior.value };
  if (isTaken(destination)) return nameTaken();
  const freed = behavior.value === "replace" ? (place.item?.content?.length ?? 0) : 0;
  if (usedBytes(place.drive) - freed + body.length > place.drive.quota) return quotaReached();
  const { item, isNew } = putFile(context, destination, {
    content: keptContent(context, place.name, [body]),
    via: "post",
  });
  return json(isNew ? 201 : 200, describeItem(context, call, item));
}
