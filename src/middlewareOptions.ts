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

/** The middleware options of a request, whatever their classes. The Graph client looks them up by class only. */
function optionsOf(control: Context["middlewareControl"]): object[] {
  const held: unknown = control && Reflect.get(control, "middlewareOptions");
  return held instanceof Map ? [...held.values()].filter(isObject) : [];
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

/** Options that a request carries in its middleware options. */
export function requestOptions({ middlewareControl }: Context): UploadOptions | undefined {
  const given = [LargeAttachmentHandlerOptions, AzureDevOpsAttachmentHandlerOptions].map((kind) => {
    const option = middlewareControl?.getMiddlewareOptions(kind);
    return option instanceof kind ? option.upload : undefined;
  });
  const foreign = optionsOf(middlewareControl)
    .filter(isHandlerOptions)
    .filter((option) => !(option instanceof LargeAttachmentHandlerOptions))
    .map(({ upload }) => upload);
  const all = [...foreign, ...given].filter((options) => options !== undefined);
  return all.length > 0 ? Object.assign({}, ...all) : undefined;
}

const isFiles = (option: object): option is AttachedFiles => FILES in option;

/** Files that `withAttachments` added to a request. */
export function attachedFiles({ middlewareControl }: Context): AttachedFiles | undefined {
  const option = middlewareControl?.getMiddlewareOptions(AttachedFiles);
  return option instanceof AttachedFiles ? option : optionsOf(middlewareControl).find(isFiles);
}
