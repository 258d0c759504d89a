import type { Drive, DriveItem } from "./store.js";

export type ConflictBehavior = "fail" | "replace" | "rename";

/** What becomes of the bytes: a file of this name in a folder. */
export interface Destination {
  readonly drive: Drive;
  readonly folder: DriveItem;
  readonly name: string;
  readonly behavior: ConflictBehavior;
}

export interface StoredDriveSession extends Destination {
  readonly id: string;
  /** As the request addressed it, from the drive's prefix on. */
  readonly path: string;
  readonly uploadUrl: string;
  /** Path and query of `uploadUrl`, exactly as given out. */
  readonly target: string;
  readonly deferCommit: boolean;
  readonly description?: string;
  readonly fileSystemInfo?: Record<string, unknown>;
  /** Bytes of the whole file, where the client told them at the start. */
  readonly fileSize?: number;
  /** Milliseconds since 1970. */
  readonly created: number;
  expires: number;
  /** Bytes of the whole file, known from the first range on. */
  total?: number;
  pieces: Buffer[];
  offset: number;
  misaligned: boolean;
  ended?: "complete" | "deleted";
}
