import type { FileInfo } from "../file.js";
import { member, text } from "../json.js";
import type { LinkedItem, Protocol, Reply, Verdict } from "../protocol.js";
import { contentRange } from "../range.js";
import { splitUrl } from "./graph/path.js";

/** 60 MB on Azure DevOps Services (docs: object-limits; the exact byte is inferred). On a Server its administrator decides. */
const SERVICES_LIMIT = 62_914_560;
const SERVICES = /^https:\/\/(dev\.azure\.com|[^/]+\.visualstudio\.com)[:/]/i;
const COLLECTION = /^(.*\/_apis\/wit\/attachments)\/?$/i;
const WORK_ITEM = /^(.*)\/_apis\/wit\/workitems\/\d+\/?$/i;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Characters of a comment, and attachments of a work item (docs: object-limits; VS403313). */
const LONGEST_COMMENT = 255;
const MOST_ATTACHMENTS = 100;
const octets = { "Content-Type": "application/octet-stream" };

/** Codes that Microsoft's own migrator treats as temporary: timeout, busy, throttled. */
const PASSING_CODES = /^(VS402335|VS402490|VS402491)$/;
/** Somebody else has changed the work item since it was read (field reports: with 412, 409 or 400). */
const CHANGED = /^(TF26071|VS403351)$/;
/** Comes with 500, and is final (devblogs: work-item-revision-limits). */
const TOO_MANY_REVISIONS = /only work items with up to [\d,.]+ revisions are supported/i;
const SIGN_IN = {
  code: "Unauthorized",
  message:
    "Azure DevOps asks to sign in: the personal access token or the credential is wrong, has expired, or lacks the scope “Work items (read & write)”.",
};

/** An attachment as the service names it. */
interface Reference {
  readonly id: string;
  readonly url: string;
}

