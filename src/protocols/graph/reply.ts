import type { AttachmentPage, OpenedSession, Reply, Trouble } from "../../protocol.js";
import { firstGap } from "../../range.js";
import { decoded } from "./path.js";

/** Answers that pass by themselves: the general list of Graph's errors, and 509 (bandwidth). */
const PASSING = new Set([408, 500, 502, 503, 504, 509]);
const WRONG_RANGE = /^(invalidRange|fragmentOverlap|fragmentOutOfOrder)$/i;
const SESSION_GONE = /^(uploadSessionNotFound|uploadSessionFailed)$/i;
const TOO_LONG = /maximum request length|entity ?too ?large/i;

/** A member in either spelling: China's Outlook and To Do answer PascalCase, others camelCase, some both in one body. */
export function member(body: unknown, name: string): unknown {
  if (typeof body !== "object" || body === null) return undefined;
  const key = Object.keys(body).find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : (body as Record<string, unknown>)[key];
}

export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The id at the end of `…/Attachments('ID')` or `…/Attachments/ID`. */
export function attachmentId(location: string | null): string | undefined {
  const [path = ""] = (location ?? "").split(/[?#]/, 1);
  const match = /\/attachments(?:\('((?:[^']|'')+)'\)|\/([^/]+))\/?$/i.exec(path);
  const id = match?.[1]?.replaceAll("''", "'") ?? match?.[2];
  return id === undefined ? undefined : decoded(id);
}

export function readSession(reply: Reply): OpenedSession | undefined {
  const uploadUrl = text(member(reply.body, "uploadUrl"));
  if (reply.status >= 300 || uploadUrl === undefined) return undefined;
  const expires = text(member(reply.body, "expirationDateTime"));
  return { uploadUrl, expires, offset: firstGap(member(reply.body, "nextExpectedRanges"))?.next ?? 0 };
}

export function trouble({ status, body }: Reply): Trouble {
  const code = text(member(member(body, "error"), "code")) ?? "";
  const message = text(body) ?? text(member(member(body, "error"), "message")) ?? "";
  if (status >= 200 && status < 300) return "unsure";
  if (code === "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize") return "tooSmall";
  if (status === 413 || (status === 400 && TOO_LONG.test(code + message))) return "tooLarge";
  if (status === 429 || (status === 412 && code === "ErrorIrresolvableConflict")) return "busy";
  if (PASSING.has(status)) return "passing";
  if (status === 416 || WRONG_RANGE.test(code)) return "unsure";
  if ([401, 404, 410].includes(status) || SESSION_GONE.test(code)) return "gone";
  return "refused";
}

/** What the advice depends on. */
export interface Advice {
  /** The permission that attaching needs. */
  readonly permission: string;
  /** Collections in clouds that have no upload sessions of this kind. */
  readonly noSessions?: RegExp;
  /** What to do about a status or a code, where that is particular to the service. */
  readonly remedies?: readonly (readonly [pattern: RegExp, remedy: string])[];
}

/** What to do about a refusal, where it is known (see the protocols' sources); the service's own words come first. */
export function remedy(
  { status, body }: Reply,
  collection: string,
  { permission, noSessions, remedies = [] }: Advice,
): string | undefined {
  const code = text(member(member(body, "error"), "code")) ?? "";
  if (code === "ErrorMessageSizeExceeded") {
    return "The organisation limits messages, often to 35 MB in all: share a link to the file, or ask the administrator to raise the limit.";
  }
  if (noSessions?.test(collection) && [400, 404, 405, 501].includes(status)) {
    return "US Government clouds have no upload sessions for Outlook: files above about 3 MB cannot be attached there. Share a link instead.";
  }
  if (status === 403 && /AccessDenied/i.test(code)) return `This needs the permission ${permission}.`;
  return remedies.find(([pattern]) => pattern.test(`${status} ${code}`))?.[1];
}

export function readList(reply: Reply): AttachmentPage | undefined {
  const value = member(reply.body, "value");
  if (reply.status !== 200 || !Array.isArray(value)) return undefined;
  const items = value.map((entry) => ({
    id: text(member(entry, "id")) ?? "",
    name: text(member(entry, "name")) ?? "",
  }));
  return { items, next: text(member(reply.body, "@odata.nextLink")) };
}
