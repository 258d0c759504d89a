import type { Reply } from "../api.js";
import type { Context } from "../context.js";
import { pageOf } from "../graph/collection.js";
import { readObject } from "../graph/requestBody.js";
import { select } from "../graph/select.js";
import { json, methodNotAllowed } from "../replies.js";
import { readBehavior, refuseName, strayProperty, type DriveCall } from "./call.js";
import { describe, describeItem } from "./describe.js";
import { invalidRequest, nameTaken } from "./replies.js";
import type { DriveItem } from "./store.js";
import { childNamed, childrenOf, freeName, isWithin } from "./tree.js";

/** Answers GET (a page) and POST (a new folder) on `…/children`. */
export function answerChildren(context: Context, call: DriveCall, folder: DriveItem): Reply {
  if (call.head.method === "GET") return listChildren(context, call, folder);
  return call.head.method === "POST" ? postFolder(context, call, folder) : methodNotAllowed();
}

function listChildren(context: Context, call: DriveCall, folder: DriveItem): Reply {
  return listItems(context, call, childrenOf(folder));
}

/** A page of items, with what the client asks of it. */
function listItems(context: Context, call: DriveCall, items: readonly DriveItem[]): Reply {
  const rows = items.map((item) => describe(context, item));
  const page = pageOf(call, rows, context.vary.drivePageSize);
  if ("status" in page) return page;
  return json(200, {
    "@odata.context": `${context.graphUrl}${call.route.version}/$metadata#Collection(driveItem)`,
    "@odata.nextLink": page.nextLink,
    value: page.value.map((row) => select(call, row)),
  });
}

/** Answers `…/search(q='…')`: the items below a folder with a text in their names. */
export function searchItems(context: Context, call: DriveCall, folder: DriveItem): Reply {
  if (call.head.method !== "GET") return methodNotAllowed();
  const text = (call.route.keys.text ?? "").toLowerCase();
  const below = [...folder.drive.items.values()].filter((item) => item !== folder && isWithin(item, folder));
  return listItems(
    context,
    call,
    below.filter(({ name }) => name.toLowerCase().includes(text)),
  );
}

const properties = ["name", "folder", "description", "fileSystemInfo"];

/** Answers 201 with the folder (documented). Keeping an existing folder on `replace` is a choice. */
function postFolder(context: Context, call: DriveCall, parent: DriveItem): Reply {
  if (parent.content) return invalidRequest("A file has no children.");
  const body = readObject(call);
  if ("status" in body) return body;
  const stray = strayProperty(context, body.value, properties);
  if (stray !== undefined) return invalidRequest(`The property '${stray}' cannot be given for a new folder.`);
  const { name, folder, file } = body.value;
  if (file !== undefined) return invalidRequest("An item has one of the facets 'file' and 'folder'.");
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
