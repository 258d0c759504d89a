import { memory } from "../files/open.js";
import { deliver } from "./deliver.js";
import { UploadError } from "../errors.js";
import { isLarge } from "../options.js";
import { postWhole } from "./post.js";
import type { Reply } from "../protocol.js";
import type { UploadPlan } from "../upload/session.js";

/** Attaches one file, in the way that its size asks for, and answers the attachment. */
export async function attachFile(given: UploadPlan): Promise<object> {
  const plan = await readable(given);
  const { protocol } = plan.service;
  const troubleOf = async (reply: Reply) => (reply.status < 300 ? undefined : protocol.trouble(reply));
  const result = await deliver({ plan, post: () => postWhole(plan), troubleOf });
  return "created" in result ? result.created.attachment : posted(result.posted, plan);
}

/** A stream that is small enough for one request is read whole: should the request be refused, a session needs it again. */
async function readable(plan: UploadPlan): Promise<UploadPlan> {
  const { content, file, service } = plan;
  if (content.anywhere || isLarge(file.size, service.settings)) return plan;
  return { ...plan, content: memory(await content.read(0, file.size)) };
}

function posted(reply: Reply, { file, service }: UploadPlan): object {
  if (service.protocol.trouble(reply) !== "unsure") throw service.refusal(reply);
  const { body } = reply;
  if (typeof body !== "object" || body === null) {
    const message = `${service.protocol.service} has taken the file, but its reply was cut before it named the attachment.`;
    throw new UploadError("uncertain", message);
  }
  const { contentBytes: _, ...attachment } = body as Record<string, unknown>;
  service.settings.onProgress?.({ loaded: file.size, total: file.size });
  return attachment;
}
