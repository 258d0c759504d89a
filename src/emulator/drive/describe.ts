import type { Context } from "../context.js";
import { select } from "../graph/select.js";
import { contentTypeOf, displayName, userId, userName } from "../items/store.js";
import type { DriveCall } from "./call.js";
import { hashesOf } from "./hashes.js";
import type { DriveItem } from "./store.js";
import { childrenOf, cTagOf, eTagOf, pathOf, sizeOf } from "./tree.js";
import { webDavUrlOf, webUrlOf } from "./urls.js";

/** Describes a driveItem as Graph does. webDavUrl appears only if `$select` names it (documented). */
export function describeItem(
  context: Context,
  call: Pick<DriveCall, "query">,
  item: DriveItem,
): Record<string, unknown> {
  const whole = select(call, { ...describe(context, item), webDavUrl: webDavUrlOf(item) });
  if (!call.query.has("$select")) delete whole.webDavUrl;
  return whole;
}

/** Describes an item for the upload host, which has no `$select`. */
export const describeUploaded = (context: Context, item: DriveItem): Record<string, unknown> =>
  describeItem(context, { query: new URLSearchParams() }, item);

/** All properties of an item but webDavUrl. */
export function describe(context: Context, item: DriveItem): Record<string, unknown> {
  const { id, name, drive, parent, content, created, modified, description } = item;
  const by = { user: { email: userName, id: userId, displayName } };
  const facet = content
    ? { file: { mimeType: contentTypeOf(name), hashes: hashesOf(content, context.vary.driveKind) } }
    : { folder: { childCount: childrenOf(item).length }, ...(parent ? {} : { root: {} }) };
  return {
    ...(content ? { "@microsoft.graph.downloadUrl": downloadUrlOf(context, item) } : {}),
    ...{ id, name, size: sizeOf(item), eTag: eTagOf(item), cTag: cTagOf(item) },
    ...{ createdDateTime: created, lastModifiedDateTime: modified, createdBy: by, lastModifiedBy: by },
    webUrl: webUrlOf(item),
    parentReference: {
      ...{ driveId: drive.id, driveType: context.vary.driveKind },
      ...(parent ? { id: parent.id, name: parent.name, path: `/drives/${drive.id}/root:${pathOf(parent)}` } : {}),
    },
    fileSystemInfo: { createdDateTime: created, lastModifiedDateTime: modified, ...item.fileSystemInfo },
    ...(description === undefined ? {} : { description }),
    ...facet,
    ...(item.permissions.length > 0 ? { shared: { scope: "users" } } : {}),
  };
}

/** A pre-authenticated URL (documented). Here it is valid until the content changes. */
export const downloadUrlOf = ({ driveUrl }: Context, item: DriveItem): string =>
  `${driveUrl}_layouts/15/download.aspx?UniqueId=${item.guid}&version=${item.contentVersion}&tempauth=${item.guid.replace(/-/g, "")}`;
