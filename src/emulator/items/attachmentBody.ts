import type { Reply } from "../api.js";
import { badRequest } from "../replies.js";
import type { ItemKind } from "../graph/path.js";
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
 * The attachment that a JSON object stands for on an item of this kind, or why it is refused. Of an item or reference
 * attachment the bytes are its JSON: `whole`, as it came.
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

/** All attachments in the JSON of a message, or why one of them is refused. */
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

/** The decoded bytes of a file attachment of the type that fits the item, or why it is refused. */
function readFile(value: Record<string, unknown>, odataType: string, kind: ItemKind): Buffer | Reply {
  const fitting = kind === "task" ? "microsoft.graph.taskfileattachment" : "microsoft.graph.fileattachment";
  if (odataType.toLowerCase() !== fitting) return badRequest(`@odata.type '${odataType}' does not fit this item.`);
  const stray = Object.keys(value).find((key) => !properties[fitting]!.includes(key) && !key.startsWith("@odata."));
  if (stray !== undefined) return badRequest(`The property '${stray}' does not exist on type '${odataType}'.`);
  const text = value.contentBytes;
  if (typeof text !== "string" || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    return badRequest("contentBytes is not valid base64.");
  }
  return Buffer.from(text, "base64");
}
