import type { FileInfo } from "../file.js";
import { isObject, type Members } from "../isObject.js";
import { member, text } from "../json.js";
import type { Listed, Place, Protocol, Reply, SecondLook, WireRequest } from "../protocol.js";
import { firstGap, KIB_320 } from "../range.js";
import type { UploadSession } from "../uploadSession.js";
import {
  appFolder,
  childrenUrl,
  childUrl,
  driveCollection,
  fileUrl,
  folderUrl,
  idIn,
  isById,
  itemUrl,
  nameIn,
  siblingsUrl,
} from "./graph/drivePath.js";
import { item } from "./graph/item.js";
import { withQuery } from "./graph/path.js";
import { explain, type Advice } from "./graph/reply.js";
import { graphApi, graphSession, json } from "./graph/session.js";

/** An unfinished upload session has the name (field reports: docs-contrib #412 and #6558). */
const HELD = /^409 \w* .*(currently being uploaded|upload session already exists)/i;

/** Advice for a name that is taken, by what was given. `replace` does not replace a folder, or what another session holds. */
const OTHER_NAME = {
  fail: 'Give { conflictBehavior: "replace" } or "rename", or another name.',
  replace: "A folder or an unfinished upload has this name. Give another name, or try again later.",
  rename: "Give another name.",
};

const CONFLICT = "@microsoft.graph.conflictBehavior";

/** An item with an id exists already, so that only its bytes are new. */
function onConflict(collection: string, file?: FileInfo): NonNullable<FileInfo["conflictBehavior"]> {
  return isById(collection) ? "replace" : (file?.conflictBehavior ?? "fail");
}

/** A media type that a header can carry. The service goes by the name in any case. */
const isHeader = (type: string | undefined): type is string => /^[\x20-\x7e]+$/.test(type ?? "");

/** The members of a file that a folder lists. */
const LISTED = "id,name,size,eTag,cTag,webUrl,file,parentReference,createdBy";

/** Files that SharePoint changes after the upload: it writes properties into them (field reports). */
const CHANGED = /\.(?:do[ct][xm]?|xl[st][xmb]?|p[op][tsa][xm]?|vsd[xm]?|one|jpe?g|png|gif|tiff?|heic|webp)$/i;

/** Only a file of the right size can be the one that was uploaded, unless the service changes such files. */
function listed(item: Members, file: FileInfo): Listed {
  const name = text(member(item, "name")) ?? "";
  const version = text(member(item, "cTag")) ?? text(member(item, "eTag")) ?? "";
  const other = file.conflictBehavior === "rename" && !isVariant(name, file.name) ? true : undefined;
  const ours = member(item, "size") === file.size && !other;
  const id = `${text(member(item, "id")) ?? ""} ${version}`;
  return { id, name: ours ? file.name : "", other, attachment: item, changed: !ours && !other && CHANGED.test(name) };
}

const renames = (collection: string, file: FileInfo) => file.conflictBehavior === "rename" && !isById(collection);

const itself = (collection: string, { name }: FileInfo): WireRequest => ({
  method: "GET",
  url: fileUrl(collection, name),
  to: "api",
});

/** True if a service may have derived this name from one that was taken: `a.zip` becomes `a 1.zip`. */
function isVariant(name: string, asked: string): boolean {
  const [stem = "", extension = ""] = asked.split(/(\.[^.]*)$/);
  const fits =
    name.toLowerCase().startsWith(stem.toLowerCase()) && name.toLowerCase().endsWith(extension.toLowerCase());
  return fits && /^( ?\(?\d+\)?)?$/.test(name.slice(stem.length, name.length - extension.length));
}

const advice: Advice = {
  permission: "Files.ReadWrite.All, or, for a link, a scope that the organization allows",
  remedies: [
    [/^507 /, "The drive is full. Free some space, or attach elsewhere."],
    [HELD, "Resume or cancel that upload, which otherwise ends when its session expires."],
    [/nameAlreadyExists|upload_name_conflict/i, (url, file) => OTHER_NAME[onConflict(url, file)]],
    [/^409 /, "If another upload of this name is unfinished, it ends when its session expires."],
    [/^423 /, "Somebody has the file open. Try again when it is closed."],
  ],
};
const ofAppFolder: Advice = { ...advice, permission: "Files.ReadWrite.AppFolder" };
const ofId: Advice = {
  ...advice,
  remedies: [
    [/^400 /, "If the id is that of a folder, give the URL of its contents: …/items/{id}/children."],
    ...(advice.remedies ?? []),
  ],
};

/** A drive of one's own needs less (docs: driveitem-createuploadsession). */
const permissionFor = (url: string, { permission }: Advice): string =>
  /\/me\//i.test(url) ? permission.replace("ReadWrite.All", "ReadWrite") : permission;

