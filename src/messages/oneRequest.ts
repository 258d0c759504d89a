import { created } from "../attach/answer.js";
import { UploadError } from "../errors.js";
import { Refusal } from "../http/refusal.js";
import type { Members } from "../isObject.js";
import { item } from "../protocols/graph/item.js";
import { REQUEST_LIMIT } from "../settings.js";
import { create } from "./compose.js";
import { firstBody, reportInside } from "./firstBody.js";
import { ending, whereToLook } from "./handOver.js";
import { heldIn } from "./letter.js";
import { isDeferred } from "./mark.js";
import { mustBeTaken, requestFor } from "./mime.js";
import type { Work } from "./work.js";

/** Returns how many bytes the first body may have if one request does not do it. */
export async function byOneRequest(work: Work, url: string): Promise<Response | number> {
  const { body, inside, outside } = await firstBody(work, REQUEST_LIMIT, true);
  if (outside.length > 0) return REQUEST_LIMIT;
  try {
    const response = await (work.composition.sends ? send(work, url, body) : create(work, body).then(created));
    reportInside(inside);
    return response;
  } catch (error) {
    if (error instanceof Refusal && error.verdict === "tooLarge" && inside.length > 0) return 0;
    throw error;
  }
}

async function send({ service, letter }: Work, url: string, body: Members): Promise<Response> {
  const reply = await service.ask({
    request: requestFor(letter, url, body),
    read(one) {
      mustBeTaken(one.status, letter.mime);
      return item.done(one) && one;
    },
    repeat: "ifNotTaken",
    uncertain(cause) {
      const message = `${ending(cause, "the sending")} ${whereToLook(isDeferred(heldIn(letter)))}`;
      return new UploadError("uncertain", message, { cause });
    },
  });
  return reply.body === undefined ? new Response(null, { status: reply.status }) : created(reply.body);
}
