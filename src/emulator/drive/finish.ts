import { Content } from "../content.js";
import type { Context } from "../context.js";
import type { Destination, DriveItem } from "./store.js";
import { childNamed, freeName } from "./tree.js";

interface NewFile {
  readonly content: Content;
  readonly via: "post" | "session";
  readonly description?: string;
  readonly fileSystemInfo?: Record<string, unknown>;
}

/** The bytes of a file as the service keeps them. It may write properties into Office files and pictures. */
export function keptContent({ vary }: Context, name: string, pieces: readonly Buffer[]): Content {
  const rewrites = /\.(?:docx|xlsx|pptx|jpe?g|png|heic)$/i.test(name);
  return new Content(rewrites ? [...pieces, Buffer.alloc(vary.driveRewrittenBytes)] : [...pieces]);
}

/** True if a name is in use and may not be replaced. A file never replaces a folder. */
export function isTaken({ folder, name, behavior }: Destination): boolean {
  const there = childNamed(folder, name);
  return there !== undefined && (behavior === "fail" || (behavior === "replace" && !there.content));
}

/** Stores a file under its name, under a free name, or over the existing file. Call `isTaken` first. */
export function putFile(
  { drives }: Context,
  { folder, name, behavior }: Destination,
  file: NewFile,
): { item: DriveItem; isNew: boolean } {
  const there = childNamed(folder, name);
  if (!there || behavior === "rename") {
    const item = drives.makeItem(folder, there ? freeName(folder, name) : name);
    return { item: Object.assign(item, file), isNew: true };
  }
  const changed = Object.fromEntries(Object.entries(file).filter(([, value]) => value !== undefined));
  const { version, contentVersion } = there;
  // New bytes have a new date, unless it comes with them.
  if (there.fileSystemInfo)
    there.fileSystemInfo = { ...there.fileSystemInfo, lastModifiedDateTime: drives.timestamp() };
  Object.assign(there, changed, { version: version + 1, contentVersion: contentVersion + 1 });
  there.modified = drives.timestamp();
  drives.note(there);
  return { item: there, isNew: false };
}
