import { UploadError } from "../errors.js";
import type { Protocol } from "../protocol.js";
import { parseUrl } from "../urls.js";
import { isCut, mustBeWhole } from "./names.js";

/** The protocol of a URL, and the collection there. */
export interface Match {
  readonly protocol: Protocol;
  readonly collection: string;
}

/** Finds the protocol that takes attachments at this URL. No protocol matches a URL that is cut off. */
export function match(url: string, protocols: readonly Protocol[]): Match | undefined {
  if (isCut(url)) return undefined;
  for (const protocol of protocols) {
    const collection = protocol.target.collection(url);
    if (collection !== undefined) return { protocol, collection };
  }
  return undefined;
}

/** The paths of POSTs that create or send something with files. */
const WITH_FILES =
  /[/.](sendMail|reply|replyAll|forward|create(Reply|ReplyAll|Forward)|messages|events|replies|replyWithQuote)\/?$/i;

/** Like `match`, but throws an `UploadError` if nothing takes attachments there. */
export function mustMatch(url: string, protocols: readonly Protocol[]): Match {
  mustBeWhole(url);
  const found = match(url, protocols);
  if (found) return found;
  const path = parseUrl(url)?.pathname ?? "This URL";
  if (WITH_FILES.test(path)) {
    throw new UploadError("invalid", `${path} takes files with a POST: use .withAttachments([file]).post(…).`);
  }
  const takers =
    "an Outlook message or event, a To Do task, a file of a drive, the filesFolder of a channel, or a print document (or a work item, with createAzureDevOpsClient)";
  throw new UploadError("invalid", `${path} takes no attachments. Give the URL of ${takers}.`);
}
