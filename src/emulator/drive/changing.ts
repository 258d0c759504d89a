import type { Reply } from "../api.js";
import type { Context } from "../context.js";
import { readObject } from "../graph/requestBody.js";
import { badRequest, empty, json } from "../replies.js";
import { namesIn } from "../router.js";
import { readBehavior, refuseName, strayProperty, type DriveCall } from "./call.js";
import { describeItem } from "./describe.js";
import { invalidRequest, nameTaken, notThere, preconditionFailed } from "./replies.js";
import type { ConflictBehavior, DriveItem } from "./store.js";
import { childNamed, freeName, isWithin, meetsConditions, walk } from "./tree.js";

/** Where an item goes: its folder and name. */
interface Target {
  readonly folder: DriveItem;
  readonly name: string;
  readonly behavior: ConflictBehavior;
}

const properties = ["name", "parentReference", "description", "fileSystemInfo"];

/** Answers PATCH on an item with the item: description, dates, a new name, a new folder (documented). */
export function changeItem(context: Context, call: DriveCall, item: DriveItem): Reply {
  const body = readObject(call);
  if ("status" in body) return body;
  const { description, fileSystemInfo } = body.value;
  const stray = strayProperty(context, body.value, properties);
  if (stray !== undefined) return invalidRequest(`The property '${stray}' cannot be changed.`);
  const refused = refuseProperties(body.value);
  if (refused) return refused;
  if (!meetsConditions(call.head.headers, item)) return preconditionFailed();
  const target = readTarget(context, call, body.value, item);
  if ("status" in target) return target;
  if (target.folder.drive !== item.drive) return invalidRequest("An item cannot be moved to another drive. Copy it.");
  if (!item.parent && (target.folder !== item || body.value.name !== undefined)) {
    return badRequest("The root of a drive cannot be moved or renamed.");
  }
  if (item.parent) {
    const moved = place(context, item, target);
    if (moved) return moved;
  }
  if (description !== undefined) item.description = description as string;
  if (fileSystemInfo !== undefined) item.fileSystemInfo = { ...item.fileSystemInfo, ...(fileSystemInfo as object) };
  item.version++;
  item.modified = context.drives.timestamp();
  context.drives.note(item);
  const metadata = `${context.graphUrl}${call.route.version}/$metadata#driveItem/$entity`;
  return json(200, { "@odata.context": metadata, ...describeItem(context, call, item) });
}

function refuseProperties({ description, fileSystemInfo }: Record<string, unknown>): Reply | undefined {
  if (description !== undefined && typeof description !== "string") return invalidRequest("description is a string.");
  return fileSystemInfo !== undefined && (typeof fileSystemInfo !== "object" || fileSystemInfo === null)
    ? invalidRequest("fileSystemInfo is an object.")
    : undefined;
}

/** Reads `name` and `parentReference`. An absent member stays as it is. */
export function readTarget(
  context: Context,
  call: DriveCall,
  body: Record<string, unknown>,
  item: DriveItem,
): Target | Reply {
  const key = "@microsoft.graph.conflictBehavior";
  const behavior = readBehavior(body[key] ?? call.query.get(key), "fail");
  if ("status" in behavior) return behavior;
  const { name = item.name, parentReference } = body;
  if (typeof name !== "string") return invalidRequest("name is a string.");
  const folder = parentReference === undefined ? (item.parent ?? item) : folderAt(context, item, parentReference);
  if (!folder) return notThere();
  if (folder.content) return invalidRequest("The new parent is not a folder.");
  return (name === item.name ? undefined : refuseName(name)) ?? { folder, name, behavior: behavior.value };
}

/** The folder of a `parentReference`: its id, or its path, as in `/drive/root:/Reports` (documented). */
function folderAt({ drives }: Context, { drive }: DriveItem, reference: unknown): DriveItem | undefined {
  const { id, path, driveId } = (reference ?? {}) as { id?: string; path?: string; driveId?: string };
  const target = driveId === undefined ? drive : drives.byId(driveId);
  if (!target) return undefined;
  if (id !== undefined) return id === "root" ? target.root : target.items.get(id);
  const [, names] = /\/root:?(\/.*)?$/.exec(path ?? "") ?? [];
  return path === undefined ? undefined : walk(target.root, namesIn(names))?.item;
}

/** Moves and renames. Answers 409 if the name is taken there. */
function place({ drives }: Context, item: DriveItem, { folder, name, behavior }: Target): Reply | undefined {
  if (isWithin(folder, item)) return invalidRequest("A folder cannot be moved into itself.");
  const there = childNamed(folder, name);
  if (there && there !== item) {
    if (behavior === "fail" || (behavior === "replace" && !(there.content && item.content))) return nameTaken();
    if (behavior === "replace") removeAll(drives, there);
  }
  item.name = there && there !== item && behavior === "rename" ? freeName(folder, name) : name;
  if (item.parent) drives.note(item.parent);
  item.parent = folder;
  return undefined;
}

export function removeItem({ drives }: Context, { head }: DriveCall, item: DriveItem): Reply {
  if (!item.parent) return badRequest("The root of a drive cannot be deleted.");
  if (!meetsConditions(head.headers, item)) return preconditionFailed();
  removeAll(drives, item);
  return empty(204);
}

/** Removes an item with all that is in it. */
export function removeAll(drives: Context["drives"], item: DriveItem): void {
  const { items, removed } = item.drive;
  for (const each of [...items.values()]) {
    if (!isWithin(each, item)) continue;
    items.delete(each.id);
    removed.set(each.id, each);
    drives.note(each);
  }
}
