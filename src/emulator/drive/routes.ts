import { router, type Route } from "../router.js";

/**
 * A path to a drive or an item in it. The drive is `drive` (an id), `share`, or the one of `owner` with `ownerId`, where
 * `site` is the path of a site. The item is `item` (an id), `special`, `listItem`, the shared one, or else the root, and
 * `path` leads on from there.
 */
export type DriveRoute = Route<"drive", DriveTarget>;
export type DriveKeys = DriveRoute["keys"];
export type DriveTarget =
  | ("drive" | "drives" | "item" | "children" | "content" | "createUploadSession" | "copy" | "delta" | "search")
  | ("createLink" | "invite" | "permissions");

const site = "/{owner=sites}/{ownerId}[:/{site}:]";
const owner = `(/{owner=me}|/{owner=users|groups}/{ownerId}|${site})`;
const drive = `(${owner}/drive|[${owner}]/drives/{drive})`;
const inDrive = `${drive}(/root|/items/{item}|/special/{special}|/list/items/{listItem}/driveItem)`;
// Both names of a share's item are documented.
const inShare = "/shares/{share}(/driveItem|/root|/items/{item}|/list/items/{listItem}/driveItem)";
const inList = `${site}/lists/{list}/items/{listItem}/driveItem`;
const item = `(${inDrive}|${inShare}|${inList})[:/{path}:]`;

/** Reads a Graph path that leads to a drive. Undefined for every other path. */
export const readDrivePath = router<"drive", DriveTarget>("drive", [
  [drive, "drive", { GET: "item" }],
  [`${owner}/drives`, "drives", { GET: "list" }],
  [item, "item", { GET: "read", DELETE: "remove", PUT: "commit", PATCH: "item" }],
  [`${item}/children`, "children", { GET: "list", POST: "folder" }],
  [`${item}/content`, "content", { GET: "read", PUT: "post" }],
  [`${item}/createUploadSession`, "createUploadSession", { POST: "create" }],
  [`${item}/copy`, "copy", { POST: "other" }],
  [`(${item}|${drive})/delta[(token='{token}')]`, "delta", { GET: "list" }],
  [`(${item}|${drive})/search(q='{text}')`, "search", { GET: "list" }],
  [`${item}/createLink`, "createLink", { POST: "share" }],
  [`${item}/invite`, "invite", { POST: "share" }],
  [`${item}/permissions`, "permissions", { GET: "list" }],
]);
