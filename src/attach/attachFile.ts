import { UploadError } from "../errors.js";
import { memory } from "../files/open.js";
import { read } from "../files/read.js";
import { isLarge } from "../options.js";
import type { Created } from "../protocol.js";
import type { Job } from "../upload/job.js";
import { deliver } from "./deliver.js";
import { fitsOnePost, postWhole } from "./post.js";

/** Attaches one file in the way that its size asks for. Returns the attachment. */
export async function attachFile(given: Job): Promise<object> {
  const job = await readable(given);
  const { attachment } = await deliver(job, () => post(job));
  return attachment;
}

async function post(job: Job): Promise<Created> {
  const { post } = job.protocol;
  if (post) return { attachment: await postWhole(job, post) };
  const message = `${job.service.api.label} takes no upload session for ${job.file.name}, and has no other request for a file.`;
  throw new UploadError("unsupported", message);
}

/** Reads a stream that one request can carry as a whole: whichever way is refused, the other needs it again. */
async function readable(job: Job): Promise<Job> {
  const { content, file, service } = job;
  if (content.anywhere || (isLarge(file.size, service.settings) && !fitsOnePost(job))) return job;
  return { ...job, content: memory(await read(content, 0, file.size, service.settings.signal)) };
}

/** Attaches a file when it is its turn among all uploads to the same item. */
export function attachInTurn(job: Job): Promise<object> {
  const { traffic, settings } = job.service;
  return traffic.items.run(job.turn, () => attachFile(job), settings.signal);
}
