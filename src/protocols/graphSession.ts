import type { AttachmentPage, FileInfo, OpenedSession, Reply, Step, Trouble, UploadProtocol } from "../protocol.js";
import { contentRange, firstOffset } from "../range.js";

const json = { "Content-Type": "application/json" };
const graphId = "(?:/[^/?#]+|\\((?:'|%27)(?:[^'?#]|'')*?(?:'|%27)\\))";

/** What stands before a mailbox in a URL: a host, a version, a gateway's path; no path of a drive, which has colons. */
export const BEFORE = "(?:https?://[^/]+)?[^:]*";

/** Answers that pass by themselves: the general list of Graph's errors, and 509 (bandwidth). */
const PASSING = new Set([408, 500, 502, 503, 504, 509]);
const WRONG_RANGE = /^(invalidRange|fragmentOverlap|fragmentOutOfOrder)$/i;
const SESSION_GONE = /^(uploadSessionNotFound|uploadSessionFailed)$/i;
const TOO_LONG = /maximum request length|entity ?too ?large/i;

/** A member in either spelling: China's Outlook and To Do answer PascalCase, others camelCase, some both in one body. */
function member(body: unknown, name: string): unknown {
  if (typeof body !== "object" || body === null) return undefined;
  const key = Object.keys(body).find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : (body as Record<string, unknown>)[key];
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A matcher of item paths below a mailbox. `{}` stands for a key, as a segment or in parentheses; letter case is ignored. */
export function pathPattern(path: string): RegExp {
  return new RegExp(`^(${BEFORE}${keyed(path)})(/attachments)?/?$`, "i");
}

/** The source of a pattern in which `{}` stands for a key. */
export function keyed(path: string): string {
  return path.replaceAll("{}", graphId);
}

/** The collection of a URL whose path fits one of the patterns, without OData parameters, which the new requests cannot take. */
export function collectionOf(url: string, patterns: readonly RegExp[]): string | undefined {
  const [path = "", query] = url.split("#", 1)[0]!.split(/\?(.*)/s);
  const item = patterns.map((pattern) => pattern.exec(path)?.[1]).find((match) => match !== undefined);
  if (item === undefined) return undefined;
  const kept = (query ?? "").split("&").filter((parameter) => parameter !== "" && !/^(\$|%24)/.test(parameter));
  const written = /\/attachments(?=\/?$)/i.exec(path)?.[0] ?? "/attachments";
  return item + written + (kept.length > 0 ? `?${kept.join("&")}` : "");
}

function below(collection: string, path: string): string {
  const [base, query] = collection.split(/\?(.*)/s);
  return `${base}${path}${query === undefined ? "" : `?${query}`}`;
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

/** The id of the item that a collection belongs to, however its path is spelled. */
function lastKey(collection: string): string {
  const match =
    /(?:\/([^/()]+)|\((?:'|%27)((?:(?!\((?:'|%27)).)*?)(?:'|%27)\))(?:\/event)?\/attachments\/?(?:\?|$)/i.exec(
      collection,
    );
  return decoded(match?.[1] ?? match?.[2] ?? collection);
}

/** The mailbox that a URL is about: each takes four requests at once (docs: throttling-limits, Outlook service). */
export function mailboxOf(url: string): string {
  return new RegExp(`^.*?/(?:me|(?:users|groups)${graphId})(?=/)`, "i").exec(url)?.[0].toLowerCase() ?? url;
}

/** The id at the end of `…/Attachments('ID')` or `…/Attachments/ID`. */
export function attachmentId(location: string | null): string | undefined {
  const match = /\/attachments(?:\('((?:[^']|'')+)'\)|\/([^/?#]+))\/?(?:[?#].*)?$/i.exec(location ?? "");
  const id = match?.[1]?.replaceAll("''", "'") ?? match?.[2];
  return id === undefined ? undefined : decoded(id);
}

function readSession(reply: Reply): OpenedSession | undefined {
  const uploadUrl = text(member(reply.body, "uploadUrl"));
  if (reply.status >= 300 || uploadUrl === undefined) return undefined;
  const expires = text(member(reply.body, "expirationDateTime"));
  return { uploadUrl, expires, offset: firstOffset(member(reply.body, "nextExpectedRanges")) ?? 0 };
}

function trouble({ status, body }: Reply): Trouble {
  const code = String(member(member(body, "error"), "code") ?? "");
  const message = typeof body === "string" ? body : String(member(member(body, "error"), "message") ?? "");
  if (status >= 200 && status < 300) return "unsure";
  if (code === "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize") return "tooSmall";
  if (status === 413 || (status === 400 && TOO_LONG.test(code + message))) return "tooLarge";
  if (status === 429 || (status === 412 && code === "ErrorIrresolvableConflict")) return "busy";
  if (PASSING.has(status)) return "passing";
  if (status === 416 || WRONG_RANGE.test(code)) return "unsure";
  if ([401, 404, 410].includes(status) || SESSION_GONE.test(code)) return "gone";
  return "refused";
}

/** What to do about a refusal, where it is known (see the protocols' sources); the service's own words come first. */
function remedy({ status, body }: Reply, collection: string, kind: GraphAttachments): string | undefined {
  const code = text(member(member(body, "error"), "code")) ?? "";
  if (code === "ErrorMessageSizeExceeded") {
    return "The organisation limits messages, often to 35 MB in all: share a link to the file, or ask the administrator to raise the limit.";
  }
  if (kind.noSessions?.test(collection) && [400, 404, 405, 501].includes(status)) {
    return "US Government clouds have no upload sessions for Outlook: files above about 3 MB cannot be attached there. Share a link instead.";
  }
  if (status === 403 && /AccessDenied/i.test(code)) {
    return `Attaching needs the permission ${kind.permission}; into somebody else's mailbox an app with delegated permissions cannot upload large files.`;
  }
  return undefined;
}

