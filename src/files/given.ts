import { nearest, NAMES, unknownOption } from "../optionNames.js";
import type { AttachmentSource, AttachOptions, FileDetails, FileToAttach } from "../options.js";
import type { Content } from "../file.js";
import type { Part } from "../middlewareOptions.js";
import { openAll, openSource } from "./open.js";

/** An opened file, and its options. */
export interface OpenedFile {
  readonly content: Content;
  readonly options: AttachOptions;
}

/** Separates a file from its metadata. A misspelt member is reported; others that are not metadata are left out. */
export function splitFile(one: FileToAttach): FileDetails & { readonly file: AttachmentSource } {
  if (typeof one !== "object" || one === null || !("file" in one)) return { file: one };
  const { file, ...own } = one;
  const known = Object.entries(own).filter(([name]) => {
    if (!Object.hasOwn(NAMES, name) && nearest(name)) throw unknownOption(name);
    return Object.hasOwn(NAMES, name);
  });
  return { ...Object.fromEntries(known), file };
}

/** Opens the files of `attach`, or none of them. What a file says of itself goes before the options of the call. */
export function openFiles(files: readonly FileToAttach[], options: AttachOptions): OpenedFile[] {
  return openAll(files, (one) => {
    const { file, ...own } = splitFile(one);
    const merged = { ...options, ...own };
    return { content: openSource(file, merged.size), options: merged };
  });
}

/** Opens the files of `withAttachments`, or none of them. */
export function openParts(files: readonly FileToAttach[]): Part[] {
  return openAll(files, (one) => {
    const { file, name, contentType, isInline, contentId, size } = splitFile(one);
    const content = openSource(file, size);
    return {
      content,
      file: { name: name ?? content.name ?? "", contentType: contentType ?? content.type, isInline, contentId },
    };
  });
}
