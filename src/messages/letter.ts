import { base64Content } from "../files/base64.js";
import { cutBody, mend } from "../files/contentBytes.js";
import type { Content } from "../files/open.js";
import type { FileInfo } from "../protocol.js";

/** A file that goes with a message. */
export interface Part {
  readonly file: Omit<FileInfo, "size">;
  readonly content: Content;
}

/** The body of a POST that creates or sends an item, its files apart. */
export interface Letter {
  /** The body without its attachments. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Attachments that are no files: they travel as they are. */
  readonly others: readonly object[];
  readonly files: readonly Part[];
}

type Members = Record<string, unknown>;

/** Opens a body without decoding its base64; `undefined`: it is no JSON, or holds nothing to attach to. */
export function openLetter(
  text: string,
  holder: string | undefined,
  isFile: (type: unknown) => boolean,
): Letter | undefined {
  const cut = cutBody(text);
  if (!cut || Array.isArray(cut.value)) return undefined;
  const body = cut.value as Members;
  const held = holder === undefined ? body : (body[holder] ?? {});
  if (typeof held !== "object" || held === null) return undefined;
  const { attachments = [], ...rest } = held as Members;
  if (!Array.isArray(attachments)) return undefined;
  const takes = (one: Members | null) =>
    typeof one === "object" && one !== null && isFile(one["@odata.type"]) && typeof one["contentBytes"] === "string";
  const files = attachments.filter(takes).map((one: Members) => partOf(one, cut.texts));
  const others = attachments.filter((one) => !takes(one)).map((one) => mend(one, cut.texts) as object);
  const mended = mend(rest, cut.texts) as Members;
  return {
    body: holder === undefined ? mended : { ...(mend(body, cut.texts) as Members), [holder]: mended },
    others,
    files,
  };
}

function partOf(attachment: Members, texts: readonly string[]): Part {
  const { name, contentType, isInline, contentId, contentBytes } = attachment as {
    [member in keyof FileInfo]: FileInfo[member] | null;
  } & Members;
  const file = {
    name: name ?? "",
    contentType: contentType ?? undefined,
    isInline: isInline ?? undefined,
    contentId: contentId ?? undefined,
  };
  return { file, content: base64Content(texts[Number(contentBytes)]!) };
}
