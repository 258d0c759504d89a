import type { Reply } from "../api.js";
import type { Context } from "../context.js";
import { select, withDollars } from "../graph/select.js";
import { displayName, userId } from "../items/store.js";
import { json, methodNotAllowed } from "../replies.js";
import type { DriveCall } from "./call.js";
import { changeItem, copyItem, removeItem } from "./changing.js";
import { answerChildren, searchItems } from "./children.js";
import { commitSession } from "./commit.js";
import { createDriveSession } from "./createSession.js";
import { answerDelta } from "./delta.js";
import { describeItem } from "./describe.js";
import { answerContent } from "./fileContent.js";
import { notThere } from "./replies.js";
import { answerPermissions, createLink, invite } from "./sharing.js";
import type { Drive, DriveItem } from "./store.js";
import { driveOf, resolve, specialFolders, usedBytes, walk } from "./tree.js";

/** Answers a request to Graph whose path leads to a drive. The dollar of query options is optional there (onedrive by abraunegg). */
export function answerDrive(context: Context, given: DriveCall): Reply {
  const call = { ...given, query: withDollars(given.query) };
  if (call.route.target === "drive" || call.route.target === "drives") return answerWhole(context, call);
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
    case "copy":
      return posts ? copyItem(context, call, item) : methodNotAllowed();
    case "delta":
      return answerDelta(context, call, item);
    case "search":
      return searchItems(context, call, item);
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
      return removeItem(context, call, item);
    default:
      return methodNotAllowed();
  }
}

function answerWhole(context: Context, call: DriveCall): Reply {
  const drive = driveOf(context, call.route.keys);
  if (!drive) return notThere();
  if (call.head.method !== "GET") return methodNotAllowed();
  const all = call.route.target === "drives";
  const [whole, metadata] = [describeDrive(context, drive), `${context.graphUrl}v1.0/$metadata#drives`];
  return json(
    200,
    all
      ? { "@odata.context": metadata, value: [whole] }
      : { "@odata.context": `${metadata}/$entity`, ...select(call, whole) },
  );
}

function describeDrive({ vary }: Context, drive: Drive): Record<string, unknown> {
  const used = usedBytes(drive);
  const remaining = Math.max(0, drive.quota - used);
  return {
    id: drive.id,
    name: vary.driveKind === "business" ? "Documents" : "OneDrive",
    driveType: vary.driveKind,
    owner: { user: { id: userId, displayName: displayName } },
    webUrl: drive.webUrl.replace(/\/$/, ""),
    quota: { total: drive.quota, used, remaining, deleted: 0, state: remaining > 0 ? "normal" : "exceeded" },
  };
}

const metadata = ({ graphUrl }: Context, { route }: DriveCall): string =>
  `${graphUrl}${route.version}/$metadata#driveItem/$entity`;
