import type { FileInfo, LinkedItem, Reply, Trouble, UploadProtocol } from "../protocol.js";
import { contentRange } from "../range.js";

/** 60 MB on Azure DevOps Services (docs: object-limits; the byte is inferred); on a Server its administrator decides. */
const SERVICES_LIMIT = 62_914_560;
const SERVICES = /^https:\/\/(dev\.azure\.com|[^/]+\.visualstudio\.com)[:/]/i;
const COLLECTION = /^(.*\/_apis\/wit\/attachments)\/?$/i;
const WORK_ITEM = /^(.*)\/_apis\/wit\/workitems\/\d+\/?$/i;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const octets = { "Content-Type": "application/octet-stream" };

/** Codes that Microsoft's own migrator takes for passing: timeout, busy, throttled. */
const PASSING_CODES = /^(VS402335|VS402490|VS402491)$/;
const SIGN_IN = {
  code: "Unauthorized",
  message:
    "Azure DevOps asks to sign in: the personal access token or the credential is wrong, has expired, or lacks the scope “Work items (read & write)”.",
};

interface Reference {
  readonly id: string;
  readonly url: string;
}

function split(url: string): { path: string; query: URLSearchParams } {
  const [path = "", query] = url.split("#", 1)[0]!.split(/\?(.*)/s);
  return { path, query: new URLSearchParams(query) };
}

