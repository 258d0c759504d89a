import { UploadError } from "../errors.js";
import { memory } from "../files/open.js";
import { read } from "../files/read.js";
import { isLarge } from "../options.js";
import type { Created } from "../protocol.js";
import type { Job } from "../upload/job.js";
import { deliver } from "./deliver.js";
import { postWhole } from "./post.js";

/** Attaches one file in the way that its size asks for. Returns the attachment. */
export async function attachFile(given: Job): Promise<object> {
  return given.service.upload(async (service) => {
    const job = await readable({ ...given, service });
    const { attachment } = await deliver(job, () => post(job));
    return attachment;
  });
}

async function post(job: Job): Promise<Created> {
  const { post } = job.protocol;
  if (post) return { attachment: await postWhole(job, post) };
  const message = `${job.service.api.label} takes no upload session for ${job.file.name}, and has no other request for a file.`;
  throw new UploadError("unsupported", message);
}

/** Reads a stream that is small enough for one request as a whole: if the request is refused, a session needs it again. */
async function readable(job: Job): Promise<Job> {
  const { content, file, service } = job;
  if (content.anywhere || isLarge(file.size, service.settings)) return job;
  const bytes = await service.whileReading(read(content, 0, file.size, service.settings.signal));
  return { ...job, content: memory(bytes) };
}

/** Attaches a file when it is its turn among all uploads to the same item. */
export function attachInTurn(job: Job): Promise<object> {
  const { traffic, settings } = job.service;
  return traffic.items.run(job.turn, () => attachFile(job), settings.signal);
}
