import type { DriveItem } from "./store.js";

/** The address of an item by its path, in every kind of drive. */
export function webDavUrlOf(item: DriveItem): string {
  if (!item.parent) return item.drive.webUrl.replace(/\/$/, "");
  return `${webDavUrlOf(item.parent)}/${encodeURIComponent(item.name)}`;
}

/** The address that opens an item in a browser. Office files open in a page of their own, so links use webDavUrl. */
export function webUrlOf(item: DriveItem): string {
  if (!/\.(?:docx|xlsx|pptx)$/i.test(item.name) || item.drive.webUrl.includes("d.docs.live.net"))
    return webDavUrlOf(item);
  const site = item.drive.webUrl.replace(/[^/]+\/$/, "");
  const file = encodeURIComponent(item.name);
  return `${site}_layouts/15/Doc.aspx?sourcedoc=%7B${item.guid}%7D&file=${file}&action=default&mobileredirect=true`;
}
