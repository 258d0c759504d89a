import type { Reply } from "../api.js";
import type { Context } from "../context.js";
import { readObject } from "../graph/requestBody.js";
import { json, refuse } from "../replies.js";
import { stateOf } from "../uploadSession.js";
import { readBehavior, refuseName, strayProperty, type DriveCall } from "./call.js";
import { describeUploaded } from "./describe.js";
import { isTaken, keptContent, putFile } from "./finish.js";
import { invalidRequest, nameTakenBySession, preconditionFailed, sessionNotThere } from "./replies.js";
import { driveSessionAt, endSession } from "./session.js";
import type { Destination, DriveItem, StoredDriveSession } from "./store.js";
import { childNamed, meetsConditions } from "./tree.js";

/**
 * Creates the file of a session that has all its bytes: 201 for a new file, 200 for a replaced one. If the name is
 * taken, the session stays open (documented).
 */
export function complete(context: Context, session: StoredDriveSession, destination: Destination = session): Reply {
  if (!session.drive.items.has(destination.folder.id)) return sessionNotThere();
  if (isTaken(destination)) return nameTakenBySession();
  const { description, fileSystemInfo } = session;
  const file = {
    content: keptContent(context, destination.name, session.pieces),
    via: "session" as const,
    description,
    fileSystemInfo,
  };
  const { item, isNew } = putFile(context, destination, file);
  endSession(session, "complete");
  return json(isNew ? 201 : 200, describeUploaded(context, item));
}

const sourceUrl = "@microsoft.graph.sourceUrl";
const behaviorKey = "@microsoft.graph.conflictBehavior";

/** Answers PUT on a folder. It creates the file of a deferred session, or of one whose name was taken. */
export function commitSession(context: Context, call: DriveCall, folder: DriveItem): Reply {
  const body = readObject(call);
  if ("status" in body) return body;
  const stray = strayProperty(context, body.value, ["name"]);
  if (stray !== undefined) return invalidRequest(`The property '${stray}' cannot be given for a commit.`);
  if (folder.content) return invalidRequest("Commit a session to the folder of the new file.");
  const { name, [sourceUrl]: url } = body.value;
  if (typeof name !== "string" || typeof url !== "string") {
    return invalidRequest("name and @microsoft.graph.sourceUrl are required.");
  }
  const behavior = readBehavior(body.value[behaviorKey], "fail");
  if ("status" in behavior) return behavior;
  if (!meetsConditions(call.head.headers, folder) && !meetsConditions(call.head.headers, childNamed(folder, name))) {
    return preconditionFailed();
  }
  const session = driveSessionAt(context, url);
  if (!session || session.drive !== folder.drive || stateOf(context, session) !== "open") return sessionNotThere();
  if (session.offset !== session.total) {
    return refuse(400, "uploadSessionIncomplete", "The session does not have all bytes yet.");
  }
  const destination = { drive: folder.drive, folder, name, behavior: behavior.value };
  return refuseName(name) ?? complete(context, session, destination);
}
