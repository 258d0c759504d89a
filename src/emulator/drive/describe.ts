import type { Context } from "../context.js";
import { select } from "../graph/select.js";
import { contentTypeOf, userName } from "../items/store.js";
import type { DriveCall } from "./call.js";
import type { DriveItem } from "./store.js";
import { childrenOf, cTagOf, eTagOf, pathOf } from "./tree.js";
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

function describe(context: Context, item: DriveItem): Record<string, unknown> {
  const { id, name, drive, parent, content, created, modified, description } = item;
  const by = { user: { email: userName, displayName: "Megan Bowen" } };
  const facet = content
    ? { file: { mimeType: contentTypeOf(name), hashes: {} } }
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

/** The size of a file in bytes, or of everything in a folder. */
export function sizeOf(item: DriveItem): number {
  return item.content?.length ?? childrenOf(item).reduce((sum, child) => sum + sizeOf(child), 0);
}

/** A pre-authenticated URL (documented). Here it is valid until the content changes. */
export const downloadUrlOf = ({ driveUrl }: Context, item: DriveItem): string =>
  `${driveUrl}_layouts/15/download.aspx?UniqueId=${item.guid}&version=${item.version}&tempauth=${item.guid.replace(/-/g, "")}`;
