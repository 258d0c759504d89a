import { UploadError } from "../errors.js";
import { Refusal } from "../http/refusal.js";
import { isLarge } from "../options.js";
import type { Created, Verdict } from "../protocol.js";
import type { Job } from "../upload/job.js";
import { discardSession, openSession } from "../upload/session.js";
import { Upload } from "../upload/upload.js";
import { isLinked } from "./link.js";

/** Errors after which the upload can be resumed, or the service may have the file: its session is kept. */
const KEPT = new Set(["interrupted", "stalled", "uncertain"]);

/**
 * Attaches a file in the way that its size asks for, and in the other way if the service says so: a request that is too
 * large becomes a session, and a session that is too small becomes a request. `post` makes the request, or throws a `Refusal`.
 */
export async function deliver<T>(job: Job, post: () => Promise<T>): Promise<T | Created> {
  const { size } = job.file;
  const large = size > 0 && isLarge(size, job.service.settings);
  if (!large) {
    try {
      return await post();
    } catch (error) {
      if (size === 0 || !isRefusal(error, "tooLarge")) throw error;
    }
  }
  try {
    return await job.service.upload(() => uploadWhole(job));
  } catch (error) {
    if (!large || !isRefusal(error, "tooSmall")) throw error;
    return post();
  }
}

function isRefusal(error: unknown, verdict: Verdict): boolean {
  return error instanceof Refusal && error.verdict === verdict;
}

/** Opens or resumes a session and sends the file. Discards a session that nobody can resume. */
async function uploadWhole(job: Job): Promise<Created> {
  const { service, protocol, checkpoint, linkTo } = job;
  const stored = await checkpoint?.load();
  const attachment = stored?.attachment;
  if (attachment && linkTo !== undefined && protocol.link && (await isLinked(job, protocol.link, attachment))) {
    return { attachment };
  }
  const session = stored ?? (await (job.ahead?.take() ?? openSession(job)));
  const upload = new Upload(job, session, stored !== undefined);
  try {
    if (!stored) await checkpoint?.save(session);
    return await upload.run(service, stored !== undefined);
  } catch (error) {
    job.content.close(error);
    const kept = error instanceof UploadError && KEPT.has(error.code);
    if (!kept) await Promise.allSettled([discardSession(job, upload.session), checkpoint?.remove()]);
    throw error;
  }
}
