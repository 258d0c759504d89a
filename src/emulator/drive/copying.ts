import type { Reply } from "../api.js";
import type { Call } from "../call.js";
import type { Context } from "../context.js";
import { readObject } from "../graph/requestBody.js";
import { empty, json, methodNotAllowed } from "../replies.js";
import type { DriveCall } from "./call.js";
import { readTarget, removeAll } from "./changing.js";
import { isTaken } from "./finish.js";
import { invalidRequest, nameTaken, notThere, quotaReached } from "./replies.js";
import type { DriveItem } from "./store.js";
import { childNamed, childrenOf, freeName, isWithin, sizeOf, usedBytes } from "./tree.js";

/** Answers POST `…/copy` with 202 and the address of its progress (documented). It copies immediately. */
export function copyItem(context: Context, call: DriveCall, item: DriveItem): Reply {
  const body = call.body.length === 0 ? { value: {} } : readObject(call);
  if ("status" in body) return body;
  const target = readTarget(context, call, body.value, item);
  if ("status" in target) return target;
  const { folder, name, behavior } = target;
  if (isWithin(folder, item)) return invalidRequest("A folder cannot be copied into itself.");
  const destination = { ...target, drive: folder.drive };
  if (behavior !== "rename" && isTaken(destination)) return nameTaken();
  if (usedBytes(folder.drive) + sizeOf(item) > folder.drive.quota) return quotaReached();
  const there = childNamed(folder, name);
  if (there && behavior === "replace") removeAll(context.drives, there);
  const copy = copyTo(context, item, folder, there && behavior === "rename" ? freeName(folder, name) : name);
  const path = `${monitorPath}?id=${copy.guid}`;
  context.drives.copies.set(copy.guid, copy.id);
  return empty(202, { location: `${context.driveUrl}${path.slice(1)}` });
}

function copyTo(context: Context, item: DriveItem, folder: DriveItem, name: string): DriveItem {
  const children = childrenOf(item);
  const { content, via, description, fileSystemInfo } = item;
  const copy = Object.assign(context.drives.makeItem(folder, name), { content, via, description, fileSystemInfo });
  for (const child of children) copyTo(context, child, copy, child.name);
  return copy;
}

/** The URL that reports the progress of a copy, without a token. The form of the address is a field report. */
export const monitorPath = "/_api/v2.0/monitor";

export function answerMonitor({ drives }: Context, { head }: Call): Reply {
  if (head.method !== "GET") return methodNotAllowed();
  const resourceId = drives.copies.get(new URL(head.url).searchParams.get("id") ?? "");
  return resourceId === undefined
    ? notThere()
    : json(200, { percentageComplete: 100, resourceId, status: "completed" });
}
