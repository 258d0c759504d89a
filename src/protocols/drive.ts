import { isObject, member, text, type Members } from "../json.js";
import type { FileInfo, Listed, Protocol, UploadSession, WireRequest } from "../protocol.js";
import { firstGap, KIB_320 } from "../range.js";
import { driveCollection, fileUrl, folderUrl, isById, nameIn, siblingsUrl } from "./graph/drivePath.js";
import { withQuery } from "./graph/path.js";
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

/** Only a file of the right size can be the one that was uploaded. */
function listed(item: Members, file: FileInfo): Listed {
  const name = text(member(item, "name")) ?? "";
  const version = text(member(item, "cTag")) ?? text(member(item, "eTag")) ?? "";
  const other = file.conflictBehavior === "rename" && !isVariant(name, file.name) ? true : undefined;
  const ours = member(item, "size") === file.size && !other;
  return { id: `${text(member(item, "id")) ?? ""} ${version}`, name: ours ? file.name : "", other, attachment: item };
}

const renames = (collection: string, file: FileInfo) => file.conflictBehavior === "rename" && !isById(collection);

const itself = (collection: string, { name }: FileInfo): WireRequest => ({
  method: "GET",
  url: fileUrl(collection, name),
  to: "api",
});

/** Tells whether a service may have derived this name from one that was taken: `a.zip` becomes `a 1.zip`. */
function isVariant(name: string, asked: string): boolean {
  const [stem = "", extension = ""] = asked.split(/(\.[^.]*)$/);
  const fits =
    name.toLowerCase().startsWith(stem.toLowerCase()) && name.toLowerCase().endsWith(extension.toLowerCase());
  return fits && /^( ?\(?\d+\)?)?$/.test(name.slice(stem.length, name.length - extension.length));
}

/**
 * Files of OneDrive and SharePoint. Ranges are multiples of 320 KiB, less than 60 MiB, in order, and go to a pre-authenticated
 * URL. The item comes in the last reply. Up to 250 GB (docs: driveitem-createuploadsession).
 */
export const drive: Protocol = {
  name: "drive",
  api: graphApi("OneDrive", {
    permission: "Files.ReadWrite, or, for a link, a scope that the organization allows",
    remedies: [
      [/^507 /, "The drive is full. Free some space, or attach elsewhere."],
      [HELD, "Resume or cancel that upload, which otherwise ends when its session expires."],
      [/nameAlreadyExists|upload_name_conflict/i, (url, file) => OTHER_NAME[onConflict(url, file)]],
      [/^409 /, "If another upload of this name is unfinished, it ends when its session expires."],
      [/^423 /, "Somebody has the file open. Try again when it is closed."],
    ],
  }),
  target: {
    collection: driveCollection,
    fileLimit: () => 268_435_456_000,
    nameIn,
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
    carries: ({ description, fileSystemInfo, deferCommit }) =>
      description === undefined && fileSystemInfo === undefined && deferCommit !== true,
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
