import type { FileInfo } from "./file.js";

/**
 * An upload that has begun, as plain JSON. Store it and continue later with `LargeAttachmentTask.restore`.
 * Treat it as a secret: whoever holds the `uploadUrl` of an Outlook session can write to it.
 */
export interface UploadSession {
  /** Name of the protocol that opened it. */
  readonly protocol: string;
  /** URL of the item's attachments. */
  readonly collection: string;
  readonly file: FileInfo;
  readonly uploadUrl: string;
  /** When the service drops the session. ISO date. */
  readonly expires?: string;
  /** First byte that the service still needs, as far as is known. */
  readonly offset: number;
  /** Ids of the attachments that the item had before, so that none of them is taken for this one. */
  readonly before?: readonly string[];
  /** The attachment, where the service names it before it has received any bytes. */
  readonly attachment?: object;
  /** URL of an item that must be linked to the attachment once it is complete. */
  readonly linkTo?: string;
  /** Size and hash of the first and last 64 KiB of the file, where it can be read at any position, and when it was changed. */
  readonly fingerprint?: string;
  /** The process that runs the upload. A process that finds another name in the store stops, because another one has taken over. */
  readonly owner?: string;
  /** One request sends the file, so there is no session, and `uploadUrl` is empty. */
  readonly whole?: boolean;
  /** The attachment, once it is complete. Kept in a checkpoint, so that a second run of the same job finds it. */
  readonly done?: object;
}

/** The part of a session that the service's reply contains. */
export type OpenedSession = Pick<UploadSession, "uploadUrl" | "expires" | "offset" | "attachment">;

/** The attachment as a single POST would have returned it, and its address. */
export interface Created {
  readonly attachment: object;
  readonly location?: string;
}

/**
 * The content of a reply to a range or to a status request: the file is complete, or the upload continues at `next`, where
 * the service already has the bytes from `until` on. `unnamed`: complete, but the reply does not name the attachment.
 */
export type Step = { readonly next: number; readonly until?: number } | { readonly done: Created | "unnamed" };
