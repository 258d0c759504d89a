import { UploadError } from "../errors.js";
import type { UploadProtocol, UploadSession } from "../protocol.js";

const isText = (value: unknown) => typeof value === "string" && value !== "";
const isWhole = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
const isOptional = (value: unknown, is: (value: unknown) => boolean) => value === undefined || is(value);
const originOf = (url: unknown) =>
  isText(url) && URL.canParse(url as string) ? new URL(url as string).origin : undefined;
const isSafe = (uploadUrl: string, collection: string) =>
  URL.canParse(uploadUrl) &&
  (/^https:/i.test(uploadUrl) || collection.startsWith("http:")) &&
  /^https?:/i.test(uploadUrl) &&
  new URL(uploadUrl).username === "";

/** Whether it is a session of one of these protocols, for its URLs: a stored one has been out of our hands. */
export function isSound(session: unknown, protocols: readonly UploadProtocol[]): session is UploadSession {
  if (typeof session !== "object" || session === null) return false;
  const {
    protocol: name,
    collection,
    uploadUrl,
    offset,
    file,
    before,
    linkTo,
    attachment,
  } = session as Partial<UploadSession>;
  const protocol = protocols.find((one) => one.name === name);
  if (![collection, uploadUrl, file?.name].every(isText) || ![offset, file?.size].every(isWhole)) return false;
  const facts = [
    isOptional(before, (ids) => Array.isArray(ids) && ids.every(isText)),
    isOptional(attachment, (made) => typeof made === "object" && made !== null),
    protocol?.collection(collection!) !== undefined,
    isSafe(uploadUrl!, collection!),
    protocol?.opened(session as UploadSession),
    isOptional(linkTo, (url) => isText(url) && protocol?.linking?.item(url as string) !== undefined),
    isOptional(linkTo, (url) => originOf(url) === originOf(collection)),
  ];
  return facts.every(Boolean);
}

/** Throws an `UploadError` for what is no session. */
export function sound(session: UploadSession, protocols: readonly UploadProtocol[]): UploadSession {
  if (isSound(session, protocols)) return session;
  throw new UploadError(
    "invalid",
    "This is no stored upload session: give the JSON of task.session, or error.session.",
  );
}
