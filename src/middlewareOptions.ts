import type { Context, MiddlewareOptions } from "@microsoft/microsoft-graph-client";
import type { Content, FileInfo } from "./file.js";
import { isObject } from "./isObject.js";
import type { FileToAttach, UploadOptions } from "./options.js";
import { resolveOptions } from "./settings.js";

// Other copies of this package know options and files by these. The number changes with what they hold.
const OPTIONS: unique symbol = Symbol.for("graph-large-attachments.options.1");
const FILES: unique symbol = Symbol.for("graph-large-attachments.files.2");

/** `UploadOptions` for one intercepted request: `.middlewareOptions([new LargeAttachmentHandlerOptions({ onProgress })])`. */
export class LargeAttachmentHandlerOptions implements MiddlewareOptions {
  constructor(readonly upload: UploadOptions = {}) {}

  /** @internal */
  get [OPTIONS](): UploadOptions {
    return this.upload;
  }
}

/** Recognizes a `LargeAttachmentHandlerOptions` of any copy of this package. */
export function isHandlerOptions(options: object): options is LargeAttachmentHandlerOptions {
  return isObject(options) && OPTIONS in options;
}

/** `UploadOptions` for one request that `AzureDevOpsAttachmentHandler` intercepts. */
export class AzureDevOpsAttachmentHandlerOptions extends LargeAttachmentHandlerOptions {}

/** A file that travels next to the body of a request. */
export interface Part {
  readonly file: Omit<FileInfo, "size">;
  readonly content: Content;
}

/** Middleware option: the files of `withAttachments`. */
export class AttachedFiles implements MiddlewareOptions {
  constructor(
    /** As the caller gave them. They are opened when the request is sent. */
    readonly files: readonly FileToAttach[],
    readonly options: UploadOptions,
  ) {
    resolveOptions(options); // throws where they are given
  }

  /** @internal */
  get [FILES](): true {
    return true;
  }
}

const KINDS = [LargeAttachmentHandlerOptions, AzureDevOpsAttachmentHandlerOptions, AttachedFiles];

/** The options of this package that a request carries. */
export interface Given {
  readonly upload?: UploadOptions;
  readonly files?: AttachedFiles;
}

/** Finds options and files by their members: the Graph client looks them up by class, and other copies have other classes. */
export function givenIn({ middlewareControl: control }: Context): Given {
  let upload: UploadOptions | undefined;
  let files: AttachedFiles | undefined;
  const look = (option: unknown) => {
    if (!isObject(option)) return;
    if (isHandlerOptions(option)) upload = { ...upload, ...option.upload };
    if (isFiles(option)) files = option;
  };
  const held: unknown = control && Reflect.get(control, "middlewareOptions");
  if (held instanceof Map) held.forEach(look);
  for (const kind of KINDS) look(control?.getMiddlewareOptions(kind));
  return { upload, files };
}

const isFiles = (option: object): option is AttachedFiles => FILES in option;