/** A URL with the query of the collection, which holds `api-version` and `areaPath`, and more. */
function within(collection: string, below: string, more: Record<string, string>, drop: readonly string[] = []): string {
  const { path, query } = split(collection);
  const kept = [...query].filter(([name]) => !drop.includes(name.toLowerCase()));
  const all = [...Object.entries(more), ...kept].map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${path}${below}${all.length > 0 ? `?${all.join("&")}` : ""}`;
}

function collection(url: string): string | undefined {
  const { path } = split(url);
  const base = COLLECTION.exec(path)?.[1] ?? WORK_ITEM.exec(path)?.[1]?.concat("/_apis/wit/attachments");
  if (base === undefined) return undefined;
  return within(base + url.slice(path.length), "", {}, ["filename", "uploadtype", "$expand"]);
}

const succeeded = ({ status }: Reply) => [200, 201, 202].includes(status);

function reference({ body }: Reply): Reference | undefined {
  const { id, url } = (body ?? {}) as Partial<Reference>;
  return typeof id === "string" && ID.test(id) && typeof url === "string" ? { id, url } : undefined;
}

/**
 * A sign-in page comes with 203, as a redirect (which a browser hides behind status 0), or, where somebody has followed
 * it, as HTML with 200: a success to everyone who looks only at the status.
 */
function asksToSignIn({ status, headers, body }: Reply): boolean {
  if (status === 203 || status === 0) return true;
  if (status >= 300 && status < 400) return /signin|login/i.test(headers.get("Location") ?? "");
  return status < 300 && typeof body === "string" && /^\s*</.test(body);
}

/** An error in the service's own words, in Graph's shape, so that the Graph client tells it as its own. */
export function explain(reply: Reply): Reply {
  if (asksToSignIn(reply)) return { ...reply, status: 401, body: { error: SIGN_IN } };
  const body = (reply.body ?? {}) as { message?: unknown; typeKey?: unknown; value?: { Message?: unknown } };
  const said = body.message ?? body.value?.Message ?? body.value;
  const message = typeof said === "string" ? said : titleOf(reply);
  if (message === undefined) return reply;
  const code = typeof body.typeKey === "string" ? body.typeKey : (codeOf(message) ?? "UnknownError");
  return { ...reply, body: { error: { code, message } } };
}

/** What an HTML page says of itself. */
function titleOf({ body }: Reply): string | undefined {
  return typeof body === "string" ? /<title>([^<]{1,300})<\/title>/i.exec(body)?.[1]?.trim() : undefined;
}

function codeOf(message: string): string | undefined {
  return /^(?:TF|VS)\d+(?=:)/.exec(message)?.[0];
}

function trouble(reply: Reply): Trouble {
  const { status } = reply;
  const said = (explain(reply).body as { error?: { message?: unknown } } | undefined)?.error?.message;
  const message = typeof said === "string" ? said : "";
  const code = codeOf(message) ?? "";
  if (asksToSignIn(reply) || status === 401 || code === "TF237082") return "refused";
  if (succeeded(reply)) return "unsure";
  if (status === 429 || status === 412 || code === "TF400733") return "busy";
  if ([408, 500, 502, 503, 504, 509].includes(status) || PASSING_CODES.test(code)) return "passing";
  if (status === 413) return "tooLarge";
  return [400, 404, 405, 409, 416].includes(status) ? "doubtful" : "refused";
}

/**
 * Work item attachments of Azure DevOps Services and Server: an empty POST begins, PUTs follow each other, and the upload
 * is whole when its last byte is accepted. No status, no list, no cancel; an upload that no work item links to is removed
 * by the service after 30 days (docs: attachments, upload chunk; MicrosoftDocs/vsts-rest-api-specs).
 */
export const azureDevOps: UploadProtocol = {
  name: "azureDevOps",
  service: "Azure DevOps",
  limits: { range: 130_000_000, unit: 1 },
  fileLimit: (url) => (SERVICES.test(url) ? SERVICES_LIMIT : Infinity),
  rangeSize: 8_388_608, // seen to be taken; a tenth faster than 4 MiB at a round trip of 100 ms (npm run bench -- rangeSize)
  collection,
  post: (url, file, bytes) => ({
    method: "POST",
    url: within(url, "", { fileName: file.name }),
    headers: octets,
    body: bytes,
    to: "api",
  }),
  createSession: (url, file) => ({
    method: "POST",
    url: within(url, "", { uploadType: "chunked", fileName: file.name }),
    headers: octets,
    body: new Uint8Array(0),
    to: "api",
  }),
  readSession(reply) {
    const attachment = succeeded(reply) ? reference(reply) : undefined;
    return attachment && { uploadUrl: attachment.url, offset: 0, attachment };
  },
  opened: ({ attachment }) => reference({ status: 200, headers: new Headers(), body: attachment }) !== undefined,
  sendRange: ({ collection: url, file, attachment }, range, bytes) => ({
    method: "PUT",
    url: within(url, `/${(attachment as Reference).id}`, { uploadType: "chunked", fileName: file.name }, ["areapath"]),
    headers: { ...octets, "Content-Range": contentRange(range) },
    body: bytes,
    to: "api",
  }),
  readRange(reply, { attachment }, range) {
    if (
      !range ||
      !succeeded(reply) ||
      reference(reply)?.id.toLowerCase() !== (attachment as Reference).id.toLowerCase()
    )
      return undefined;
    return range.end < range.total ? { next: range.end } : { done: { attachment: attachment! } };
  },
  trouble,
  explain,
  created: ({ attachment }) => attachment!,
  /** Only 7.2-preview.4 has such a call, and only Services do (specs, 2024-09). */
  cancel({ collection: url, attachment }) {
    const preview = /^7\.2-preview/.test(split(url).query.get("api-version") ?? "");
    const target = within(url, `/${(attachment as Reference).id}`, {}, ["areapath"]);
    return preview ? { method: "DELETE", url: target, to: "api" } : undefined;
  },
  linking: {
    item: (url) => (WORK_ITEM.test(split(url).path) ? within(url, "", {}, ["areapath", "$expand"]) : undefined),
    read: (item) => ({ method: "GET", url: within(item, "", { $expand: "relations" }), to: "api" }),
    readItem,
    holds: ({ urls }, attachment) =>
      urls.some((url) => url.toLowerCase().includes((attachment as Reference).id.toLowerCase())),
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
  const { rev, relations } = (reply.body ?? {}) as { rev?: unknown; relations?: unknown };
  if (!succeeded(reply) || typeof rev !== "number") return undefined;
  const urls = (Array.isArray(relations) ? relations : []).map((one: { url?: unknown } | null) =>
    typeof one?.url === "string" ? one.url : "",
  );
  return { revision: rev, urls };
}

/** `comment` always, for a relation without attributes was stored as an empty file once (docs#2607). */
function relation({ attachment, file }: { attachment: object; file: FileInfo }): object {
  const attributes = { name: file.name, comment: file.comment ?? "", resourceSize: file.size };
  return {
    op: "add",
    path: "/relations/-",
    value: { rel: "AttachedFile", url: (attachment as Reference).url, attributes },
  };
}
