import { UploadError } from "../errors.js";
import { memory } from "../files/open.js";
import { read } from "../files/read.js";
import { graphError, Refusal } from "../http/refusal.js";
import { isObject, member, text } from "../json.js";
import { isLarge } from "../options.js";
import type { Created, WireRequest } from "../protocol.js";
import type { Job } from "../upload/job.js";
import { deliver } from "./deliver.js";
import { postWhole } from "./post.js";
import { tryPlaces } from "./tryAgain.js";

/** Attaches one file in the way that its size asks for. Returns the attachment. */
export async function attachFile(given: Job): Promise<object> {
  return tryPlaces(await readable(given), async (job) => {
    const { attachment } = await deliver(job, () => post(job));
    return attachment;
  });
}

async function post(job: Job): Promise<Created> {
  const { post } = job.protocol;
  if (post) {
    const attachment = await postWhole(job, post);
    const more = post.after?.(job.collection, job.file, attachment);
    return { attachment: more ? await complete(job, attachment, more) : attachment };
  }
  const message = `${job.service.api.label} takes no upload session for ${job.file.name}, and has no other request for a file.`;
  throw new UploadError("unsupported", message);
}

/** Sends what the single request could not carry. */
async function complete({ service, file }: Job, attachment: object, more: WireRequest): Promise<object> {
  try {
    return await service.get(more, ({ status, body }) => (status < 300 && isObject(body) ? body : undefined));
  } catch (error) {
    service.settings.signal?.throwIfAborted();
    const message = `${file.name} is uploaded, but without its description and dates. Set them yourself, or delete it.`;
    const cause = error instanceof Refusal ? graphError(error.reply) : error;
    throw new UploadError("leftBehind", message, { cause, item: text(member(attachment, "id")) });
  }
}

/** Reads a stream that is small enough for one request as a whole: if the request is refused, a session needs it again. */
async function readable(job: Job): Promise<Job> {
  const { content, file, service } = job;
  if (content.anywhere || isLarge(file.size, service.settings)) return job;
  return { ...job, content: memory(await read(content, 0, file.size, service.settings.signal)) };
}

/** Attaches a file when it is its turn among all uploads to the same item. */
export function attachInTurn(job: Job): Promise<object> {
  const { traffic, settings } = job.service;
  return traffic.items.run(job.turn, () => attachFile(job), settings.signal);
}
