import type { Reply } from "../api.js";
import type { Context } from "../context.js";
import { readParameters } from "../graph/requestBody.js";
import { json, refuse } from "../replies.js";
import { addressIn, stateOf, timestamp } from "../uploadSession.js";
import { makeWay, readBehavior, strayProperty, type DriveCall } from "./call.js";
import { isTaken } from "./finish.js";
import { invalidRequest, nameTaken, preconditionFailed, quotaReached } from "./replies.js";
import { openDriveSession } from "./session.js";
import type { Destination } from "./store.js";
import { meetsConditions, usedBytes, type Place } from "./tree.js";

/** The properties in the metadata of `driveItemUploadableProperties`. */
const properties = ["description", "driveItemSource", "fileSize", "fileSystemInfo", "mediaSource", "name"];

/** The checked content of the request. */
interface Wanted {
  readonly name?: string;
  readonly description?: string;
  readonly fileSize?: number;
  readonly fileSystemInfo?: Record<string, unknown>;
  readonly behavior: Destination["behavior"];
  readonly deferCommit: boolean;
}

/** Answers POST `…/createUploadSession` for a new or existing file (200, documented). */
export function createDriveSession(context: Context, call: DriveCall, place: Place): Reply {
  if (place.item && !place.item.content) return invalidRequest("An upload session needs the name of a file.");
  // The text is a field report.
  const byId =
    call.route.keys.item !== undefined || call.route.keys.listItem !== undefined || call.route.keys.share !== undefined;
  if (byId && call.route.keys.path === undefined && context.vary.driveSessionById === "refuse") {
    return invalidRequest("File name not provided in url.");
  }
  const wanted = readWanted(context, call, place);
  if ("status" in wanted) return wanted;
  if (!meetsConditions(call.head.headers, place.item)) return preconditionFailed();
  if ((wanted.fileSize ?? 0) > place.drive.quota - usedBytes(place.drive)) return quotaReached();
  const way = makeWay(context, place);
  if ("status" in way) return way;
  const destination = { drive: place.drive, folder: way.folder, name: place.name, behavior: wanted.behavior };
  const refused = refuseName(context, destination);
  if (refused) return refused;
  const session = openDriveSession(context, { ...wanted, ...destination, path: addressIn(call.head.url) });
  return json(200, {
    "@odata.context": `${context.graphUrl}${call.route.version}/$metadata#microsoft.graph.uploadSession`,
    uploadUrl: session.uploadUrl,
    expirationDateTime: timestamp(session.expires),
    nextExpectedRanges: context.vary.driveCreateRanges === "absent" ? undefined : ["0-"],
  });
}

/** Refuses a name that is in use. All are field reports (docs-contrib #412 and #6558, onedrive-api-docs #989). */
function refuseName(context: Context, destination: Destination): Reply | undefined {
  if (context.vary.driveConflict === "atCreate" && isTaken(destination)) return nameTaken();
  const name = destination.name.toLowerCase();
  const rivals = context.drives.sessions.filter(
    (session) => session.folder === destination.folder && session.name.toLowerCase() === name,
  );
  const held = rivals.find(({ ended, holds }) => ended === "deleted" && holds < context.vary.driveNameHeld);
  if (held) {
    held.holds++;
    return refuse(409, "nameAlreadyExists", uploading);
  }
  const open = rivals.some((session) => stateOf(context, session) === "open");
  return open && context.vary.driveSecondSession === "refuse"
    ? refuse(409, "nameAlreadyExists", "An upload session already exists for this file")
    : undefined;
}

const uploading = "A file with the same name is currently being uploaded. Change the filename and try to save again.";

function readWanted(context: Context, call: DriveCall, place: Place): Wanted | Reply {
  const body = readParameters(call, ["item", "deferCommit"]);
  if ("status" in body) return body;
  const { item = {}, deferCommit = false } = body.value;
  if (typeof deferCommit !== "boolean") return invalidRequest("deferCommit is a boolean.");
  if (typeof item !== "object" || item === null || Array.isArray(item)) return invalidRequest("item is an object.");
  const value = item as Record<string, unknown>;
  // An id names an existing file, so the default is to replace it. A path may name a file by accident.
  const behavior = readBehavior(
    value["@microsoft.graph.conflictBehavior"],
    call.route.keys.path === undefined ? "replace" : context.vary.driveSessionDefault,
  );
  if ("status" in behavior) return behavior;
  return refuseItem(context, value, place) ?? { ...(value as Partial<Wanted>), behavior: behavior.value, deferCommit };
}

function refuseItem(context: Context, item: Record<string, unknown>, place: Place): Reply | undefined {
  const business = context.vary.driveKind === "business";
  // Refusing `@odata.type` on business drives is a field report, docs-contrib #725. Other annotations are ignored.
  const stray = business && "@odata.type" in item ? "@odata.type" : strayProperty(context, item, properties);
  if (stray !== undefined) return invalidRequest(`The property '${stray}' cannot be given for an upload session.`);
  const { name, fileSize, description, fileSystemInfo } = item;
  if (fileSize !== undefined && business) return invalidRequest("fileSize is for OneDrive Personal only.");
  if (fileSize !== undefined && (!Number.isSafeInteger(fileSize) || (fileSize as number) < 1)) {
    return invalidRequest("fileSize must be above 0: an empty file is uploaded with PUT on its content.");
  }
  if (name !== undefined && name !== place.name) return invalidRequest("The name differs from the one in the path.");
  if (description !== undefined && typeof description !== "string") return invalidRequest("description is a string.");
  if (fileSystemInfo !== undefined && (typeof fileSystemInfo !== "object" || fileSystemInfo === null)) {
    return invalidRequest("fileSystemInfo is an object.");
  }
  return undefined;
}
