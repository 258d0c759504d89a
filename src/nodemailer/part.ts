import PostalMime from "postal-mime";
import type { FileToAttach } from "../index.js";
import { Refused } from "./errors.js";

/** A part of a message, as postal-mime holds it. */
interface Part {
  readonly content?: ArrayBuffer | null;
  readonly contentId?: string;
  readonly contentType: { readonly multipart: string | false; readonly parsed: Structured };
  readonly contentDisposition: { readonly parsed: Structured };
}

interface Structured {
  readonly value: string;
  readonly params: Readonly<Record<string, string | undefined>>;
}

/** The file in a part that was given as `raw`, with its headers. */
export async function fileInPart(raw: Buffer, unnamed: string): Promise<FileToAttach> {
  const parser = new PostalMime({ forceRfc822Attachments: true });
  await parser.parse(raw);
  const { root } = parser as unknown as { readonly root: Part };
  const { value: contentType, params } = root.contentType.parsed;
  const disposition = root.contentDisposition.parsed;
  if (root.contentType.multipart || !root.content) {
    const words = "A raw attachment of several parts is too large for the message itself. Give its files one by one.";
    throw new Refused("EMESSAGE", words, "tooLarge");
  }
  const contentId = root.contentId?.replace(/^<|>$/g, "");
  return {
    file: root.content,
    name: disposition.params.filename ?? params.name ?? unnamed,
    contentType,
    isInline: contentId !== undefined && disposition.value === "inline",
    contentId,
  };
}
