import { UploadError } from "../errors.js";
import { isObject } from "../isObject.js";
import type { Reply } from "../protocol.js";
import type { UploadSession } from "../uploadSession.js";
import { hostOf } from "../urls.js";
import { causeOf, errorBody, graphError, type Answer } from "./refusal.js";

export const RESUME = "Resume it later with LargeAttachmentTask.restore(client, error.session, file).";

/**
 * The error of an upload whose retries have all failed. `label`: the service, as people call it. `refusal`: the last reply, in
 * Graph's shape. `session`: the upload that can be resumed. `unreached`: the host that was never reached, in contrast to the API's.
 */
export function interrupted(
  label: string,
  last: Answer | undefined,
  refusal: Reply | undefined,
  session?: UploadSession,
  unreached?: string,
): UploadError {
  const resume = session ? RESUME : "Nothing was attached; try again later.";
  if (!last || (last.reply && last.reply.status < 300))
    return new UploadError("stalled", `${label} answers, but takes no more bytes. ${resume}`, { session });
  if (last.reply === undefined && last.cause.untrusted) {
    const message = `${label} was not reached, because its certificate is not trusted: ${last.cause.message}. Behind a proxy that inspects traffic, trust the proxy's certificate (in Node with NODE_EXTRA_CA_CERTS).`;
    return new UploadError("interrupted", message, { cause: last.cause, session });
  }
  const words = refusal && isObject(refusal.body) ? errorBody(refusal).message.replace(/[.\s]+$/, "") : "";
  const own = words.startsWith("The service answered") ? "" : words;
  const why = last.reply
    ? [`it answered ${last.reply.status}`, own].filter(Boolean).join(": ")
    : unreached === undefined
      ? last.cause.message.replace(/\.$/, "")
      : `Graph is reached, but ${unreached} is not (${last.cause.code ?? last.cause.message}): let a firewall or proxy pass it`;
  const message = `${label} did not take the file, even after retries: ${why}. ${resume}`;
  return new UploadError("interrupted", message, { cause: refusal ? graphError(refusal) : causeOf(last), session });
}

/** The host of the upload URL, if nothing has ever got through to it, and it is not the API's own. Only the host: the rest is secret. */
export function unreachedHost(session: UploadSession, last: Answer | undefined): string | undefined {
  if (!last || last.reply || last.cause.timedOut) return undefined;
  const host = hostOf(session.uploadUrl);
  const never = last.verdict === "unsent" || session.offset === 0;
  return never && host !== hostOf(session.collection) ? host : undefined;
}
