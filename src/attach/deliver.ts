import { UploadError } from "../errors.js";
import { Refusal } from "../http/refusal.js";
import { isLinked } from "./link.js";
import { isLarge } from "../options.js";
import type { Created, Trouble } from "../protocol.js";
import { openSession, type UploadPlan } from "../upload/session.js";
import { Upload } from "../upload/upload.js";

/** Errors after which the upload can go on, or the service may have the file: its session is left alone. */
const KEPT = new Set(["interrupted", "stalled", "uncertain"]);

/** How a file gets attached: `post` by one request, answering `R`, whose trouble `troubleOf` reads. */
export interface Delivery<R> {
  readonly plan: UploadPlan;
  post(): Promise<R>;
  troubleOf(result: R): Promise<Trouble | undefined>;
}

/**
 * Attaches a file in the way that its size asks for, and in the other one where the service says that it must be:
 * a request that is too large becomes a session, a session that is too small becomes a request.
 */
export async function deliver<R>({
  plan,
  post,
  troubleOf,
}: Delivery<R>): Promise<{ posted: R } | { created: Created }> {
  const { size } = plan.file;
  const large = size > 0 && isLarge(size, plan.service.settings);
  if (!large) {
    const posted = await post();
    if (size === 0 || (await troubleOf(posted)) !== "tooLarge") return { posted };
  }
  try {
    return { created: await plan.service.upload(() => uploadWhole(plan)) };
  } catch (error) {
    if (!large || !(error instanceof Refusal) || plan.service.protocol.trouble(error.reply) !== "tooSmall") throw error;
    return { posted: await post() };
  }
}

/** Opens a session, or takes one up, and sends the file; a session that nobody can go on with is discarded. */
async function uploadWhole(plan: UploadPlan): Promise<Created> {
  const { service, checkpoint, linkTo } = plan;
  const stored = await checkpoint?.load();
  if (stored?.attachment && linkTo && (await isLinked(service, linkTo, stored.attachment)))
    return { attachment: stored.attachment };
  const session = stored ?? (await (plan.opened?.() ?? openSession(plan)));
  await checkpoint?.save(session);
  const upload = new Upload(plan, session, stored !== undefined);
  try {
    return await upload.run(service, stored !== undefined);
  } catch (error) {
    plan.content.close(error);
    const kept = error instanceof UploadError && KEPT.has(error.code);
    if (!kept) await Promise.allSettled([service.discard(upload.session), checkpoint?.remove()]);
    throw error;
  }
}
