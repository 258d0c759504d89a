import { GraphClientError } from "@microsoft/microsoft-graph-client";
import type { UploadSession } from "./protocol.js";

/**
 * Why an upload ended on this side:
 *
 * - `invalid`: something was asked that cannot be done; nothing was sent, or what had begun was discarded
 * - `tooLarge`: the file is over what the service takes
 * - `unsupported`: the service has no such call
 * - `source`: the file could not be read, or was not as long as said; `cause` says why
 * - `otherFile`: a session was to be restored with another file
 * - `interrupted`: retries ran out; `session` can go on later
 * - `stalled`: the service answers but takes no bytes; `session` can go on later
 * - `lost`: the session is gone and the upload could not begin again
 * - `uncertain`: the service may or may not have the file; look before attaching again
 * - `cancelled`: the task was cancelled
 * - `notLoaded`: a part of this package could not be loaded; nothing was sent
 * - `leftBehind`: what was made on the way could not be deleted again; `item` is its id, and the message says what it is
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
  | "cancelled"
  | "notLoaded"
  | "leftBehind";

/** An error of this package. What a service refuses is the Graph client's own `GraphError` instead. */
export class UploadError extends GraphClientError {
  override readonly name: string = "UploadError";
  readonly code: UploadErrorCode;
  /** Where the upload can go on: see `LargeAttachmentTask.restore`. A secret, so it is left out when the error is printed. */
  declare readonly session?: UploadSession;

  /** Id of the message or event that was left behind, or of which it is not known whether it was sent. */
  readonly item?: string;

  constructor(
    code: UploadErrorCode,
    message: string,
    details: { readonly cause?: unknown; readonly session?: UploadSession; readonly item?: string } = {},
  ) {
    super(message);
    Object.setPrototypeOf(this, UploadError.prototype); // GraphClientError's constructor has put its own there
    this.code = code;
    if (details.item !== undefined) this.item = details.item;
    if (details.cause !== undefined) Object.defineProperty(this, "cause", { value: details.cause, configurable: true });
    Object.defineProperty(this, "session", { value: details.session, configurable: true });
  }
}