function readList(reply: Reply): AttachmentPage | undefined {
  const value = member(reply.body, "value");
  if (reply.status !== 200 || !Array.isArray(value)) return undefined;
  const items = value.map((entry) => ({ id: String(member(entry, "id")), name: String(member(entry, "name") ?? "") }));
  return { items, next: text(member(reply.body, "@odata.nextLink")) };
}

/** Standard base64, by the engine where it can. Meant for the small files that one request carries. */
function base64(bytes: Uint8Array): string {
  const native = (bytes as { toBase64?: () => string }).toBase64;
  if (native) return native.call(bytes);
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}

function withQuery(url: string, query: string): string {
  return query === "" ? url : `${url}${url.includes("?") ? "&" : "?"}${query}`;
}

/** What differs between the kinds of attachments that Graph takes by its uploadSession resource. */
export interface GraphAttachments {
  readonly name: string;
  readonly service: string;
  readonly limits: UploadProtocol["limits"];
  /** Bytes. */
  readonly fileLimit: number;
  readonly rangeSize: number;
  /** Paths of items, see `pathPattern`. */
  readonly items: readonly RegExp[];
  /** `@odata.type` of the attachment, without the leading `#`. */
  readonly type: string;
  /** Added to the collection's URL to list what an item holds without the bytes. */
  readonly listQuery: string;
  /** What travels with the file besides its name and type, in small requests and in answers. */
  details(file: FileInfo): object;
  /** What the service fills in for details that were not given. */
  readonly defaults: object;
  /** The body of createUploadSession. */
  properties(file: FileInfo): object;
  /** The permission that attaching needs. */
  readonly permission: string;
  /** Collections in clouds that have no upload sessions of this kind. */
  readonly noSessions?: RegExp;
  /** The URL that takes the ranges, and who it belongs to. */
  readonly rangeSuffix: string;
  readonly rangesTo: "api" | "upload";
}

/** Graph's uploadSession resource as Outlook and To Do use it (docs: outlook-large-attachments, todo-attachments). */
export function graphAttachments(kind: GraphAttachments): UploadProtocol {
  const describe = (file: FileInfo) => ({
    "@odata.type": `#${kind.type}`,
    name: file.name,
    ...(file.contentType === undefined ? {} : { contentType: file.contentType }),
    ...kind.details(file),
  });
  const inline = (file: FileInfo, bytes: Uint8Array) => ({ ...describe(file), contentBytes: base64(bytes) });
  const created: UploadProtocol["created"] = ({ file }, id) => ({
    "@odata.type": `#${kind.type}`,
    id,
    name: file.name,
    contentType: file.contentType ?? null,
    size: file.size,
    ...kind.defaults,
    ...kind.details(file),
  });
  return {
    name: kind.name,
    service: kind.service,
    limits: kind.limits,
    fileLimit: () => kind.fileLimit,
    rangeSize: kind.rangeSize,
    collection: (url) => collectionOf(url, kind.items),
    item: lastKey,
    throttle: { most: 4, key: mailboxOf },
    creates: (type) => typeof type === "string" && type.replace(/^#/, "").toLowerCase() === kind.type.toLowerCase(),
    inline,
    post: (collection, file, bytes) => ({
      method: "POST",
      url: collection,
      headers: json,
      body: JSON.stringify(inline(file, bytes)),
      to: "api",
    }),
    createSession: (collection, file) => ({
      method: "POST",
      url: below(collection, "/createUploadSession"),
      headers: json,
      body: JSON.stringify(kind.properties(file)),
      to: "api",
    }),
    readSession,
    sendRange: ({ uploadUrl }, range, bytes) => ({
      method: "PUT",
      url: uploadUrl + kind.rangeSuffix,
      headers: { "Content-Type": "application/octet-stream", "Content-Range": contentRange(range) },
      body: bytes,
      to: kind.rangesTo,
    }),
    readRange(reply, session): Step | undefined {
      if (reply.status === 201) {
        const location = reply.headers.get("Location");
        const id = attachmentId(location) ?? text(member(reply.body, "id"));
        return {
          done: id === undefined ? "unnamed" : { attachment: created(session, id), location: location ?? undefined },
        };
      }
      const next = reply.status < 300 ? firstOffset(member(reply.body, "nextExpectedRanges")) : undefined;
      return next === undefined ? undefined : { next };
    },
    trouble,
    explain(reply, collection): Reply {
      const told = remedy(reply, collection, kind);
      const error = member(reply.body, "error") as { message?: unknown } | undefined;
      if (told === undefined || typeof error !== "object") return reply;
      return { ...reply, body: { error: { ...error, message: `${String(error.message ?? "")} ${told}`.trim() } } };
    },
    created,
    status: ({ uploadUrl }) => ({ method: "GET", url: uploadUrl, to: kind.rangesTo }),
    cancel: ({ uploadUrl }) => ({ method: "DELETE", url: uploadUrl, to: kind.rangesTo }),
    list: (collection) => ({
      method: "GET",
      url: withQuery(collection, kind.listQuery),
      to: "api",
    }),
    readList,
  };
}
