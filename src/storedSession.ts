import { UploadError } from "./errors.js";
import type { UploadSession } from "./protocol.js";
import { protocolNamed } from "./protocols/index.js";

const isText = (value: unknown) => typeof value === "string" && value !== "";
const isWhole = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
const isOptional = (value: unknown, is: (value: unknown) => boolean) => value === undefined || is(value);
const originOf = (url: string) => (URL.canParse(url) ? new URL(url).origin : undefined);

/** A stored session has been out of our hands: throws an `UploadError` unless it is one, of a protocol for its URLs. */
export function sound(session: UploadSession): UploadSession {
  const {
    protocol: name,
    collection,
    uploadUrl,
    offset,
    file,
    before,
    linkTo,
  } = (session ?? {}) as Partial<UploadSession>;
  const protocol = isText(name) ? protocolNamed(name!) : undefined;
  const facts = [
    [collection, uploadUrl, file?.name].every(isText),
    [offset, file?.size].every(isWhole),
    isOptional(before, (ids) => Array.isArray(ids) && ids.every(isText)),
    isText(collection) && protocol?.collection(collection!) !== undefined,
    isOptional(linkTo, (url) => isText(url) && protocol?.linking?.item(url as string) !== undefined),
    isOptional(linkTo, (url) => originOf(url as string) === originOf(collection ?? "")),
  ];
  if (facts.every(Boolean)) return session;
  throw new UploadError(
    "invalid",
    "This is no stored upload session: give the JSON of task.session, or error.session.",
  );
}
