import type { Reply } from "../api.js";
import type { GraphCall } from "../call.js";
import type { Context } from "../context.js";
import { strayIn } from "../graph/requestBody.js";
import { invalidRequest, notThere } from "./replies.js";
import type { DriveRoute } from "./routes.js";
import type { ConflictBehavior, DriveItem } from "./store.js";
import { folderNamed, type Place } from "./tree.js";

/** A call whose path leads to a drive. */
export type DriveCall = GraphCall<DriveRoute>;

/** Reads `@microsoft.graph.conflictBehavior`. */
export function readBehavior(value: unknown, otherwise: ConflictBehavior): { value: ConflictBehavior } | Reply {
  if (value === undefined || value === null) return { value: otherwise };
  const behavior = String(value).toLowerCase();
  return behavior === "fail" || behavior === "replace" || behavior === "rename"
    ? { value: behavior }
    : invalidRequest("@microsoft.graph.conflictBehavior is fail, replace or rename.");
}

/** The first property that a drive refuses because nobody knows it. By the variation, it ignores all of them. */
export const strayProperty = ({ vary }: Context, value: object, known: readonly string[]): string | undefined =>
  vary.driveUnknownProperties === "ignore" ? undefined : strayIn(value, known);

const forbidden = /["*:<>?/\\|\u0000-\u001f]/;

/** Refuses a name that SharePoint and OneDrive do not allow. The rule is documented, the status is a choice. */
export function refuseName(name: string): Reply | undefined {
  const wrong = name === "" || name.length > 400 || forbidden.test(name) || /^ | $|\.$|^~\$/.test(name);
  return wrong ? invalidRequest("The provided name cannot be used for a file or folder.") : undefined;
}

/** Returns the folder for a new file. Creates missing folders in its path if the variation allows it. */
export function makeWay(context: Context, place: Place): { folder: DriveItem } | Reply {
  const refused = [...place.missing, place.name].map(refuseName).find((reply) => reply);
  if (refused) return refused;
  if (place.missing.length > 0 && context.vary.driveMissingFolders === "refuse") return notThere();
  return { folder: place.missing.reduce((folder, name) => folderNamed(context, folder, name), place.folder) };
}
