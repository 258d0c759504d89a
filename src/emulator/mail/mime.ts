import PostalMime, { decodeWords, type Address, type Email } from "postal-mime";
import type { FileInit, StoredAttachment } from "../api.js";

type FileInMime = FileInit & Partial<Pick<StoredAttachment, "odataType" | "isInline" | "contentId">>;

/** A message in MIME, parsed. */
export interface ParsedMime {
  /** Properties by their JSON names. */
  readonly properties: Record<string, unknown>;
  readonly attachments: readonly FileInMime[];
}

/** One part of a message, as postal-mime holds it. */
interface Part {
  readonly childNodes: readonly Part[];
  readonly content?: ArrayBuffer;
  readonly contentId?: string;
  readonly contentType: { readonly multipart: string | false; readonly parsed: Structured };
  readonly contentDisposition: { readonly parsed: Structured };
}

interface Structured {
  readonly value: string;
  readonly params: Readonly<Record<string, string | undefined>>;
}

/** The part of a request that tells MIME from JSON. */
interface Head {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
}

export const isMimeRequest = ({ method, headers }: Head): boolean =>
  method === "POST" && /^\s*text\/plain\b/i.test(headers["content-type"] ?? "");

/** The base64 in a body, without its line breaks. `undefined` if it is not base64. */
export function base64In(body: Buffer): string | undefined {
  const text = body.toString("latin1").replace(/[\r\n]/g, "");
  return text === "" || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text) ? undefined : text;
}

/** Parses a message in MIME as Exchange does: text and files apart. `undefined` if the body is not base64. */
export async function parseMime(body: Buffer): Promise<ParsedMime | undefined> {
  const base64 = base64In(body);
  if (base64 === undefined) return undefined;
  const parser = new PostalMime({ forceRfc822Attachments: true });
  const email = await parser.parse(Buffer.from(base64, "base64"));
  // postal-mime rewrites the line breaks of calendars, so the bytes are those of the parts themselves
  const { root } = parser as unknown as { readonly root: Part };
  return { properties: propertiesOf(email), attachments: attachmentsIn(root) };
}

function propertiesOf(email: Email): Record<string, unknown> {
  const header = (name: string): string | undefined => email.headers.find(({ key }) => key === name)?.value;
  const priority = header("importance") ?? header("x-priority") ?? "";
  const importance = /^\s*(high|1|2)\b/i.test(priority) ? "high" : /^\s*(low|4|5)\b/i.test(priority) ? "low" : "normal";
  // MAPI: PidTagInReplyToId, PidTagInternetReferences
  const extended = Object.entries({ "String 0x1042": email.inReplyTo, "String 0x1039": email.references });
  const custom = email.headers.filter(({ key }) => key.startsWith("x-"));
  const { html, text } = email;
  return {
    ...defined({
      subject: email.subject,
      internetMessageId: email.messageId,
      from: email.from && recipientsIn([email.from])[0],
      sender: (email.sender ?? email.from) && recipientsIn([email.sender ?? email.from!])[0],
    }),
    toRecipients: recipientsIn(email.to),
    ccRecipients: recipientsIn(email.cc),
    bccRecipients: recipientsIn(email.bcc),
    replyTo: recipientsIn(email.replyTo),
    importance,
    body: html === undefined ? { contentType: "text", content: text ?? "" } : { contentType: "html", content: html },
    internetMessageHeaders: custom.map(({ originalKey, value }) => ({ name: originalKey, value: decodeWords(value) })),
    singleValueExtendedProperties: extended.flatMap(([id, value]) => (value === undefined ? [] : [{ id, value }])),
    // MS-OXCMAIL: these headers ask for receipts
    isDeliveryReceiptRequested: header("return-receipt-to") !== undefined,
    isReadReceiptRequested: header("disposition-notification-to") !== undefined,
  };
}

const defined = (values: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

function recipientsIn(list: readonly Address[] = []): unknown[] {
  return list
    .flatMap((one) => one.group ?? [one])
    .map(({ name, address }) => ({ emailAddress: { name: name || address, address } }));
}

/** The parts that are files: all but the text of the message and its alternatives. */
function attachmentsIn(root: Part): FileInMime[] {
  const found: FileInMime[] = [];
  let hasText = false;
  const visit = (part: Part, parent: Part | undefined): void => {
    const { multipart, parsed } = part.contentType;
    const disposition = part.contentDisposition.parsed;
    if (multipart) return part.childNodes.forEach((child) => visit(child, part));
    const isRoot = parent?.contentType.multipart === "related" && parent.childNodes[0] === part;
    if (isRoot || parent?.contentType.multipart === "alternative") return void (hasText = true);
    if (!hasText && disposition.value !== "attachment" && /^text\/(plain|html)$/.test(parsed.value)) {
      return void (hasText = true);
    }
    if (part.content) found.push(attachmentOf(part, parent, found.length + 1));
  };
  visit(root, undefined);
  return found;
}

/** Exchange keeps an embedded message as an item, and names a file that has no name. */
function attachmentOf(part: Part, parent: Part | undefined, count: number): FileInMime {
  const { value: contentType, params } = part.contentType.parsed;
  const disposition = part.contentDisposition.parsed;
  const name = disposition.params.filename ?? params.name;
  const isMessage = contentType === "message/rfc822";
  return {
    name: name ? decodeWords(name) : `ATT${String(count).padStart(5, "0")}`,
    contentType,
    bytes: Buffer.from(part.content!),
    isInline: disposition.value === "inline" && !isMessage,
    contentId: part.contentId?.replace(/^<|>$/g, ""),
    odataType: isMessage ? "#microsoft.graph.itemAttachment" : "#microsoft.graph.fileAttachment",
    ...(parent?.contentType.multipart === "related" ? { isInline: true } : {}),
  };
}
