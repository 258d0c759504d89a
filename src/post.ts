import { graphError, NoReply, UploadError } from "./errors.js";
import { holdsNone } from "./find.js";
import type { Reply } from "./protocol.js";
import { interrupted } from "./service.js";
import type { UploadPlan } from "./session.js";

/** Attaches a whole file by one request; repeats it only where it is certain that the service has not kept the file. */
export async function postWhole({ service, collection, file, content }: UploadPlan): Promise<Reply> {
  const { protocol } = service;
  const bytes = await content.read(0, file.size);
  for (const patience = service.patience(); ;) {
    const answer = await service.attempt(protocol.post(collection, file, bytes));
    const reply = answer instanceof NoReply ? undefined : answer;
    const trouble = reply ? protocol.trouble(reply) : "passing";
    if (reply && trouble !== "busy" && trouble !== "passing") return reply;
    const repeatable = trouble === "busy" || (await holdsNone(service, collection, file.name));
    if (!repeatable) throw uncertain(protocol.service, answer);
    if (!(await patience.again(reply))) {
      if (reply) throw service.refusal(reply);
      throw interrupted(protocol, answer);
    }
  }
}

function uncertain(service: string, answer: Reply | NoReply): UploadError {
  const message = `The reply was lost, and ${service} may or may not have the file: the item holds an attachment of this name. Look at it before attaching again.`;
  return new UploadError("uncertain", message, { cause: answer instanceof NoReply ? answer : graphError(answer) });
}
