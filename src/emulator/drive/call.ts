import type { Reply } from "../api.js";
import type { Call, Context } from "../call.js";
import type { DriveRoute } from "./path.js";
import type { ConflictBehavior, DriveItem } from "./store.js";
import { folderNamed, type Place } from "./tree.js";
import { invalidRequest, notThere } from "./replies.js";

/** A call whose path leads to a drive. */
export interface DriveCall extends Call {
  readonly route: DriveRoute;
  readonly query: URLSearchParams;
}

/** What `@microsoft.graph.conflictBehavior` asks for, or why it cannot. */
export function readBehavior(value: unknown, otherwise: ConflictBehavior): { value: ConflictBehavior } | Reply {
  if (value === undefined || value === null) return { value: otherwise };
  const behavior = String(value).toLowerCase();
  return behavior === "fail" || behavior === "replace" || behavior === "rename"
    ? { value: behavior }
    : invalidRequest("@microsoft.graph.conflictBehavior is fail, replace or rename.");
}

const forbidden = /["*:<>?/\\|\u0000-\u001f]/;

/** Why SharePoint and OneDrive refuse a name; the rule is documented, the status a choice. */
export function refuseName(name: string): Reply | undefined {
  const wrong = name === "" || name.length > 400 || forbidden.test(name) || /^ | $|\.$|^~\$/.test(name);
  return wrong ? invalidRequest("The provided name cannot be used for a file or folder.") : undefined;
}

/** The folder that a new file goes to, with the folders on the way where they may be made. */
export function makeWay(context: Context, place: Place): { folder: DriveItem } | Reply {
  const refused = [...place.missing, place.name].map(refuseName).find((reply) => reply);
  if (refused) return refused;
  if (place.missing.length > 0 && context.vary.driveMissingFolders === "refuse") return notThere();
  return { folder: place.missing.reduce((folder, name) => folderNamed(context, folder, name), place.folder) };
}
