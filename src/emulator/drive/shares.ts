import type { Context } from "../context.js";
import type { DriveItem } from "./store.js";
import { webDavUrlOf, webUrlOf } from "./urls.js";

/** The item of a share id, which belongs to a link or is `u!` and the base64url of a URL of the item (documented). */
export function sharedItem(context: Context, share: string): DriveItem | undefined {
  const url = share.startsWith("u!") ? Buffer.from(share.slice(2), "base64url").toString() : undefined;
  return url === undefined
    ? itemWhere(context, (item) => item.permissions.some(({ shareId }) => shareId === share))
    : itemAtUrl(context, url);
}

/** The item of a sharing link, webUrl or webDavUrl, in any drive. */
export const itemAtUrl = (context: Context, url: string): DriveItem | undefined =>
  itemWhere(
    context,
    (item) =>
      [webUrlOf(item), webDavUrlOf(item)].includes(url) || item.permissions.some(({ link }) => link?.webUrl === url),
  );

function itemWhere({ drives }: Context, holds: (item: DriveItem) => boolean): DriveItem | undefined {
  for (const { items } of drives.drives.values()) {
    for (const item of items.values()) if (holds(item)) return item;
  }
  return undefined;
}
