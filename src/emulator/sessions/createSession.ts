import type { Reply } from "../api.js";
import type { GraphCall } from "../call.js";
import type { Context } from "../context.js";
import { readObject, strayIn } from "../graph/requestBody.js";
import { userId, userName, type SessionFile, type StoredItem } from "../items/store.js";
import { accessDenied, badRequest, json, noSegment, refuse } from "../replies.js";
import { timestamp } from "../uploadSession.js";
import { openSession } from "./session.js";

/** The properties in the metadata of `attachmentItem` (Outlook) and `attachmentInfo` (To Do). Others are refused. */
const outlookProperties = ["attachmentType", "name", "size", "contentType", "isInline", "contentId"];
const todoProperties = ["attachmentType", "name", "size", "contentType"];

/** Answers POST `…/attachments/createUploadSession` for messages, events (201) and tasks (200). */
export function createUploadSession(context: Context, call: GraphCall, item: StoredItem): Reply {
  const { vary } = context;
  const todo = item.kind === "task";
  if (!todo && vary.usGov) return noSegment("createUploadSession");
  if (vary.sharedMailbox403 && isShared(call.route.keys.user)) return accessDenied();
  const file = readFile(call, todo ? "attachmentInfo" : "AttachmentItem", todo ? todoProperties : outlookProperties);
  if ("status" in file) return file;
  const refused = todo ? refuseTodoSize(context, file) : refuseOutlookSize(context, file);
  if (refused) return refused;
  const session = openSession(context, item, file, call.route);
  return json(todo ? vary.todoCreateStatus : 201, {
    "@odata.context": `${context.graphUrl}${call.route.version}/$metadata#microsoft.graph.uploadSession`,
    uploadUrl: session.uploadUrl,
    expirationDateTime: timestamp(session.expires),
    nextExpectedRanges: ["0-"],
  });
}

/** Reads the wrapper by its exact key (documented). Refusing everything else with 400 is a choice. */
function readFile(call: GraphCall, wrapper: string, properties: readonly string[]): SessionFile | Reply {
  const body = readObject(call);
  if ("status" in body) return body;
  const stray = strayIn(body.value, [wrapper]);
  if (stray !== undefined) return badRequest(`The parameter '${stray}' does not exist on createUploadSession.`);
  const file = body.value[wrapper];
  if (typeof file !== "object" || file === null) return badRequest(`The parameter '${wrapper}' is missing.`);
  return checkFile(file as Record<string, unknown>, properties);
}

function checkFile(file: Record<string, unknown>, properties: readonly string[]): SessionFile | Reply {
  const stray = strayIn(file, properties);
  if (stray !== undefined) return badRequest(`The property '${stray}' does not exist on this type.`);
  const { attachmentType, name, size } = file;
  if (typeof attachmentType !== "string") return badRequest("attachmentType is required.");
  if (attachmentType !== "file") return onlyFiles();
  if (typeof name !== "string" || name === "") return badRequest("name is required.");
  if (!Number.isSafeInteger(size) || (size as number) < 0) return badRequest("size is required, in bytes.");
  if (!isOptional(file.contentType, "string") || !isOptional(file.contentId, "string")) {
    return badRequest("contentType and contentId are strings.");
  }
  if (!isOptional(file.isInline, "boolean")) return badRequest("isInline is a boolean.");
  return file as unknown as SessionFile;
}

const isOptional = (value: unknown, type: "string" | "boolean"): boolean =>
  value === undefined || typeof value === type;

/** Field report, docs-contrib #710. */
const onlyFiles = (): Reply =>
  refuse(
    405,
    "ErrorAttachmentSessionIsSupportedOnlyForFileAttachments",
    "Unsupported Attachment type specified. Only File attachments can be uploaded using an Upload Session.",
  );

/** The code is documented. Its status, the code above the maximum and refusing an empty file are choices. */
function refuseOutlookSize(context: Context, { size }: SessionFile): Reply | undefined {
  if (size === 0 || size < context.vary.outlookMinimum) {
    return refuse(
      400,
      "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize",
      "Attachment size should be greater than the minimum size. Attach it with a single POST.",
    );
  }
  return size > context.vary.outlookMaximum ? tooLarge(context.vary.outlookMaximum) : undefined;
}

/** To Do has no minimum (documented). Refusing an empty file, which has no Content-Range, is a choice. */
function refuseTodoSize(context: Context, { size }: SessionFile): Reply | undefined {
  if (size === 0) return badRequest("size must be above 0.");
  return size > context.vary.todoMaximum ? tooLarge(context.vary.todoMaximum) : undefined;
}

const tooLarge = (maximum: number): Reply =>
  refuse(400, "ErrorAttachmentSizeLimitExceeded", `The attachment is larger than ${maximum} bytes.`);

const isShared = (user: string | undefined): boolean =>
  user !== undefined && ![userId, userName].includes(user.toLowerCase());
