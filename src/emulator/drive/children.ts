import type { Reply } from "../api.js";
import type { Context } from "../context.js";
import { readObject } from "../graph/requestBody.js";
import { json, methodNotAllowed } from "../replies.js";
import { readBehavior, refuseName, type DriveCall } from "./call.js";
import { describeItem } from "./describe.js";
import { invalidRequest, nameTaken } from "./replies.js";
import type { DriveItem } from "./store.js";
import { childNamed, childrenOf, freeName } from "./tree.js";

/** Answers GET (a page) and POST (a new folder) on `…/children`. */
export function answerChildren(context: Context, call: DriveCall, folder: DriveItem): Reply {
  if (call.head.method === "GET") return listChildren(context, call, folder);
  return call.head.method === "POST" ? postFolder(context, call, folder) : methodNotAllowed();
}

function listChildren(context: Context, call: DriveCall, folder: DriveItem): Reply {
  const skip = Number(call.query.get("$skiptoken") ?? 0);
  const top = Number(call.query.get("$top") ?? Infinity);
  if (!(top >= 1) || !(skip >= 0)) return invalidRequest("$top and $skiptoken are not valid.");
  const size = Math.min(top, context.vary.drivePageSize);
  const all = childrenOf(folder);
  const more = skip + size < all.length;
  return json(200, {
    "@odata.context": `${context.graphUrl}${call.route.version}/$metadata#Collection(driveItem)`,
    "@odata.nextLink": more ? nextLink(call, skip + size) : undefined,
    value: all.slice(skip, skip + size).map((item) => describeItem(context, call, item)),
  });
}

function nextLink(call: DriveCall, skip: number): string {
  const url = new URL(call.head.url);
  url.searchParams.set("$skiptoken", String(skip));
  return url.href;
}

const properties = ["name", "folder", "description", "fileSystemInfo", "@microsoft.graph.conflictBehavior"];

/** Answers 201 with the folder (documented). Keeping an existing folder on `replace` is a choice. */
function postFolder(context: Context, call: DriveCall, parent: DriveItem): Reply {
  if (parent.content) return invalidRequest("A file has no children.");
  const body = readObject(call);
  if ("status" in body) return body;
  const stray = Object.keys(body.value).find((key) => !properties.includes(key) && !key.startsWith("@odata."));
  if (stray !== undefined) return invalidRequest(`The property '${stray}' cannot be given for a new folder.`);
  const { name, folder } = body.value;
  if (typeof folder !== "object" || folder === null) return invalidRequest("The facet 'folder' is required.");
  if (typeof name !== "string") return invalidRequest("name is required.");
  const behavior = readBehavior(body.value["@microsoft.graph.conflictBehavior"], "fail");
  if ("status" in behavior) return behavior;
  return refuseName(name) ?? makeFolder(context, call, { parent, name, behavior: behavior.value });
}

function makeFolder(
  context: Context,
  call: DriveCall,
  { parent, name, behavior }: { parent: DriveItem; name: string; behavior: string },
): Reply {
  const there = childNamed(parent, name);
  if (there && (behavior === "fail" || (behavior === "replace" && there.content))) return nameTaken();
  const item =
    there && behavior === "replace" ? there : context.drives.makeItem(parent, there ? freeName(parent, name) : name);
  return json(201, describeItem(context, call, item));
}
