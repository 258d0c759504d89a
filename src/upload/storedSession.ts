import { UploadError } from "../errors.js";
import type { FileInfo } from "../file.js";
import { isObject } from "../isObject.js";
import type { Protocol } from "../protocol.js";
import type { UploadSession } from "../uploadSession.js";
import { originOf, parseUrl } from "../urls.js";

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const isOptional = (value: unknown, is: (value: unknown) => boolean) => value === undefined || is(value);

/** Ranges go over https, unless the API itself does not. */
function isSafe(uploadUrl: string, collection: string): boolean {
  const parsed = parseUrl(uploadUrl);
  if (!parsed) return false;
  const { protocol, username } = parsed;
  return username === "" && (protocol === "https:" || (protocol === "http:" && collection.startsWith("http:")));
}

/** Throws if ranges must not go to this URL. */
export function mustBeSafe(uploadUrl: string, collection: string): void {
  if (isSafe(uploadUrl, collection)) return;
  throw new UploadError("invalid", "The upload URL of the session is not an https URL; nothing was sent to it.");
}

/** Checks that a value is a session of one of these protocols. A stored session has been out of this package's hands. */
export function isSession(value: unknown, protocols: readonly Protocol[]): value is UploadSession {
  return (
    isShaped(value) &&
    isOwned(
      value,
      protocols.find(({ name }) => name === value.protocol),
    )
  );
}

/** True if a value has the members of a session. */
export function isShaped(value: unknown): value is UploadSession {
  if (!isObject(value)) return false;
  const { protocol, collection, uploadUrl, offset, expires, before, attachment, fingerprint, linkTo, file } = value;
  const { owner, whole, done } = value;
  return [
    [protocol, collection].every(isText),
    whole === true ? uploadUrl === "" : whole === undefined && isText(uploadUrl),
    isOptional(owner, isText),
    isOptional(done, isObject),
    isWhole(offset),
    isOptional(before, (ids) => Array.isArray(ids) && ids.every(isText)),
    isOptional(attachment, isObject),
    [expires, fingerprint, linkTo].every((text) => isOptional(text, isText)),
    isObject(file) && Object.entries(FILE).every(([name, is]) => is(file[name])),
  ].every(Boolean);
}

const isFlag = (value: unknown) => typeof value === "boolean";
const optional = (is: (value: unknown) => boolean) => (value: unknown) => isOptional(value, is);
const words = optional((value) => typeof value === "string");

/** The metadata that a stored session may hold. Anything else in it is not for this package. */
const FILE: Readonly<Record<keyof FileInfo, (value: unknown) => boolean>> = {
  name: isText,
  size: isWhole,
  contentType: words,
  isInline: optional(isFlag),
  contentId: words,
  comment: words,
  conflictBehavior: optional((value) => /^(fail|replace|rename)$/.test(String(value))),
  description: words,
  fileSystemInfo: optional((times) => isObject(times) && Object.values(times).every(words)),
  deferCommit: optional(isFlag),
};

/** The session with nothing but the metadata of its file, so that no stored member passes for an option. */
export function withoutOptions(session: UploadSession): UploadSession {
  const { name, size, ...about } = session.file;
  const members = Object.entries(about);
  const known = members.filter(([member]) => Object.hasOwn(FILE, member));
  return known.length === members.length ? session : { ...session, file: { name, size, ...Object.fromEntries(known) } };
}

function isOwned(session: UploadSession, protocol: Protocol | undefined): boolean {
  const { collection, uploadUrl, linkTo } = session;
  if (!protocol || protocol.target.collection(collection) === undefined) return false;
  if (!session.whole && (!isSafe(uploadUrl, collection) || !protocol.session.owns(session))) return false;
  if (linkTo === undefined) return true;
  return protocol.link?.item(linkTo) !== undefined && originOf(linkTo) === originOf(collection);
}

/** Returns the session, or throws an `UploadError` if it is not a session. */
export function parseSession(session: unknown, protocols: readonly Protocol[]): UploadSession {
  if (isSession(session, protocols) && !session.whole) return withoutOptions(session);
  throw new UploadError(
    "invalid",
    "This is not a stored upload session: give the JSON of task.session, or error.session.",
  );
}
