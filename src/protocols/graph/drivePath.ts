import { below, decoded, lastKey } from "./path.js";

const key = "(?:/[^/:?#]+|\\((?:'|%27)(?:[^'?#/]|'')*(?:'|%27)\\))";
/** Where a drive's items begin in a URL, whatever stands before: me, users, groups, sites, drives, shares, list items. */
const ANCHOR = new RegExp(
  "/(?:drive|drives{})/(?:root|items{}|special{})(?=[:/]|$)|/shares{}/(?:root|items{}|driveItem)(?=[:/]|$)|/lists{}/items{}/driveItem(?=[:/]|$)".replaceAll(
    "{}",
    key,
  ),
  "i",
);
/** What follows: a path between colons, and what is done with the item. */
const REST = /^(?::(\/[^:]+)(?::(?=\/|$)|$))?(?:\/(children|content|(?:microsoft\.graph\.)?createUploadSession))?\/?$/i;

/** An item of a drive as a URL says it. */
interface DrivePath {
  /** The URL up to the root, the item or the special folder. */
  readonly anchor: string;
  /** Below it, beginning with a slash; empty where the anchor itself is meant. */
  readonly path: string;
  /** Whether what lies in a folder is meant, and not the item itself. */
  readonly children: boolean;
  /** With its question mark. */
  readonly query: string;
}

function read(url: string): DrivePath | undefined {
  const [whole = "", query] = url.split("#", 1)[0]!.split(/\?(.*)/s);
  const found = ANCHOR.exec(whole);
  const rest = found && REST.exec(whole.slice(found.index + found[0].length));
  if (!found || !rest) return undefined;
  const anchor = whole.slice(0, found.index + found[0].length);
  const path = rest[1] ?? "";
  const folder = path === "" && !/\/items(?:\/|\()[^/]*$|\/driveItem$/i.test(anchor);
  const kept = (query ?? "").split("&").filter((parameter) => parameter !== "" && !/^(\$|%24)/.test(parameter));
  return {
    anchor,
    path: withoutSlashes(path),
    children: folder || /^children$/i.test(rest[2] ?? ""),
    query: kept.length > 0 ? `?${kept.join("&")}` : "",
  };
}

/** A pattern would take long to find that many slashes are not the last of a path. */
function withoutSlashes(path: string): string {
  let end = path.length;
  while (path[end - 1] === "/") end -= 1;
  return path.slice(0, end);
}

function write({ anchor, path, children, query }: DrivePath): string {
  return `${anchor}${path === "" ? "" : `:${path}:`}${children ? "/children" : ""}${query}`;
}

/** The URL of a file, or of the folder that is to hold it, in one spelling; `undefined`: no item of a drive. */
export function driveCollection(url: string): string | undefined {
  const drivePath = read(url);
  return drivePath && write(drivePath);
}

/** The name in a URL that says which file it is. Of an item by its id, that id: its name is not known here. */
export function nameIn(collection: string): string | undefined {
  const { anchor, path, children } = read(collection)!;
  if (children) return undefined;
  return path === "" ? lastKey(anchor) : decoded(path.slice(path.lastIndexOf("/") + 1));
}

/** Whether an item is named by its id: it is there already. */
export function isById(collection: string): boolean {
  const { path, children } = read(collection)!;
  return path === "" && !children;
}

/** The URL of the file itself, with what is done with it. */
export function fileUrl(collection: string, name: string, action = ""): string {
  const drivePath = read(collection)!;
  const path = drivePath.children ? `${drivePath.path}/${encodeURIComponent(name)}` : drivePath.path;
  return below(write({ ...drivePath, path, children: false }), action);
}

/** The URL of what the file's folder holds. */
export function siblingsUrl(collection: string): string {
  const drivePath = read(collection)!;
  const path = drivePath.children ? drivePath.path : drivePath.path.replace(/\/[^/]*$/, "");
  return write({ ...drivePath, path, children: true });
}

/** The URL of the folder itself. */
export function folderUrl(collection: string): string {
  const siblings = read(siblingsUrl(collection))!;
  return write({ ...siblings, children: false });
}

/** The URL of another item of the same drive, by its id. */
export function itemUrl(collection: string, id: string): string {
  const { anchor } = read(collection)!;
  const last = new RegExp(`/(?:root|items${key}|special${key})$`, "i");
  return `${anchor.replace(last, "")}/items/${encodeURIComponent(id)}`;
}
