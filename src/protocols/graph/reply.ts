import type { FileInfo } from "../../file.js";
import { isObject } from "../../isObject.js";
import { member, text } from "../../json.js";
import type { Reply, Verdict } from "../../protocol.js";
import { firstGap } from "../../range.js";
import type { OpenedSession } from "../../uploadSession.js";
import { andThen, wordsOf } from "../../words.js";
import { decoded } from "./path.js";

/** Temporary failures: Graph's general list of errors, and 509 (bandwidth). */
const PASSING = new Set([408, 500, 502, 503, 504, 509]);
const WRONG_RANGE = /^(invalidRange|fragmentOverlap|fragmentOutOfOrder)$/i;
const SESSION_GONE = /^(uploadSessionNotFound|uploadSessionFailed)$/i;
/** Codes of a 404 for an item. Those for a mailbox, a path or a user are others, and do not pass. */
const NOT_FOUND = /^(ErrorItemNotFound|itemNotFound|notFound|UnknownError|)$/i;
const TOO_LONG = /maximum request length|entity ?too ?large/i;

/** The id at the end of `…/Attachments('ID')` or `…/Attachments/ID`. */
export function attachmentId(location: string | null): string | undefined {
  const [path = ""] = (location ?? "").split(/[?#]/, 1);
  const match = /\/attachments(?:\('((?:[^']|'')+)'\)|\/([^/]+))\/?$/i.exec(path);
  const id = match?.[1]?.replaceAll("''", "'") ?? match?.[2];
  return id === undefined ? undefined : decoded(id);
}

/** Reads an `uploadSession` resource. */
export function readSession(reply: Reply): OpenedSession | undefined {
  const uploadUrl = text(member(reply.body, "uploadUrl"));
  if (reply.status >= 300 || uploadUrl === undefined) return undefined;
  const expires = text(member(reply.body, "expirationDateTime"));
  return { uploadUrl, expires, offset: firstGap(member(reply.body, "nextExpectedRanges"))?.next ?? 0 };
}

/** The code of an error in JSON, or "". */
function codeIn(body: unknown): string {
  return text(member(member(body, "error"), "code")) ?? "";
}

/** Exchange answers 404 for a while after it has created an item (field reports). */
export function mayAppear({ status, body }: Reply): boolean {
  return status === 404 && NOT_FOUND.test(codeIn(body));
}

export function verdict({ status, body }: Reply): Verdict {
  const code = codeIn(body);
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

/** The words of a refusal by an application access policy, which has the code of a missing permission (docs: auth-limit-mailbox-access). */
export const POLICY = /Access to OData is disabled|AppOnly AccessPolicy/i;
/** The words of a refusal by a drive that was never set up (field reports). */
const NO_DRIVE = /mysite not found/i;

/** Facts about a service that decide the advice for its refusals. */
export interface Advice {
  /** The permission that attaching needs. */
  readonly permission: string;
  /** Collections in clouds that have no upload sessions of this kind. */
  readonly noSessions?: RegExp;
  /** Advice for a status, a code or words of this service. */
  readonly remedies?: readonly (readonly [
    pattern: RegExp,
    remedy: string | ((url: string, file?: FileInfo) => string),
  ])[];
}

/** Advice for a refusal, if there is any. The service's own words come first. */
function remedy(
  { status, body, from }: Reply,
  collection: string,
  { permission, noSessions, remedies = [] }: Advice,
  file?: FileInfo,
): string | undefined {
  const code = codeIn(body);
  const message = text(member(member(body, "error"), "message")) ?? "";
  const isApi = from !== "upload"; // an upload host knows neither permissions nor clouds
  if (isApi && status === 403 && POLICY.test(message)) {
    return "An application access policy of Exchange keeps this app out of the mailbox. Ask its administrator to add the mailbox to the policy.";
  }
  if (NO_DRIVE.test(message)) {
    return "The account has no OneDrive: it needs a license for one, and has to open it once in a browser.";
  }
  if (code === "ErrorMessageSizeExceeded") {
    return "The organization limits the size of messages, often to 35 MB in all. Share a link to the file, or ask the administrator to raise the limit.";
  }
  if (isApi && noSessions?.test(collection) && [400, 404, 405, 501].includes(status)) {
    return "US Government clouds have no upload sessions for Outlook, so files above about 3 MB cannot be attached there. Share a link instead.";
  }
  if (isApi && status === 403 && /AccessDenied/i.test(code)) return `This may need the permission ${permission}.`;
  const found = remedies.find(([pattern]) => pattern.test(`${status} ${code} ${message}`))?.[1];
  return typeof found === "function" ? found(collection, file) : found;
}

/** A redirect to elsewhere: no token and no file goes there. */
const isRedirect = ({ status }: Reply) => status >= 300 && status < 400;
const MOVED = "The site has moved; look its id up again, and use its new URL.";

/** Adds advice to a refusal. */
export function explain(reply: Reply, collection: string, advice: Advice, file?: FileInfo): Reply {
  if (isRedirect(reply) && reply.from !== "upload")
    return { ...reply, body: { error: { code: "Moved", message: MOVED } } };
  const advised = remedy(reply, collection, advice, file);
  if (advised === undefined) return reply;
  const error = member(reply.body, "error");
  const message = andThen(wordsOf(reply), advised);
  return { ...reply, body: { error: { ...(isObject(error) ? error : { code: "UnknownError" }), message } } };
}
