import { UploadError } from "../errors.js";
import { Refusal } from "../http/refusal.js";
import { untilKnown } from "../http/untilKnown.js";
import { isLarge } from "../settings.js";
import type { Verdict } from "../protocol.js";
import type { Job } from "../upload/job.js";
import { discardSession, openListed, openSession, tryToOpen } from "../upload/session.js";
import { Upload } from "../upload/upload.js";
import type { Created, UploadSession } from "../uploadSession.js";
import { isLinked } from "./link.js";
import { keepOne, postKept, stillThere } from "./kept.js";
import { fitsOnePost } from "./post.js";

/** Errors after which the upload can be resumed, or the service may have the file: its session is kept. */
const KEPT = new Set(["interrupted", "stalled", "uncertain"]);

/** Refusals of a session that do not mean that one request would be refused: a cloud, a mailbox or an app without sessions. */
const NO_SESSION = new Set([400, 403, 404, 405, 501]);

/**
 * Attaches a file in the way that its size asks for, and in the other way if the service says so: a request that is too
 * large becomes a session, and a session that is too small or refused becomes a request. `post` makes the request, or throws
 * a `Refusal`. `fits`: one request can carry the file.
 */
export async function deliver<T>(job: Job, post: () => Promise<T>, fits = fitsOnePost(job)): Promise<T | Created> {
  const { size } = job.file;
  const large = size > 0 && isLarge(size, job.service.settings);
  const posted = () => untilKnown(job.service, () => postKept(job, post));
  if (!large) {
    try {
      return await posted();
    } catch (error) {
      if (size === 0 || !isRefusal(error, "tooLarge")) throw error;
    }
  }
  let opened = false;
  const open = () => (large && fits ? tryToOpen(job) : openSession(job));
  try {
    return await job.service.upload((service) => uploadWhole({ ...job, service }, open, () => (opened = true)));
  } catch (error) {
    if (!large || !(error instanceof Refusal)) throw error;
    if (error.verdict === "tooSmall") return posted();
    if (opened || !fits || !NO_SESSION.has(error.reply.status)) throw error;
    return posted().catch((another: unknown) => {
      throw saysNoMore(another, error) ? error : another;
    });
  }
}

/** The refusal of the session is the one to report if the request is refused alike, or only for its length. */
function saysNoMore(error: unknown, { reply }: Refusal): boolean {
  return error instanceof Refusal && (error.verdict === "tooLarge" || error.reply.status === reply.status);
}

function isRefusal(error: unknown, verdict: Verdict): boolean {
  return error instanceof Refusal && error.verdict === verdict;
}

/** Opens or resumes a session and sends the file. Discards a session that nobody can resume. */
async function uploadWhole(job: Job, open: () => Promise<UploadSession>, opened: () => void): Promise<Created> {
  const { service, protocol, checkpoint, linkTo } = job;
  const kept = await checkpoint?.load();
  const there = await stillThere(job, kept); // another process may have just done it
  if (there) return { attachment: there };
  const stored = kept?.whole || kept?.done ? undefined : kept;
  const attachment = stored?.attachment;
  if (attachment && linkTo !== undefined && protocol.link && (await isLinked(job, protocol.link, attachment))) {
    return { attachment };
  }
  const session = stored ?? (await job.ahead?.take()) ?? (await (checkpoint ? openListed(job, open) : open()));
  opened();
  const upload = new Upload(job, session, stored !== undefined);
  try {
    await checkpoint?.save(session);
    const created = await upload.run(service, stored !== undefined);
    return await keepOne(job, upload.session, created);
  } catch (error) {
    job.content.close(error);
    const { uploadUrl } = upload.session;
    const isTheirs = (await checkpoint?.rival())?.uploadUrl === uploadUrl;
    const code = error instanceof UploadError ? error.code : undefined;
    if (isTheirs || (code && KEPT.has(code))) throw error;
    // once it was taken over, the entry belongs to others, also if it is that of the process that this one took over from
    await Promise.allSettled([discardSession(job, upload.session), code !== "takenOver" && checkpoint?.remove()]);
    throw error;
  }
}
