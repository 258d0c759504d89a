import { UploadError } from "../errors.js";
import { RESUME } from "../http/interrupted.js";
import { errorBody, Refusal } from "../http/refusal.js";
import { inMegabytes } from "../megabytes.js";
import type { Composition } from "../protocols/compositions.js";
import { POLICY } from "../protocols/graph/reply.js";
import { andThen } from "../words.js";

/** Explains why a request that used to need only Mail.Send is refused. */
export function explained(refusal: Refusal, { permission, sends }: Composition): Refusal {
  const { reply, verdict } = refusal;
  if (POLICY.test(errorBody(reply).message)) return refusal;
  const error = errorBody(reply);
  if (reply.status !== 403 || !/AccessDenied/i.test(error.code)) return refusal;
  const next = sends ? " next to Mail.Send" : "";
  const why = `Attachments that do not fit into one request are added to an item that is created first, which may need the permission ${permission}${next}.`;
  const message = andThen(error.message, why);
  return new Refusal({ ...reply, body: { error: { ...error, message } } }, verdict);
}

/** The item of an upload that could be resumed is gone or resumed as a whole, so its session is of no use. */
export function withoutSession(error: unknown, and: string): unknown {
  if (!(error instanceof UploadError) || !error.session) return error;
  const { name, size } = error.session.file;
  const why = error.message.includes(RESUME)
    ? error.message.replace(` ${RESUME}`, "")
    : "A file could not be attached.";
  const file = why.includes(name) ? "" : ` The file is ${name} (${inMegabytes(size)}).`;
  const message = `${why}${file} Nothing was sent, ${and}.`;
  return new UploadError(error.code, message, { cause: error.cause ?? error });
}
