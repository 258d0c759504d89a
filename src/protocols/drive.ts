import type { FileInfo, Listed, Reply, Step, UploadProtocol, WireRequest } from "../protocol.js";
import { firstGap, KIB_320 } from "../range.js";
import { driveCollection, fileUrl, folderUrl, isById, nameIn, siblingsUrl } from "./graph/drivePath.js";
import { withQuery } from "./graph/path.js";
import { member, text } from "./graph/reply.js";
import { graphSession, json } from "./graph/session.js";

const CONFLICT = "@microsoft.graph.conflictBehavior";

/** An item that is named by its id is there already: only its bytes are new. */
function onConflict(collection: string, { conflictBehavior }: FileInfo): NonNullable<FileInfo["conflictBehavior"]> {
  return isById(collection) ? "replace" : (conflictBehavior ?? "fail");
}

/** Whether a type is one that a header can carry; whatever it says, the service goes by the name. */
const isHeader = (type: string | undefined): type is string => /^[\x20-\x7e]+$/.test(type ?? "");

/** What a folder tells of each of its files. */
const TOLD = "id,name,size,eTag,cTag,webUrl,file,parentReference,createdBy";

/** What one request cannot carry beside the bytes. */
function hasDetails({ description, fileSystemInfo, deferCommit }: FileInfo): boolean {
  return description !== undefined || fileSystemInfo !== undefined || deferCommit === true;
}

/** Only a file of the right size goes by the name that was asked for: another one is somebody else's. */
function listed(item: unknown, file: FileInfo): Listed {
  const name = text(member(item, "name")) ?? "";
  const version = text(member(item, "cTag")) ?? text(member(item, "eTag")) ?? "";
  const ours = member(item, "size") === file.size && (file.conflictBehavior !== "rename" || isVariant(name, file.name));
  return {
    id: `${text(member(item, "id")) ?? ""} ${version}`,
    name: ours ? file.name : "",
    resource: item as object,
  };
}

/** Whether a service may have made this of a name that was taken: `a.zip` becomes `a 1.zip`. */
function isVariant(name: string, asked: string): boolean {
  const [stem = "", extension = ""] = asked.split(/(\.[^.]*)$/);
  const fits =
    name.toLowerCase().startsWith(stem.toLowerCase()) && name.toLowerCase().endsWith(extension.toLowerCase());
  return fits && /^( ?\(?\d+\)?)?$/.test(name.slice(stem.length, name.length - extension.length));
}

/**
 * Files of OneDrive and SharePoint. Ranges are multiples of 320 KiB, less than 60 MiB, in order, to a pre-authenticated URL;
 * the item comes in the last reply. Up to 250 GB (docs: driveitem-createuploadsession).
 */
export const drive: UploadProtocol = {
  ...graphSession({
    permission: "Files.ReadWrite, or, for a link, a scope that the organisation allows",
    remedies: [
      [/^507 /, "The drive is full: free some space, or attach elsewhere."],
      [/nameAlreadyExists|upload_name_conflict/i, 'Give { conflictBehavior: "replace" } or "rename", or another name.'],
      [/^409 /, "If another upload of this name is under way, or was left, it ends when its session expires."],
      [/^423 /, "Somebody has the file open: try again when it is closed."],
    ],
    rangeSuffix: "",
    rangesTo: "upload",
  }),
  name: "drive",
  service: "OneDrive",
  limits: { range: 191 * KIB_320, unit: KIB_320 },
  fileLimit: () => 268_435_456_000,
  rangeSize: 32 * KIB_320,
  threshold: (file) => (hasDetails(file) ? -1 : 4_194_304),
  collection: driveCollection,
  nameIn,
  item: (collection, file) => fileUrl(collection, file?.name ?? "").toLowerCase(),
  post: (collection, file, bytes) => {
    const behavior = onConflict(collection, file);
    return {
      method: "PUT",
      url: withQuery(fileUrl(collection, file.name, "/content"), isById(collection) ? "" : `${CONFLICT}=${behavior}`),
      headers: { "Content-Type": isHeader(file.contentType) ? file.contentType : "application/octet-stream" },
      body: bytes,
      to: "api",
      repeatable: behavior === "replace",
    };
  },
  createSession: (collection, file) => {
    const { description, fileSystemInfo, deferCommit } = file;
    const item = { [CONFLICT]: onConflict(collection, file), description, fileSystemInfo };
    return {
      method: "POST",
      url: fileUrl(collection, file.name, "/createUploadSession"),
      headers: json,
      body: JSON.stringify({ item, deferCommit }),
      to: "api",
    };
  },
  // never Graph itself, whose other resources a token would open
  opened: ({ uploadUrl }) => !/^https?:\/\/[^/?#]*graph/i.test(uploadUrl),
  readRange({ status, body }, { file }): Step | undefined {
    if (status >= 300) return undefined;
    if (text(member(body, "id"))) return { done: { attachment: body as object } };
    const ranges = member(body, "nextExpectedRanges");
    return Array.isArray(ranges) && ranges.length === 0 ? { next: file.size } : firstGap(ranges, file.size);
  },
  created: (_, { resource }) => resource!,
  commit,
  list: (collection, file) => ({
    method: "GET",
    url:
      file.conflictBehavior === "rename" && !isById(collection)
        ? withQuery(siblingsUrl(collection), `$select=${TOLD}&$top=1000`)
        : fileUrl(collection, file.name),
    to: "api",
  }),
  readList(reply: Reply, file: FileInfo) {
    if (reply.status === 404) return { items: [] };
    if (reply.status !== 200) return undefined;
    const value = member(reply.body, "value");
    if (Array.isArray(value)) {
      return { items: value.map((item) => listed(item, file)), next: text(member(reply.body, "@odata.nextLink")) };
    }
    return text(member(reply.body, "id")) ? { items: [listed(reply.body, file)] } : undefined;
  },
};

/** OneDrive for Business and SharePoint take an empty POST; personal drives, the session's URL as the source of an item. */
function commit({
  collection,
  uploadUrl,
  file,
}: Parameters<NonNullable<UploadProtocol["commit"]>>[0]): WireRequest | undefined {
  if (!file.deferCommit) return undefined;
  if (/\/_api\//i.test(uploadUrl)) return { method: "POST", url: uploadUrl, to: "upload" };
  const source = { "@microsoft.graph.sourceUrl": uploadUrl, [CONFLICT]: onConflict(collection, file) };
  return {
    method: "PUT",
    url: folderUrl(collection),
    headers: json,
    body: JSON.stringify({ name: file.name, ...source }),
    to: "api",
  };
}
