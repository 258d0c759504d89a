import type { Context } from "../context.js";
import { guidOf } from "../ids.js";
import { namesIn } from "../router.js";
import type { DriveKeys, DriveRoute } from "./routes.js";
import { sharedItem } from "./shares.js";
import type { Drive, DriveItem, Owner } from "./store.js";

/** The result of resolving an address: an item, or a free name in a folder. */
export interface Place {
  readonly drive: Drive;
  readonly item?: DriveItem;
  /** The last existing folder in the path. For the root, the root itself. */
  readonly folder: DriveItem;
  /** The names of missing folders in the path. */
  readonly missing: readonly string[];
  /** The last name in the path, or the name of the item. */
  readonly name: string;
}

/** Resolves an address. Undefined if its drive or first item does not exist. */
export function resolve(context: Context, { keys }: DriveRoute): Place | undefined {
  const start = startItem(context, keys);
  return start && climb(context, start, namesIn(keys.path));
}

/** Follows names, where the variation says so also those that an encoded slash separates, and up again for two dots. */
function climb({ vary }: Context, start: DriveItem, encoded: readonly string[]): Place | undefined {
  if (vary.driveEncodedSlash === "name") return walk(start, encoded);
  let from = start;
  const names: string[] = [];
  for (const name of encoded.flatMap((each) => each.split(/[\\/]/))) {
    if (name === ".." && names.pop() === undefined) from = from.parent ?? from;
    else if (!["", ".", ".."].includes(name)) names.push(name);
  }
  return walk(from, names);
}

/** Follows names down from an item. Undefined if one of them is a file. */
export function walk(start: DriveItem, names: readonly string[]): Place | undefined {
  let item = start;
  for (const [at, name] of names.entries()) {
    if (item.content) return undefined;
    const next = childNamed(item, name);
    if (!next) {
      const missing = names.slice(at, -1);
      return { drive: start.drive, folder: item, missing, name: names.at(-1)! };
    }
    item = next;
  }
  return { drive: start.drive, item, folder: item.parent ?? item, missing: [], name: item.name };
}

export function driveOf(context: Context, keys: DriveKeys): Drive | undefined {
  const { drives } = context;
  if (keys.drive !== undefined) return drives.byId(keys.drive);
  if (keys.share !== undefined) return sharedItem(context, keys.share)?.drive;
  return drives.ownedBy(keys.owner as Owner | undefined, keys.site === undefined ? keys.ownerId : siteId(keys));
}

/** The id of a site that is addressed by host and path. It equals the site's own id. */
function siteId({ ownerId = "", site }: DriveKeys): string {
  const host = ownerId.toLowerCase();
  const path = namesIn(site).join("/").toLowerCase();
  return `${host},${guidOf(`site ${host}/${path}`)},${guidOf(`web ${host}/${path}`)}`;
}

function startItem(context: Context, keys: DriveKeys): DriveItem | undefined {
  const drive = driveOf(context, keys);
  if (!drive) return undefined;
  const { item, listItem, special } = keys;
  if (special !== undefined) {
    const names = specialFolders[special.toLowerCase()];
    return names?.reduce((folder, name) => folderNamed(context, folder, name), drive.root);
  }
  if (listItem !== undefined) {
    const wanted = listItem.toLowerCase();
    return [...drive.items.values()].find((each) => [each.listItemId, each.guid.toLowerCase()].includes(wanted));
  }
  if (item === undefined) return keys.share === undefined ? drive.root : sharedItem(context, keys.share);
  const wanted = item.toLowerCase();
  return wanted === "root" ? drive.root : [...drive.items.values()].find(({ id }) => id.toLowerCase() === wanted);
}

/** Special folders, which are created at their first use (documented). */
export const specialFolders: Record<string, readonly string[]> = {
  documents: ["Documents"],
  photos: ["Pictures"],
  cameraroll: ["Pictures", "Camera Roll"],
  music: ["Music"],
  approot: ["Apps", "Graph"],
};

export const childrenOf = (folder: DriveItem): DriveItem[] =>
  [...folder.drive.items.values()]
    .filter(({ parent }) => parent === folder)
    .sort((one, other) => (one.name.toLowerCase() < other.name.toLowerCase() ? -1 : 1));

/** The child of that name, in any letter case. */
export function childNamed(folder: DriveItem, name: string): DriveItem | undefined {
  for (const item of folder.drive.items.values()) {
    if (item.parent === folder && item.name.toLowerCase() === name.toLowerCase()) return item;
  }
  return undefined;
}

/** The folder of that name. Creates it if there is none. */
export const folderNamed = ({ drives }: Pick<Context, "drives">, folder: DriveItem, name: string): DriveItem =>
  childNamed(folder, name) ?? drives.makeItem(folder, name);

/** The next free name: `big 1.zip` if `big.zip` is taken (documented). */
export function freeName(folder: DriveItem, name: string): string {
  const [, stem = name, extension = ""] = /^(.+?)(\.[^.]*)?$/.exec(name) ?? [];
  for (let number = 1; ; number++) {
    const candidate = `${stem} ${number}${extension}`;
    if (!childNamed(folder, candidate)) return candidate;
  }
}

/** The path from the root, as in `/Reports/big.zip`. The root has an empty one. */
export function pathOf(item: DriveItem): string {
  return item.parent ? `${pathOf(item.parent)}/${item.name}` : "";
}

export const isWithin = (item: DriveItem, folder: DriveItem): boolean =>
  item === folder || (item.parent !== undefined && isWithin(item.parent, folder));

/** The size of a file in bytes, or of everything in a folder. */
export function sizeOf(item: DriveItem): number {
  return item.content?.length ?? childrenOf(item).reduce((sum, child) => sum + sizeOf(child), 0);
}

export const usedBytes = (drive: Drive): number =>
  [...drive.items.values()].reduce((sum, { content }) => sum + (content?.length ?? 0), 0);

/** True if the `If-Match` and `If-None-Match` headers fit the item. Otherwise the answer is 412 (documented). */
export function meetsConditions(headers: Readonly<Record<string, string>>, item: DriveItem | undefined): boolean {
  const tags = item ? [eTagOf(item), cTagOf(item), "*"] : [];
  const { "if-match": match, "if-none-match": none } = headers;
  return (match === undefined || tags.includes(match)) && (none === undefined || !tags.includes(none));
}

/** The eTag, in quotes and braces as SharePoint writes it. */
export const eTagOf = ({ guid, version }: DriveItem): string => `"{${guid}},${version}"`;
/** The tag of the bytes, which a new name or date does not change. */
export const cTagOf = ({ guid, contentVersion }: DriveItem): string => `"c:{${guid}},${contentVersion}"`;
