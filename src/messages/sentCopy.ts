import type { Context } from "@microsoft/microsoft-graph-client";
import { COPY_NEEDED } from "../attach/mustBeOnce.js";
import { UploadError } from "../errors.js";
import { headerEntries } from "../http/headers.js";
import { heldIn } from "./letter.js";
import { isDeferred } from "./mark.js";
import type { Work } from "./work.js";

/** Lets the draft keep its id when it is sent, so that its copy can be found. */
export function immutableId({ options }: Context): Record<string, string> {
  const given = headerEntries(options?.headers).filter(([name]) => name.toLowerCase() === "prefer");
  return { Prefer: [...given.map(([, value]) => value), 'IdType="ImmutableId"'].join(", ") };
}

/** Refuses to send a draft without a copy if nobody has allowed that the copy is deleted, or if that would do harm. */
export function mustBeSaved({ deletesCopy, mayDeleteCopy, once, letter }: Work): void {
  if (!deletesCopy) return;
  if (once !== undefined) throw new UploadError("invalid", COPY_NEEDED);
  if (isDeferred(heldIn(letter))) throw new UploadError("unsupported", DEFERRED);
  if (!mayDeleteCopy) throw new UploadError("unsupported", UNSAVED);
}

const UNSAVED =
  "A message that is too large for one request is sent as a draft, which Outlook always saves, so saveToSentItems: false is not possible. Omit it, or give { deleteSentCopy: true } to have the copy deleted after sending.";
const DEFERRED =
  "A message that is sent later waits in Drafts until then, and deleting its copy would cancel it. Omit saveToSentItems: false. Nothing was sent.";
