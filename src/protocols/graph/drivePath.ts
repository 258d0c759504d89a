import { below, decoded, lastKey, splitUrl, withoutOData } from "./path.js";

const quoted = "\\((?:'|%27)((?:(?!%27)[^'?#/]|''|%27%27)*)(?:'|%27)\\)";
const key = `(?:/[^/:?#]+|${quoted.replace("((?:(?!", "(?:(?:(?!")})`;
const listItem = "items{}/driveItem";
const anchors = [
  `/(?:drive|drives{})/(?:root|items{}|special{}|list/${listItem})(?=[:/]|$)`,
  `/shares{}/(?:root|items{}|driveItem|list/${listItem})(?=[:/]|$)`,
  `/lists{}/${listItem}(?=[:/]|$)`,
];
/** The beginning of a drive's items in a URL, whatever comes before: me, users, groups, sites, drives, shares, list items. */
const ANCHOR = new RegExp(anchors.join("|").replaceAll("{}", key), "i");
const action = "content|(?:microsoft\\.graph\\.)?createUploadSession";
/** The rest of the URL: a path between colons, a child by its name, and the action on the item. */
const REST = new RegExp(
  `^(?::(/[^:]+)(?::(?=/|$)|$))?(?:/children(?:${quoted}|/([^/:?#]+)(?=/(?:${action})/?$)))?(?:/(children|${action}))?/?$`,
  "i",
);
/** An anchor that is a folder in any case. */
const FOLDER = /\/(?:root|special(?:\/|\()[^/]*|items(?:\/root|\((?:'|%27)root(?:'|%27)\)))$/i;

/** An item of a drive as a URL names it. */
interface DrivePath {
  /** The URL up to the root, the item or the special folder. */
  readonly anchor: string;
  /** Below it, beginning with a slash. Empty if the anchor itself is meant. */
  readonly path: string;
  /** The URL means the contents of a folder, not the item itself. */
  readonly children: boolean;
  /** With its question mark. */
  readonly query: string;
}

function parse(url: string): DrivePath | undefined {
  const [whole, query] = splitUrl(url);
  const found = ANCHOR.exec(whole);
  if (!found) return undefined;
  const end = found.index + found[0].length;
  const rest = REST.exec(whole.slice(end));
  if (!rest) return undefined;
  const anchor = whole.slice(0, end);
  const [, above = "", key, segment, action = ""] = rest;
  const child = key?.replaceAll(/''|%27%27/g, "'") ?? segment;
  const path = withoutSlashes(above) + (child === undefined ? "" : `/${child}`);
  return {
    anchor,
    path,
    children: (path === "" && FOLDER.test(anchor)) || /^children$/i.test(action),
    query: withoutOData(query),
  };
}

/** The parts of a URL that `driveCollection` has accepted. */
function partsOf(collection: string): DrivePath {
  return parse(collection) ?? { anchor: collection, path: "", children: false, query: "" };
}

/** Written as a loop because a pattern takes long to find that many slashes are not the last of a path. */
function withoutSlashes(path: string): string {
  let end = path.length;
  while (path[end - 1] === "/") end -= 1;
  return path.slice(0, end);
}

function write({ anchor, path, children, query }: DrivePath): string {
  return `${anchor}${path === "" ? "" : `:${path}:`}${children ? "/children" : ""}${query}`;
}

/** The URL of a file, or of the folder that will hold it, in one spelling. `undefined` if it is not an item of a drive. */
export function driveCollection(url: string): string | undefined {
  const drivePath = parse(url);
  return drivePath && write(drivePath);
}

/** The file name in a URL. */
export function nameIn(collection: string): string | undefined {
  const { path, children } = partsOf(collection);
  return children || path === "" ? undefined : decoded(path.slice(path.lastIndexOf("/") + 1));
}

/** The id of the item that the URL names, which exists already. */
export function idIn(collection: string): string | undefined {
  return isById(collection) ? lastKey(partsOf(collection).anchor) : undefined;
}

/** True if the URL names an item by its id, so that it exists already. */
export function isById(collection: string): boolean {
  const { path, children } = partsOf(collection);
  return path === "" && !children;
}

/** The URL of the file itself, followed by an action. */
export function fileUrl(collection: string, name: string, action = ""): string {
  const parts = partsOf(collection);
  const path = parts.children ? `${parts.path}/${encodeURIComponent(name)}` : parts.path;
  return below(write({ ...parts, path, children: false }), action);
}

/** The URL of the contents of the file's folder. */
export function siblingsUrl(collection: string): string {
  const parts = partsOf(collection);
  const path = parts.children ? parts.path : parts.path.replace(/\/[^/]*$/, "");
  return write({ ...parts, path, children: true });
}

/** The URL of the file's folder. */
export function folderUrl(collection: string): string {
  return write({ ...partsOf(siblingsUrl(collection)), children: false });
}

/** The URL of another item of the same drive, by its id. `driveId`: where the URL itself does not name the drive. */
export function itemUrl(collection: string, id: string, driveId?: string): string {
  const { anchor } = partsOf(collection);
  const last = new RegExp(`/(?:root|items${key}|special${key}|list/${listItem.replace("{}", key)})$`, "i");
  const drive = anchor.replace(last, "");
  const [, api] = /^(.*?)\/(?:shares|sites)(?:\/|\()/i.exec(anchor) ?? [];
  const named = drive === anchor && driveId !== undefined && api !== undefined;
  return `${named ? `${api}/drives/${encodeURIComponent(driveId)}` : drive}/items/${encodeURIComponent(id)}`;
}

/** The URL of a file in a folder, by the folder's id. */
export function childUrl(folder: string, name: string): string {
  return `${folder}:/${encodeURIComponent(name)}:`;
}

/** The URL of the app's folder, if the URL is one of a place in it. */
export function appFolder(collection: string): string | undefined {
  const { anchor } = partsOf(collection);
  return /\/special(?:\/|\((?:'|%27))approot(?:$|'|%27)/i.test(anchor) ? anchor : undefined;
}

/** The URL of the contents of a folder that is named by its id. */
export function childrenUrl(collection: string): string {
  return write({ ...partsOf(collection), children: true });
}
