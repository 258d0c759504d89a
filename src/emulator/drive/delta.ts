import type { Reply } from "../api.js";
import type { Context } from "../context.js";
import { select } from "../graph/select.js";
import { json, methodNotAllowed, refuse } from "../replies.js";
import type { DriveCall } from "./call.js";
import { describe } from "./describe.js";
import type { DriveItem, PendingDelta } from "./store.js";
import { isWithin } from "./tree.js";

/**
 * Answers GET `…/delta`: the items of a folder that changed since a token, folders before what is in them, and then what was
 * deleted. Without a token it lists all that is there.
 */
export function answerDelta(context: Context, call: DriveCall, folder: DriveItem): Reply {
  if (call.head.method !== "GET") return methodNotAllowed();
  const { drives, vary } = context;
  const pending = pendingAt(context, call.query.get("token") ?? call.route.keys.token, folder);
  if (!pending) return refuse(410, "resyncRequired", "The delta token is not valid. List again without it.");
  const size = Math.min(Number(call.query.get("$top") ?? Infinity), vary.drivePageSize);
  const left = pending.items.slice(size);
  const more = left.length > 0;
  const token = more ? drives.keepDelta({ ...pending, items: left }) : String(pending.last);
  const describeChange = (item: DriveItem) =>
    folder.drive.items.has(item.id) ? asChange(context, item) : removal(context, item);
  return json(200, {
    "@odata.context": `${context.graphUrl}${call.route.version}/$metadata#Collection(driveItem)`,
    value: pending.items.slice(0, size).map((item) => select(call, describeChange(item))),
    [more ? "@odata.nextLink" : "@odata.deltaLink"]: linkTo(call, token),
  });
}

/** The changes since a token, or the rest of them. A token is the number of the last change that was reported. */
function pendingAt({ drives }: Context, token = "0", folder: DriveItem): PendingDelta | undefined {
  const kept = drives.deltas.get(token);
  if (kept) return kept;
  const last = drives.lastChange;
  const since = token === "latest" ? last : Number(token);
  if (!Number.isInteger(since)) return undefined;
  const { items, removed } = folder.drive;
  const changed = (all: Iterable<DriveItem>): DriveItem[] =>
    [...all]
      .filter((item) => item.changed > since && isWithin(item, folder))
      .sort((one, other) => depthOf(one) - depthOf(other) || one.changed - other.changed);
  return { items: [...changed(items.values()), ...changed(since > 0 ? removed.values() : [])], last };
}

const depthOf = ({ parent }: DriveItem): number => (parent ? depthOf(parent) + 1 : 0);

function linkTo({ head }: DriveCall, token: string): string {
  const url = new URL(head.url);
  url.pathname = url.pathname.replace(/\(.*\)$/, "");
  url.searchParams.set("token", token);
  return url.href;
}

/** An item as delta tells it: without the path of its folder, and on business drives without its cTag (both documented). */
function asChange(context: Context, item: DriveItem): Record<string, unknown> {
  const { cTag, parentReference, ...rest } = describe(context, item);
  const { driveDeltaPath, driveKind } = context.vary;
  const { path: _path, ...parent } = parentReference as Record<string, unknown>;
  return {
    ...{ ...rest, ...(driveKind === "personal" ? { cTag } : {}) },
    parentReference: driveDeltaPath === "present" ? parentReference : parent,
  };
}

/** A deleted item, without what the documentation says is missing. */
function removal(context: Context, item: DriveItem): Record<string, unknown> {
  const { id, name, file, folder, size, parentReference } = asChange(context, item);
  const own = context.vary.driveKind === "personal" ? { name } : { size };
  return { id, ...own, ...(file ? { file } : { folder }), parentReference, deleted: { state: "deleted" } };
}
