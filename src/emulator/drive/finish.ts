import type { Context } from "../call.js";
import type { Content } from "../content.js";
import type { Destination, DriveItem } from "./store.js";
import { childNamed, freeName } from "./tree.js";

interface NewFile {
  readonly content: Content;
  readonly via: "post" | "session";
  readonly description?: string;
  readonly fileSystemInfo?: Record<string, unknown>;
}

/** Whether a name is taken in a way that its destination does not allow; a folder is never replaced by a file. */
export function isTaken({ folder, name, behavior }: Destination): boolean {
  const there = childNamed(folder, name);
  return there !== undefined && (behavior === "fail" || (behavior === "replace" && !there.content));
}

/** Puts a file in its place, beside or over what is there; `isTaken` was asked before. */
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
  Object.assign(there, changed, { version: there.version + 1, modified: drives.timestamp() });
  return { item: there, isNew: false };
}
