import { UploadError } from "../errors.js";
import { graphError, NoReply } from "../http/refusal.js";
import { holdsNone } from "../upload/find.js";
import type { Reply } from "../protocol.js";
import type { UploadPlan } from "../upload/session.js";

/** Attaches a whole file by one request; repeats it only where it is certain that the service has not kept the file. */
export async function postWhole({ service, collection, file, content }: UploadPlan): Promise<Reply> {
  const { protocol } = service;
  const bytes = await content.read(0, file.size);
  let unheard = false;
  for (const patience = service.patience(); ;) {
    const request = protocol.post!(collection, file, bytes);
    const answer = await service.attempt(request);
    const reply = answer instanceof NoReply ? undefined : answer;
    const trouble = reply ? protocol.trouble(reply) : "passing";
    const answered = reply && trouble !== "busy" && trouble !== "passing";
    if (answered && !(unheard && reply.status >= 300)) return reply;
    if (trouble === "passing" && request.repeatable) unheard = true;
    const more = !answered && (await patience.again(reply));
    const unknown = unheard ? !more : trouble === "passing" && !(await holdsNone(service, collection, file));
    if (unknown) throw uncertain(protocol.service, answer);
    if (!more && reply) throw service.refusal(reply);
    if (!more) throw service.interrupted(answer);
  }
}

function uncertain(service: string, answer: Reply | NoReply): UploadError {
  const message = `The reply was lost, and whether ${service} has the file cannot be known. Look at the item's attachments before attaching again.`;
  return new UploadError("uncertain", message, { cause: answer instanceof NoReply ? answer : graphError(answer) });
}
