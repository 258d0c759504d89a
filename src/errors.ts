import { GraphClientError } from "@microsoft/microsoft-graph-client";
import type { UploadSession } from "./uploadSession.js";

/**
 * Why an upload failed on this side:
 *
 * - `invalid`: the call asks for something that is not possible; nothing was sent, or what was begun was discarded
 * - `tooLarge`: the file is larger than the service takes
 * - `unsupported`: the service has no such call
 * - `source`: the file could not be read or has another length than stated; `cause` says why
 * - `otherFile`: the session belongs to another file
 * - `interrupted`: all retries failed; `session` can be resumed later
 * - `stalled`: the service answers but takes no bytes; `session` can be resumed later
 * - `lost`: the session is gone and the upload could not start again
 * - `uncertain`: the service may or may not have the file; check before you attach it again
 * - `takenOver`: another process has taken the upload or the mail over and finishes it; this one has stopped
 * - `cancelled`: the task was cancelled
 * - `notLoaded`: a part of this package could not be loaded; nothing was sent
 * - `notSynced`: the service did not know the draft in all the time of `waitForDraft`; nothing was attached
 * - `leftBehind`: something that was created on the way could not be deleted; `item` is its id
 */
export type UploadErrorCode =
  | "invalid"
  | "tooLarge"
  | "unsupported"
  | "source"
  | "otherFile"
  | "interrupted"
  | "stalled"
  | "lost"
  | "uncertain"
  | "takenOver"
  | "cancelled"
  | "notLoaded"
  | "notSynced"
  | "leftBehind";

const BRAND = Symbol.for("graph-large-attachments.error");

/** An error of this package. A refusal by the service is the Graph client's own `GraphError` instead. */
export class UploadError extends GraphClientError {
  /** An `UploadError` of any copy of this package is one. */
  static override [Symbol.hasInstance](error: unknown): boolean {
    return this === UploadError
      ? typeof error === "object" && error !== null && BRAND in error
      : Function.prototype[Symbol.hasInstance].call(this, error);
  }

  override readonly name: string = "UploadError";
  readonly code: UploadErrorCode;
  /** Resumes the upload: see `LargeAttachmentTask.restore`. It is secret, so it does not appear when the error is printed. */
  declare readonly session?: UploadSession;

  /** Id of a message, event or file that was left behind, or that may or may not have been sent. */
  readonly item?: string;

  constructor(
    code: UploadErrorCode,
    message: string,
    details: { readonly cause?: unknown; readonly session?: UploadSession; readonly item?: string } = {},
  ) {
    super(message);
    Object.setPrototypeOf(this, new.target.prototype); // the constructor of GraphClientError sets its own prototype
    this.code = code;
    if (details.item !== undefined) this.item = details.item;
    if (details.cause !== undefined) Object.defineProperty(this, "cause", { value: details.cause, configurable: true });
    Object.defineProperty(this, "session", { value: details.session, configurable: true });
  }
}

Object.defineProperty(UploadError.prototype, BRAND, { value: true });
