import type { CheckpointStore } from "./upload/checkpoints.js";
import type { AttachmentSource, OpenedSource } from "./files/open.js";
import type { UploadOptions } from "./options.js";
import type { FileInfo } from "./protocol.js";
import type { LinkScope } from "./protocols/sharing.js";

/** What is said of a file. What it knows of itself need not be said. */
export interface FileDetails {
  /** File name as people see it. Taken from a `File`. */
  readonly name?: string;
  /** Media type. Taken from a `Blob`, `File` or `Response`. */
  readonly contentType?: string;
  /** Outlook: whether the body of the message shows it. @default false */
  readonly isInline?: boolean;
  /** Outlook: what `<img src="cid:…">` in the body names it. */
  readonly contentId?: string;
  /** Azure DevOps: what people read beside it in the work item. */
  readonly comment?: string;
  /** Drives: what happens where there is a file of that name already. @default "fail" */
  readonly conflictBehavior?: FileInfo["conflictBehavior"];
  /** Drives: what people read beside the file. */
  readonly description?: string;
  /** Drives: when the file was made and changed, as its own system says; ISO dates. */
  readonly fileSystemInfo?: FileInfo["fileSystemInfo"];
  /** Drives: the file appears only when all of its bytes are there, by a request of its own. @default false */
  readonly deferCommit?: boolean;
  /** Bytes; needed for streams, async iterables and responses that do not tell. */
  readonly size?: number;
}

/** What is said of a file that is attached, and how it is uploaded. */
export interface AttachOptions extends UploadOptions, FileDetails {
  /** Azure DevOps: the area whose readers may read it before a work item links to it. */
  readonly areaPath?: string;
  /**
   * Keeps the upload's session, so that attaching the same file to the same item again, after a crash or when retries had
   * run out, goes on instead of starting over. For files that can be read at any place.
   */
  readonly checkpoints?: CheckpointStore;
  /**
   * Messages and events: a file over the limit is uploaded to the sender's OneDrive, into "Email attachments", and a link to
   * it is attached, or added to the text where the service takes no such attachment. Needs the permission
   * `Files.ReadWrite`. @default an error
   */
  readonly overflow?: "link";
  /** Who the link of `overflow` is for. @default "organization" */
  readonly linkScope?: LinkScope;
}

/** One of several files, with what is said of it alone. */
export type FileToAttach = AttachmentSource | (FileDetails & { readonly file: AttachmentSource });

/** A file and its details apart. */
export function detailed(one: FileToAttach): FileDetails & { readonly file: AttachmentSource } {
  return typeof one === "object" && one !== null && "file" in one ? one : { file: one };
}

/** A file that was opened, and what was asked for it. */
export interface OpenedFile {
  readonly source: OpenedSource;
  readonly options: AttachOptions;
}
