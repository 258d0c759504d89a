import { UploadError } from "../errors.js";
import { memory } from "../files/open.js";
import { read } from "../files/read.js";
import { errorBody, Refusal, withWords } from "../http/refusal.js";
import { inMegabytes } from "../megabytes.js";
import { isLarge } from "../options.js";
import type { Created, FileInfo } from "../protocol.js";
import type { Job } from "../upload/job.js";
import { deliver } from "./deliver.js";
import { postWhole } from "./post.js";

/** Attaches one file in the way that its size asks for. Returns the attachment. */
export async function attachFile(given: Job): Promise<object> {
  try {
    const { file, service } = given;
    const job = isLarge(file.size, service.settings) ? given : await readable(given);
    let whole: Promise<Job> | undefined;
    const { attachment } = await deliver(job, async () => post(await (whole ??= readable(job))));
    return attachment;
  } catch (error) {
    throw given.several ? naming(error, given.file) : error;
  }
}

/** An error that says which of several files it is about. Errors that are not about a file, such as an abort, stay as they are. */
function naming(error: unknown, { name, size }: FileInfo): unknown {
  const length = inMegabytes(size);
  const words = `The file is ${name} (${length}).`;
  const says = (message: string) => message.includes(name) && message.includes(length);
  if (error instanceof Refusal) return says(errorBody(error.reply).message) ? error : withWords(error, words);
  if (!(error instanceof UploadError) || error.code === "cancelled" || says(error.message)) return error;
  const { code, message, cause, session, item } = error;
  return new UploadError(code, `${message} ${words}`, { cause, session, item });
}

async function post(job: Job): Promise<Created> {
  const { post } = job.protocol;
  if (post) return { attachment: await postWhole(job, post) };
  const message = `${job.service.api.label} takes no upload session for ${job.file.name}, and has no other request for a file.`;
  throw new UploadError("unsupported", message);
}

/** Reads a stream as a whole: a request that is refused may be made again, or become a session. */
async function readable(job: Job): Promise<Job> {
  const { content, file, service } = job;
  if (content.anywhere) return job;
  return { ...job, content: memory(await read(content, 0, file.size, service.settings.signal)) };
}

/** Attaches a file when it is its turn among all uploads to the same item. */
export function attachInTurn(job: Job): Promise<object> {
  const { traffic, settings } = job.service;
  return traffic.items.run(job.turn, () => attachFile(job), settings.signal);
}