/** A refusal of a place that may be named in another way, or be there now. */
function lookAgain({ status, body }: Reply, place: Place): SecondLook | undefined {
  const { collection, file } = place;
  const error = member(body, "error");
  const app = [403, 404].includes(status) ? appFolder(collection) : undefined;
  if (app !== undefined)
    return { times: 1, request: item.read(app), read: (reply) => (reply.status < 300 ? place : undefined) };
  const changed = /^resourceModified$/i.test(text(member(error, "code")) ?? "");
  if (changed && onConflict(collection, file) === "replace") {
    return { times: 2, request: item.read(fileUrl(collection, file.name)), read: () => place };
  }
  if (![400, 405, 409].includes(status) || !isById(collection)) return undefined;
  // a deferred file is completed in its folder, which only a path names
  const nameless = file.deferCommit === true || /name not provided/i.test(text(member(error, "message")) ?? "");
  return { times: 1, request: item.read(fileUrl(collection, "")), read: (reply) => placeOf(reply, place, nameless) };
}

/** Where an item by its id is: a folder takes the file into it, and a file is named by its folder and its name. */
function placeOf({ status, body }: Reply, { collection, file }: Place, byName: boolean): Place | undefined {
  if (status >= 300) return undefined;
  const known = file.name !== idIn(collection);
  if (isObject(member(body, "folder"))) return known ? { collection: childrenUrl(collection), file } : undefined;
  const parent = member(body, "parentReference");
  const [id, name, driveId] = [text(member(parent, "id")), text(member(body, "name")), text(member(parent, "driveId"))];
  if (!byName || id === undefined || name === undefined) return undefined;
  const url = childUrl(itemUrl(collection, id, driveId), name);
  return { collection: url, file: { ...file, name, conflictBehavior: "replace" } };
}

/** Details that a single request cannot carry next to the bytes. */
const details = ({ description, fileSystemInfo }: FileInfo) =>
  description === undefined && fileSystemInfo === undefined ? undefined : { description, fileSystemInfo };

/**
 * Files of OneDrive and SharePoint. Ranges are multiples of 320 KiB, less than 60 MiB, in order, and go to a pre-authenticated
 * URL. The item comes in the last reply. Up to 250 GB (docs: driveitem-createuploadsession).
 */
export const drive: Protocol = {
  name: "drive",
  api: {
    ...graphApi("OneDrive", advice),
    explain(reply, url, file) {
      const known = appFolder(url) ? ofAppFolder : isById(url) ? ofId : advice;
      return explain(reply, url, { ...known, permission: permissionFor(url, known) }, file);
    },
  },
  target: {
    collection: driveCollection,
    fileLimit: () => 268_435_456_000,
    nameIn,
    idIn,
    where: "the folder",
    item: (collection, file) => fileUrl(collection, file?.name ?? "").toLowerCase(),
  },
  session: {
    ...graphSession("upload"),
    limits: { range: 191 * KIB_320, unit: KIB_320 },
    rangeSize: 32 * KIB_320,
    create(collection, file) {
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
    // never Graph itself, where the token would give access to other resources
    owns: ({ uploadUrl }) => !/^https?:\/\/[^/?#]*graph/i.test(uploadUrl),
    held({ status, body }, collection, file) {
      const error = member(body, "error");
      const [code, message] = [text(member(error, "code")) ?? "", text(member(error, "message")) ?? ""];
      // with `replace`, and for a name of its own, every such refusal is about a session
      return HELD.test(`${status} ${code} ${message}`) || (status === 409 && onConflict(collection, file) !== "fail");
    },
    read({ status, body }, { file }) {
      if (status >= 300) return undefined;
      if (isObject(body) && text(member(body, "id"))) return { done: { attachment: body } };
      const ranges = member(body, "nextExpectedRanges");
      return Array.isArray(ranges) && ranges.length === 0 ? { next: file.size } : firstGap(ranges, file.size);
    },
    commit,
  },
  post: {
    threshold: 4_194_304,
    // an empty file has no session
    carries: (file) => file.size === 0 || (!details(file) && file.deferCommit !== true),
    after(collection, file, made) {
      const more = details(file);
      const name = text(member(made, "name")) ?? file.name;
      const url = isById(collection) ? collection : siblingsUrl(collection);
      return more && item.change(fileUrl(url, name), more);
    },
    repeatable: (collection, file) => onConflict(collection, file) === "replace",
    request(collection, file, bytes) {
      const query = isById(collection) ? "" : `${CONFLICT}=${onConflict(collection, file)}`;
      return {
        method: "PUT",
        url: withQuery(fileUrl(collection, file.name, "/content"), query),
        headers: { "Content-Type": isHeader(file.contentType) ? file.contentType : "application/octet-stream" },
        body: bytes,
        to: "api",
      };
    },
  },
  list: {
    probe: (collection, file) => (renames(collection, file) ? itself(collection, file) : undefined),
    request(collection, file) {
      if (!renames(collection, file)) return itself(collection, file);
      return { method: "GET", url: withQuery(siblingsUrl(collection), `$select=${LISTED}&$top=1000`), to: "api" };
    },
    read({ status, body }, file) {
      if (status === 404) return { items: [] };
      if (status !== 200 || !isObject(body)) return undefined;
      const value = member(body, "value");
      if (Array.isArray(value)) {
        const items = value.filter(isObject).map((item) => listed(item, file));
        return { items, next: text(member(body, "@odata.nextLink")) };
      }
      return text(member(body, "id")) ? { items: [listed(body, file)] } : undefined;
    },
  },
  lookAgain,
};

/** OneDrive for Business and SharePoint take an empty POST. Personal drives take the session's URL as the source of an item. */
function commit({ collection, uploadUrl, file }: UploadSession): WireRequest | undefined {
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
