import { tell } from "../callbacks.js";
import { UploadError } from "../errors.js";
import { read } from "../files/read.js";
import { Refusal } from "../http/refusal.js";
import { inBase64, lengthOf } from "../http/requestBody.js";
import { isObject } from "../isObject.js";
import { member, text } from "../json.js";
import { REQUEST_LIMIT } from "../settings.js";
import type { PostProtocol, Reply, WireRequest } from "../protocol.js";
import { holdsNone, namesakes } from "../upload/find.js";
import type { Job } from "../upload/job.js";

/** Attaches a whole file by one request. Repeats it only if the service certainly has not kept the file. */
export async function postWhole(job: Job, post: PostProtocol): Promise<object> {
  const { service, collection, file, content } = job;
  const { label } = service.api;
  if (post.inline) await service.turn(...inBase64(file.size));
  const bytes = await service.whileReading(read(content, 0, file.size, service.settings.signal));
  const repeatable = post.repeatable?.(collection, file) ?? false;
  const request = post.request(collection, file, bytes);
  let sent = false;
  const sending = async () => {
    await job.mustOwn?.();
    if (sent) await job.ahead?.notTaken();
    else if (job.ahead) setTimeout(job.ahead.lastRange); // once the request has left
    sent = true;
    return request;
  };
  let conflict = false;
  const settle = async () => {
    if (conflict) return findSame(job, post, request);
    return (await holdsNone(job)) ? "notDone" : undefined;
  };
  const { body } = await service.ask<{ readonly body: unknown }>({
    request: sending,
    // a sign-in page comes with a success
    read: (reply) =>
      reply.status < 300 && service.api.verdict(reply) !== "refused" ? { body: reply.body } : undefined,
    repeat: repeatable ? "always" : "ifNotTaken",
    mayFollow: (reply) => (conflict = isConflict(reply)),
    settle: repeatable ? undefined : settle,
    uncertain: (cause) => unconfirmed(job, cause),
  });
  if (!isObject(body)) {
    const message = `${label} has taken ${file.name}, but its reply was cut off before it named the attachment.`;
    throw new UploadError("uncertain", message);
  }
  const { contentBytes: _, ...attachment } = body;
  tell(service.settings.onProgress, { loaded: file.size, total: file.size });
  return attachment;
}

/** Exchange reports a conflict also after it has kept the file. */
const isConflict = ({ status }: Reply) => status === 412;

/**
 * Finds the attachment that a refused request has created all the same. One of that name with other bytes is another file.
 * `undefined` if nobody can tell.
 */
async function findSame(
  job: Job,
  { inline }: PostProtocol,
  { body }: WireRequest,
): Promise<{ readonly body: object } | "notDone" | undefined> {
  const { service, collection } = job;
  const named = await namesakes(job);
  if (named?.length === 0) return "notDone";
  if (!named || !inline || body === undefined) return undefined;
  const written: unknown = JSON.parse(String(body));
  for (const { id } of named) {
    const held = await service
      .get(inline.read(collection, id), ({ status, body }) => (status === 200 && isObject(body) ? body : undefined))
      .catch((error: unknown) => {
        if (!(error instanceof Refusal || error instanceof UploadError)) throw error;
      });
    if (text(member(held, "contentBytes")) === undefined) return undefined;
    const isSame = (name: string) => (member(held, name) ?? null) === (member(written, name) ?? null);
    if (held && isSame("contentBytes") && isSame("contentId")) return { body: held };
  }
  return "notDone";
}

/** True if one request can carry a file, in base64 and with what stands around it. */
export function fitsOnePost({ file, protocol, collection }: Job): boolean {
  const { post } = protocol;
  if (!post?.inline || post.carries?.(file) === false) return false;
  const empty = lengthOf(post.request(collection, file, new Uint8Array(0)).body);
  return empty + 4 * Math.ceil(file.size / 3) <= REQUEST_LIMIT;
}

/** The error of a request that may or may not have attached a file. */
export function unconfirmed({ service, file, protocol }: Job, cause: Error): UploadError {
  const { where = "the item's attachments" } = protocol.target;
  const message = `${service.api.label} did not confirm the request, so it may have ${file.name}. Check ${where} before you attach it again.`;
  return new UploadError("uncertain", message, { cause });
}
