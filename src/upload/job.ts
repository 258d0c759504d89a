import type { Content, FileInfo } from "../file.js";
import type { Service } from "../http/service.js";
import type { LinkScope } from "../options.js";
import type { Protocol } from "../protocol.js";
import type { UploadSession } from "../uploadSession.js";
import type { Checkpoint } from "./checkpoints.js";

/** A file on its way to an item. The only record that it travels in. */
export interface Job {
  readonly service: Service;
  readonly protocol: Protocol;
  readonly collection: string;
  readonly file: FileInfo;
  readonly content: Content;
  readonly fingerprint?: string;
  /** URL of an item that must be linked to the attachment once it is complete. */
  readonly linkTo?: string;
  /** Where the session is stored while the upload is under way. */
  readonly checkpoint?: Checkpoint;
  /** The item that takes one write at a time; the upload waits for its turn. Absent if uploads do not disturb each other. */
  readonly turn?: string;
  /** The item that gets a link to the file, because the file is too large for it. */
  readonly overflow?: Overflow;
  /** One of several files: errors name it. */
  readonly several?: boolean;
  /** Names of what the item is known to hold, and nothing else: it is new. Absent if the item may hold something that is not known. */
  readonly beside?: readonly string[];
  /** Throws an `UploadError` of code `takenOver` if another process has the item. Asked before what may complete the file. */
  readonly mustOwn?: () => Promise<void>;
  /** Several files: how the session of the next file is opened early. */
  readonly ahead?: Ahead;
}

/** An item that gets a link to a file in a drive. */
export interface Overflow {
  readonly service: Service;
  readonly protocol: Protocol;
  readonly collection: string;
  /** URL of the item itself. */
  readonly item: string;
  readonly scope: LinkScope;
  readonly turn?: string;
  /** Uploads the file of a job, and attaches a link to it. */
  attach(job: Job): Promise<object>;
}

/** Begins with the next file while the last request of the current one is under way. */
export interface Ahead {
  /** The session of this file, if it was opened early. Resolves to `undefined` if it could not be opened early. */
  take(): Promise<UploadSession | undefined> | undefined;
  /** Called when the last byte of this file is sent. */
  lastRange(): void;
  /** Called when it was not taken, before anything else is sent: another request to the item may be under way. */
  notTaken(): Promise<void> | undefined;
}
