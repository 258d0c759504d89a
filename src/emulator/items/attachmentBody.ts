import type { Reply } from "../api.js";
import { strayIn } from "../graph/requestBody.js";
import { badRequest } from "../replies.js";
import type { ItemKind } from "./routes.js";
import type { NewAttachment } from "./store.js";

const properties: Record<string, readonly string[]> = {
  "microsoft.graph.fileattachment": [
    ...["id", "name", "contentType", "size", "isInline", "lastModifiedDateTime"],
    ...["contentBytes", "contentId", "contentLocation"],
  ],
  "microsoft.graph.taskfileattachment": ["id", "name", "contentType", "size", "lastModifiedDateTime", "contentBytes"],
};
const wholeTypes = /^microsoft\.graph\.(?:item|reference)attachment$/;

/**
 * Reads the JSON of an attachment for an item of this kind. The bytes of an item or reference attachment are its JSON:
 * `whole`, if it is given.
 */
export function readAttachment(value: unknown, kind: ItemKind, whole?: Buffer): Omit<NewAttachment, "via"> | Reply {
  if (typeof value !== "object" || value === null) return badRequest("An attachment must be a JSON object.");
  const odataType = String((value as Record<string, unknown>)["@odata.type"] ?? "").replace(/^#/, "");
  const bytes =
    wholeTypes.test(odataType.toLowerCase()) && kind !== "task"
      ? (whole ?? Buffer.from(JSON.stringify(value)))
      : readFile(value as Record<string, unknown>, odataType, kind);
  if ("status" in bytes) return bytes;
  const { name, contentType, isInline, contentId } = value as Partial<NewAttachment>;
  if (typeof name !== "string" || name === "") return badRequest("name is required.");
  return { name, bytes, contentType, isInline, contentId, odataType: `#${odataType}` };
}

/** Reads all attachments in the JSON of a message. */
export function readAttachments(value: unknown = []): Omit<NewAttachment, "via">[] | Reply {
  if (!Array.isArray(value)) return badRequest("attachments must be a collection.");
  const files: Omit<NewAttachment, "via">[] = [];
  for (const each of value as unknown[]) {
    const file = readAttachment(each, "message");
    if ("status" in file) return file;
    files.push(file);
  }
  return files;
}

/** Reads the bytes of a file attachment, whose type must fit the item. */
function readFile(value: Record<string, unknown>, odataType: string, kind: ItemKind): Buffer | Reply {
  const fitting = kind === "task" ? "microsoft.graph.taskfileattachment" : "microsoft.graph.fileattachment";
  if (odataType.toLowerCase() !== fitting) return badRequest(`@odata.type '${odataType}' does not fit this item.`);
  const stray = strayIn(value, properties[fitting]!);
  if (stray !== undefined) return badRequest(`The property '${stray}' does not exist on type '${odataType}'.`);
  const text = value.contentBytes;
  if (typeof text !== "string" || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    return badRequest("contentBytes is not valid base64.");
  }
  return Buffer.from(text, "base64");
}
