import type { Reply } from "../api.js";
import type { Call } from "../call.js";
import type { Context } from "../context.js";
import { itemAtUrl } from "../drive/shares.js";
import { readObject, strayIn } from "../graph/requestBody.js";
import { badRequest, refuse } from "../replies.js";
import type { PostedAttachment, StoredMessage } from "./store.js";

/** The limit of "approximately 28 KB" (documented). Applying it to the whole request is a choice. */
const largest = 28 * 1024;

/** The properties in the metadata of chatMessage that a client may write. */
const properties = [
  ...["body", "attachments", "subject", "importance", "mentions", "hostedContents", "locale"],
  ...["messageType", "summary", "policyViolation"],
];
const attachmentProperties = ["id", "contentType", "contentUrl", "content", "name", "thumbnailUrl", "teamsAppId"];
const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Reads a posted chatMessage. All statuses but 413 are choices. */
export function readMessage(context: Context, call: Call): Omit<StoredMessage, "id" | "created"> | Reply {
  if (call.body.length > largest) {
    return refuse(context.vary.teamsTooLarge, "RequestBodyTooLarge", "The message is larger than 28 KB.");
  }
  const read = readObject(call);
  if ("status" in read) return read;
  const stray = strayIn(read.value, properties);
  if (stray !== undefined)
    return badRequest(`The property '${stray}' does not exist on type 'microsoft.graph.chatMessage'.`);
  const body = readBody(read.value.body);
  if ("status" in body) return body;
  const { attachments = [], subject } = read.value;
  if (!Array.isArray(attachments)) return badRequest("attachments must be a collection.");
  for (const each of attachments as unknown[]) {
    const refused = refuseAttachment(context, each);
    if (refused) return refused;
  }
  const posted = attachments as PostedAttachment[];
  const title = typeof subject === "string" ? { subject } : {};
  return refuseTags(body, posted) ?? { body, attachments: posted, ...title };
}

function readBody(value: unknown): StoredMessage["body"] | Reply {
  const { contentType = "text", content } = (value ?? {}) as Record<string, unknown>;
  if (typeof content !== "string" || content === "") return badRequest("Missing body content");
  const type = String(contentType).toLowerCase();
  return type === "text" || type === "html"
    ? { contentType: type, content }
    : badRequest("contentType is text or html.");
}

/** Checks an attachment. The rules for files are documented. Cards and similar attachments pass. */
function refuseAttachment(context: Context, value: unknown): Reply | undefined {
  if (typeof value !== "object" || value === null) return badRequest("An attachment must be a JSON object.");
  const attachment = value as Record<string, unknown>;
  const stray = strayIn(attachment, attachmentProperties);
  if (stray !== undefined) return badRequest(`The property '${stray}' does not exist on an attachment.`);
  const { id, contentType, contentUrl, name } = attachment;
  if (typeof id !== "string" || id === "") return badRequest("An attachment needs an id.");
  if (typeof contentType !== "string") return badRequest("An attachment needs a contentType.");
  if (contentType !== "reference") return undefined;
  if (!guid.test(id)) return badRequest("The id of a reference must be a GUID.");
  if (typeof name !== "string" || name === "") return badRequest("A reference needs a name.");
  const file = typeof contentUrl === "string" ? itemAtUrl(context, contentUrl) : undefined;
  if (!file?.content) return badRequest("contentUrl is not the URL of a file in a drive.");
  if (context.vary.teamsAttachmentId === "eTag" && id.toUpperCase() !== file.guid) {
    return badRequest("The id of a reference must be the GUID in the eTag of its file.");
  }
  return undefined;
}

/** Refuses an attachment without its tag in an HTML body, and a tag without its attachment. */
function refuseTags(
  { contentType, content }: StoredMessage["body"],
  attachments: readonly PostedAttachment[],
): Reply | undefined {
  if (attachments.length === 0 && contentType === "text") return undefined;
  if (contentType !== "html") return badRequest("A message with attachments needs an HTML body.");
  const tagged = [...content.matchAll(/<attachment id="([^"]*)"><\/attachment>/g)].map(([, id]) => id);
  const ids = attachments.map(({ id }) => id);
  const untagged = ids.find((id) => !tagged.includes(id));
  if (untagged !== undefined) return badRequest(`The body has no <attachment id="${untagged}"></attachment>.`);
  if (new Set(ids).size < ids.length) return badRequest("Two attachments have the same id.");
  return tagged.every((id) => ids.includes(id!))
    ? undefined
    : badRequest("The body refers to an attachment that the message does not have.");
}
