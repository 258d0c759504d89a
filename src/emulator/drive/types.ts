import type { Item } from "../types.js";

/** A file as a test sees it; `path` is what a client appends to the API version, `bytes` and `sha256` (hex) are as they arrived. */
export interface DriveFile extends Item {
  readonly name: string;
  /** Where it is in its drive, from the root: `/Reports/big.zip`. */
  readonly filePath: string;
  readonly size: number;
  readonly bytes: Buffer;
  readonly sha256: string;
  readonly via: "post" | "session";
  readonly eTag: string;
  readonly webUrl: string;
  readonly webDavUrl: string;
  readonly description?: string;
  readonly fileSystemInfo?: Readonly<Record<string, unknown>>;
  /** The id of the list item behind it, for `/sites/{s}/lists/Documents/items/{i}/driveItem`. */
  readonly listItemId: string;
}

/** What createLink or invite left on an item. */
export interface DrivePermission {
  readonly id: string;
  readonly roles: readonly string[];
  readonly link?: { readonly type: string; readonly scope: string; readonly webUrl: string };
  /** The share id of a link, for `/shares/{id}/driveItem`. */
  readonly shareId?: string;
  /** Who was invited: addresses, or object ids where there was no address. */
  readonly grantedTo: readonly string[];
  /** Whether the invitation goes out by mail. */
  readonly sendInvitation?: boolean;
}

/** One drive as a test sees it from outside. Items are named by themselves, their id or their path from the root. */
export interface DriveFixture {
  readonly id: string;
  /** What a client appends to the API version: `/me/drive`. */
  readonly path: string;
  readonly root: Item;
  /** Bytes that all files have. */
  readonly used: number;
  /** Puts a file there, with the folders on its way. */
  addFile(filePath: string, bytes: Uint8Array): DriveFile;
  addFolder(filePath: string): Item;
  /** The address of a file that need not be there yet: `path` is `/me/drive/items/{folder}:/{name}:`, `id` that of the folder. */
  newFile(name: string, folder?: Item): Item;
  files(): DriveFile[];
  /** Paths of all folders from the root. */
  folders(): string[];
  /** Throws where no such file is. */
  file(reference: Item | string): DriveFile;
  /** Bytes that the drive can hold. */
  setQuota(bytes: number): void;
  /** What was shared on an item, oldest first. */
  permissions(reference: Item | string): DrivePermission[];
  /** Who may read an item besides the owner: those invited to it or a folder above it. */
  readers(reference: Item | string): string[];
  /** Another drive, by its path: `/groups/{id}/drive`, `/sites/{id}/drive`, `/users/{id}/drive`, `/drives/{id}`. */
  of(path: string): DriveFixture;
}
