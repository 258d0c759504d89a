import { openBase64 } from "../files/base64.js";
import { cutBody, join, joinMembers } from "../files/contentBytes.js";
import { isObject, text, type Members } from "../json.js";
import type { Part } from "../options.js";

/** The body of a POST that creates or sends an item, separated from its files. */
export interface Letter {
  /** The body without its attachments. */
  readonly body: Members;
  /** Attachments that are not files. They travel unchanged. */
  readonly others: readonly unknown[];
  readonly files: readonly Part[];
}

/**
 * Opens a body without decoding its base64. `holder`: the member that holds the attachments. `undefined` if the body is not
 * JSON or holds nothing to attach to.
 */
export function openLetter(
  json: string,
  holder: string | undefined,
  isFile: (type: unknown) => boolean,
): Letter | undefined {
  const cut = cutBody(json);
  if (!cut || !isObject(cut.value) || Array.isArray(cut.value)) return undefined;
  const body = cut.value;
  const held = holder === undefined ? body : (body[holder] ?? {});
  if (!isObject(held)) return undefined;
  const { attachments = [], ...rest } = held;
  if (!Array.isArray(attachments)) return undefined;
  const files: Part[] = [];
  const others: unknown[] = [];
  for (const one of attachments) {
    const base64 = isObject(one) && isFile(one["@odata.type"]) ? textOf(one["contentBytes"], cut.texts) : undefined;
    const content = base64 === undefined ? undefined : openBase64(base64);
    if (content) files.push({ file: infoIn(one), content });
    else others.push(join(one, cut.texts));
  }
  const joined = joinMembers(rest, cut.texts);
  return { body: holder === undefined ? joined : { ...joinMembers(body, cut.texts), [holder]: joined }, others, files };
}

/** The text that was cut out of this member. */
function textOf(index: unknown, texts: readonly string[]): string | undefined {
  return typeof index === "string" ? texts[Number(index)] : undefined;
}

/** The metadata in an attachment's JSON, where `null` means absent. */
export function infoIn(attachment: Members): Part["file"] {
  const { name, contentType, isInline, contentId } = attachment;
  return {
    name: typeof name === "string" ? name : "",
    contentType: text(contentType),
    isInline: typeof isInline === "boolean" ? isInline : undefined,
    contentId: text(contentId),
  };
}
