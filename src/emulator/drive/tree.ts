import type { Context } from "../call.js";
import { guidOf } from "../ids.js";
import type { DriveReference, DriveRoute } from "./path.js";
import { sharedItem } from "./shares.js";
import type { Drive, DriveItem } from "./store.js";

/** Where an address leads: to an item, or to a name in a folder that has no such item. */
export interface Place {
  readonly drive: Drive;
  readonly item?: DriveItem;
  /** The last folder on the way that is there; for the root, the root itself. */
  readonly folder: DriveItem;
  /** Names of folders on the way that are not there. */
  readonly missing: readonly string[];
  /** The last name of the way, or the item's own. */
  readonly name: string;
}

/** Undefined where the drive, or the item that the address begins at, is not there. */
export function resolve(context: Context, route: DriveRoute): Place | undefined {
  const start = startItem(context, route);
  return start && walk(start, route.names ?? []);
}

/** From an item down; undefined where a file is in the way. */
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

export function driveOf(context: Context, reference: DriveReference): Drive | undefined {
  const { drives } = context;
  if ("share" in reference) return sharedItem(context, reference.share)?.drive;
  if (!("owner" in reference)) return drives.byId(reference.id);
  return drives.ownedBy(reference.owner, reference.id && siteId(reference.id));
}

/** A site by host and path is the same as by its id. */
function siteId(id: string): string {
  const [host, path] = id.toLowerCase().split(":/");
  return path === undefined ? id : `${host},${guidOf(`site ${host}/${path}`)},${guidOf(`web ${host}/${path}`)}`;
}

function startItem(context: Context, { drive: reference, from }: DriveRoute): DriveItem | undefined {
  if ("share" in from) return sharedItem(context, from.share);
  const drive = driveOf(context, reference);
  if (!drive || "root" in from) return drive?.root;
  if ("id" in from) return [...drive.items.values()].find(({ id }) => id.toLowerCase() === from.id.toLowerCase());
  if ("listItem" in from) {
    return [...drive.items.values()].find(({ listItemId, guid }) =>
      [listItemId, guid.toLowerCase()].includes(from.listItem.toLowerCase()),
    );
  }
  const names = specialFolders[from.special];
  return names && names.reduce((folder, name) => folderNamed(context, folder, name), drive.root);
}

/** They come to be when they are first asked for (documented). */
const specialFolders: Record<string, readonly string[]> = {
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

/** Names are the same in any letter case. */
export function childNamed(folder: DriveItem, name: string): DriveItem | undefined {
  for (const item of folder.drive.items.values()) {
    if (item.parent === folder && item.name.toLowerCase() === name.toLowerCase()) return item;
  }
  return undefined;
}

/** The folder of that name, made where there is none. */
export const folderNamed = ({ drives }: Pick<Context, "drives">, folder: DriveItem, name: string): DriveItem =>
  childNamed(folder, name) ?? drives.makeItem(folder, name);

/** `big 1.zip` where `big.zip` is taken (documented), and so on. */
export function freeName(folder: DriveItem, name: string): string {
  const [, stem = name, extension = ""] = /^(.+?)(\.[^.]*)?$/.exec(name) ?? [];
  for (let number = 1; ; number++) {
    const candidate = `${stem} ${number}${extension}`;
    if (!childNamed(folder, candidate)) return candidate;
  }
}

/** From the root: `/Reports/big.zip`; that of the root is empty. */
export function pathOf(item: DriveItem): string {
  return item.parent ? `${pathOf(item.parent)}/${item.name}` : "";
}

export const isWithin = (item: DriveItem, folder: DriveItem): boolean =>
  item === folder || (item.parent !== undefined && isWithin(item.parent, folder));

export const usedBytes = (drive: Drive): number =>
  [...drive.items.values()].reduce((sum, { content }) => sum + (content?.length ?? 0), 0);

/** Whether a request's conditions hold for what is there now; 412 where they do not (documented). */
export function meetsConditions(headers: Readonly<Record<string, string>>, item: DriveItem | undefined): boolean {
  const tags = item ? [eTagOf(item), cTagOf(item), "*"] : [];
  const { "if-match": match, "if-none-match": none } = headers;
  return (match === undefined || tags.includes(match)) && (none === undefined || !tags.includes(none));
}

/** In quotes and braces, as SharePoint writes it. */
export const eTagOf = ({ guid, version }: DriveItem): string => `"{${guid}},${version}"`;
export const cTagOf = ({ guid, version }: DriveItem): string => `"c:{${guid}},${version}"`;