/** A URL with the query of the collection, which holds `api-version` and `areaPath`, and with more parameters. */
function within(collection: string, below: string, more: Record<string, string>, drop: readonly string[] = []): string {
  const [path, query] = splitUrl(collection);
  const kept = [...new URLSearchParams(query)].filter(([name]) => !drop.includes(name.toLowerCase()));
  const all = [...Object.entries(more), ...kept].map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${path}${below}${all.length > 0 ? `?${all.join("&")}` : ""}`;
}

function collection(url: string): string | undefined {
  const [path] = splitUrl(url);
  const base = COLLECTION.exec(path)?.[1] ?? WORK_ITEM.exec(path)?.[1]?.concat("/_apis/wit/attachments");
  if (base === undefined) return undefined;
  return within(base + url.slice(path.length), "", {}, ["filename", "uploadtype", "$expand"]);
}

/** The organization of a URL: it counts what a user does in all of its projects (docs: rate-limits). */
const organizationOf = (url: string) => (/^https?:\/\/[^/]+\/[^/?#]*/i.exec(url)?.[0] ?? url).toLowerCase();

const succeeded = ({ status }: Reply) => [200, 201, 202].includes(status);

function reference(value: unknown): Reference | undefined {
  const [id, url] = [text(member(value, "id")), text(member(value, "url"))];
  return id !== undefined && ID.test(id) && url !== undefined ? { id, url } : undefined;
}

/** The lower-case id of an attachment. Empty if it is none, which `owns` rules out. */
function idOf(attachment: object | undefined): string {
  return reference(attachment)?.id.toLowerCase() ?? "";
}

/**
 * A sign-in page comes with 203, as a redirect (whose `Location` a browser hides), or, if somebody has followed it, as HTML
 * with 200: a success to everyone who looks only at the status.
 */
function asksToSignIn({ status, headers, body }: Reply): boolean {
  if (status === 203) return true;
  if (status >= 300 && status < 400) return /signin|login|^$/i.test(headers.get("Location") ?? "");
  return status < 300 && typeof body === "string" && /^\s*</.test(body);
}

/** Gives an error in the service's own words Graph's shape, so that the Graph client reports it as its own. */
export function explain(reply: Reply): Reply {
  if (asksToSignIn(reply)) return { ...reply, status: 401, body: { error: SIGN_IN } };
  if (text(member(member(reply.body, "error"), "message"))) return reply; // explained already
  const message = messageIn(reply);
  if (message === undefined) return reply.status === 401 ? { ...reply, body: { error: SIGN_IN } } : reply;
  const code = text(member(reply.body, "typeKey")) ?? (codeOf(message) || "UnknownError");
  return { ...reply, body: { error: { code, message } } };
}

/** The service's own words: in one of three members, in the title of an HTML page, or where `explain` has put them. */
function messageIn({ body }: Reply): string | undefined {
  const value = member(body, "value");
  const explained = text(member(member(body, "error"), "message"));
  const said = member(body, "message") ?? member(value, "Message") ?? value ?? explained;
  if (typeof said === "string") return said;
  return typeof body === "string" ? /<title>([^<]{1,300})<\/title>/i.exec(body)?.[1]?.trim() : undefined;
}

function codeOf(message: string): string {
  return /^(?:TF|VS)\d+(?=:)/.exec(message)?.[0] ?? "";
}

function verdict(reply: Reply): Verdict {
  const { status } = reply;
  const message = messageIn(reply) ?? "";
  const code = codeOf(message);
  if (TOO_MANY_REVISIONS.test(message)) return "refused";
  if (asksToSignIn(reply) || status === 401 || code === "TF237082") return "refused";
  if (succeeded(reply)) return "unsure";
  if (status === 429 || status === 412 || code === "TF400733" || CHANGED.test(code)) return "busy";
  if ([408, 500, 502, 503, 504, 509].includes(status) || PASSING_CODES.test(code)) return "passing";
  if (status === 413) return "tooLarge";
  return [400, 404, 405, 409, 416].includes(status) ? "doubtful" : "refused";
}

/**
 * Work item attachments of Azure DevOps Services and Server: an empty POST begins, PUTs follow each other, and the upload is
 * complete when its last byte is accepted. No status, no list, no cancel. The service removes an upload that no work item
 * links to after 30 days (docs: attachments, upload chunk; MicrosoftDocs/vsts-rest-api-specs).
 */
export const azureDevOps: Protocol = {
  name: "azureDevOps",
  api: { label: "Azure DevOps", throttle: { most: Infinity, lane: organizationOf }, verdict, explain },
  target: {
    collection,
    fileLimit: (url) => (SERVICES.test(url) ? SERVICES_LIMIT : Infinity),
    wrong({ name, comment = "" }) {
      if (comment.length <= LONGEST_COMMENT) return undefined;
      return `The comment of ${name} has ${comment.length} characters, and a work item takes up to ${LONGEST_COMMENT}. Shorten it.`;
    },
  },
  session: {
    limits: { range: 130_000_000, unit: 1 },
    rangeSize: 8_388_608, // accepted in the field; a tenth faster than 4 MiB at a round trip of 100 ms (npm run bench -- rangeSize)
    create: (url, file) => ({
      method: "POST",
      url: within(url, "", { uploadType: "chunked", fileName: file.name }),
      headers: octets,
      body: new Uint8Array(0),
      to: "api",
    }),
    opened(reply) {
      const attachment = succeeded(reply) ? reference(reply.body) : undefined;
      return attachment && { uploadUrl: attachment.url, offset: 0, attachment };
    },
    owns: ({ attachment }) => reference(attachment) !== undefined,
    put: ({ collection: url, file, attachment }, range, bytes) => ({
      method: "PUT",
      url: within(url, `/${reference(attachment)?.id}`, { uploadType: "chunked", fileName: file.name }, ["areapath"]),
      headers: { ...octets, "Content-Range": contentRange(range) },
      body: bytes,
      to: "api",
    }),
    read(reply, { attachment }, range) {
      if (!range || !attachment || !succeeded(reply)) return undefined;
      if (reference(reply.body)?.id.toLowerCase() !== idOf(attachment)) return undefined;
      return range.end < range.total ? { next: range.end } : { done: { attachment } };
    },
    /** Only api-version 7.2-preview.4 of Services has such a call (specs, 2024-09). */
    cancel({ collection: url, attachment }) {
      const preview = /^7\.2-preview/.test(new URLSearchParams(splitUrl(url)[1]).get("api-version") ?? "");
      const target = within(url, `/${reference(attachment)?.id}`, {}, ["areapath"]);
      return preview ? { method: "DELETE", url: target, to: "api" } : undefined;
    },
  },
  post: {
    request: (url, file, bytes) => ({
      method: "POST",
      url: within(url, "", { fileName: file.name }),
      headers: octets,
      body: bytes,
      to: "api",
    }),
  },
  link: {
    most: MOST_ATTACHMENTS,
    item: (url) => (WORK_ITEM.test(splitUrl(url)[0]) ? within(url, "", {}, ["areapath", "$expand"]) : undefined),
    read: (item) => ({ method: "GET", url: within(item, "", { $expand: "relations" }), to: "api" }),
    readItem,
    holds: ({ urls }, attachment) => urls.some((url) => url.toLowerCase().includes(idOf(attachment))),
    write: (item, { revision }, added) => ({
      method: "PATCH",
      url: item,
      headers: { "Content-Type": "application/json-patch+json" },
      body: JSON.stringify([{ op: "test", path: "/rev", value: revision }, ...added.map(relation)]),
      to: "api",
    }),
  },
};

function readItem(reply: Reply): LinkedItem | undefined {
  const [revision, relations] = [member(reply.body, "rev"), member(reply.body, "relations")];
  if (!succeeded(reply) || typeof revision !== "number") return undefined;
  const all: readonly unknown[] = Array.isArray(relations) ? relations : [];
  const attachments = all.filter((one) => member(one, "rel") === "AttachedFile").length;
  return { revision, attachments: attachments || undefined, urls: all.map((one) => text(member(one, "url")) ?? "") };
}

/** `comment` is always given: a relation without attributes was once stored as an empty file (docs#2607). */
function relation({ attachment, file }: { readonly attachment: object; readonly file: FileInfo }): object {
  const attributes = { name: file.name, comment: file.comment ?? "", resourceSize: file.size };
  return {
    op: "add",
    path: "/relations/-",
    value: { rel: "AttachedFile", url: reference(attachment)?.url, attributes },
  };
}
