import type { Reply } from "../api.js";
import type { Context } from "../context.js";
import { readObject } from "../graph/requestBody.js";
import { badRequest, empty, json, methodNotAllowed } from "../replies.js";
import type { DriveCall } from "./call.js";
import { answerChildren } from "./children.js";
import { commitSession } from "./commit.js";
import { createDriveSession } from "./createSession.js";
import { describeItem } from "./describe.js";
import { answerContent } from "./fileContent.js";
import { invalidRequest, notThere, preconditionFailed } from "./replies.js";
import { answerPermissions, createLink, invite } from "./sharing.js";
import type { Drive, DriveItem } from "./store.js";
import { driveOf, isWithin, meetsConditions, resolve, specialFolders, usedBytes, walk } from "./tree.js";

/** Answers a request to Graph whose path leads to a drive. */
export function answerDrive(context: Context, call: DriveCall): Reply {
  if (call.route.target === "drive") return answerWhole(context, call);
  if (isBeforeAppFolder(context, call)) return notThere();
  const place = resolve(context, call.route);
  if (!place) return notThere();
  switch (call.route.target) {
    case "content":
      return answerContent(context, call, place);
    case "createUploadSession":
      return call.head.method === "POST" ? createDriveSession(context, call, place) : methodNotAllowed();
  }
  return place.item ? answerThere(context, call, place.item) : notThere();
}

/** True if a request needs the folder of an app before anybody has read it. */
function isBeforeAppFolder(context: Context, { route, head }: DriveCall): boolean {
  const { special, path } = route.keys;
  if (context.vary.driveAppFolder === "there" || special?.toLowerCase() !== "approot") return false;
  const reads = head.method === "GET" && route.target === "item" && path === undefined;
  const root = driveOf(context, route.keys)?.root;
  return !reads && root !== undefined && !walk(root, specialFolders.approot!)?.item;
}

function answerThere(context: Context, call: DriveCall, item: DriveItem): Reply {
  const posts = call.head.method === "POST";
  switch (call.route.target) {
    case "children":
      return answerChildren(context, call, item);
    case "createLink":
      return posts ? createLink(context, call, item) : methodNotAllowed();
    case "invite":
      return posts ? invite(context, call, item) : methodNotAllowed();
    case "permissions":
      return answerPermissions(call, item);
    default:
      return answerItem(context, call, item);
  }
}

function answerItem(context: Context, call: DriveCall, item: DriveItem): Reply {
  switch (call.head.method) {
    case "GET":
      return json(200, { "@odata.context": metadata(context, call), ...describeItem(context, call, item) });
    case "PUT":
      return commitSession(context, call, item);
    case "PATCH":
      return changeItem(context, call, item);
    case "DELETE":
      return removeItem(call, item);
    default:
      return methodNotAllowed();
  }
}

/** Answers PATCH on an item with the item (documented). Renaming and moving are not played. */
function changeItem(context: Context, call: DriveCall, item: DriveItem): Reply {
  const body = readObject(call);
  if ("status" in body) return body;
  const { description, fileSystemInfo, ...others } = body.value;
  const [stray] = Object.keys(others);
  if (stray !== undefined) return invalidRequest(`The property '${stray}' cannot be changed here.`);
  if (description !== undefined && typeof description !== "string") return invalidRequest("description is a string.");
  if (fileSystemInfo !== undefined && (typeof fileSystemInfo !== "object" || fileSystemInfo === null)) {
    return invalidRequest("fileSystemInfo is an object.");
  }
  if (!meetsConditions(call.head.headers, item)) return preconditionFailed();
  Object.assign(item, body.value);
  return json(200, { "@odata.context": metadata(context, call), ...describeItem(context, call, item) });
}

function removeItem({ head }: DriveCall, item: DriveItem): Reply {
  if (!item.parent) return badRequest("The root of a drive cannot be deleted.");
  if (!meetsConditions(head.headers, item)) return preconditionFailed();
  const { items } = item.drive;
  for (const each of [...items.values()]) if (isWithin(each, item)) items.delete(each.id);
  return empty(204);
}

function answerWhole(context: Context, call: DriveCall): Reply {
  const drive = driveOf(context, call.route.keys);
  if (!drive) return notThere();
  return call.head.method === "GET" ? json(200, describeDrive(context, drive)) : methodNotAllowed();
}

function describeDrive({ graphUrl, vary }: Context, drive: Drive): Record<string, unknown> {
  const used = usedBytes(drive);
  const remaining = Math.max(0, drive.quota - used);
  return {
    "@odata.context": `${graphUrl}v1.0/$metadata#drives/$entity`,
    id: drive.id,
    driveType: vary.driveKind,
    webUrl: drive.webUrl.replace(/\/$/, ""),
    quota: { total: drive.quota, used, remaining, deleted: 0, state: remaining > 0 ? "normal" : "exceeded" },
  };
}

const metadata = ({ graphUrl }: Context, { route }: DriveCall): string =>
  `${graphUrl}${route.version}/$metadata#driveItem/$entity`;
