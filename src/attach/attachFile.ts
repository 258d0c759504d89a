import { UploadError } from "../errors.js";
import type { FileInfo } from "../file.js";
import { memory } from "../files/open.js";
import { read } from "../files/read.js";
import { errorBody, graphError, Refusal, withWords } from "../http/refusal.js";
import { isObject } from "../isObject.js";
import { member, text } from "../json.js";
import { inMegabytes } from "../megabytes.js";
import { isLarge } from "../settings.js";
import type { WireRequest } from "../protocol.js";
import { throwIfAborted } from "../signals.js";
import type { Job } from "../upload/job.js";
import type { Created } from "../uploadSession.js";
import { deliver } from "./deliver.js";
import { postWhole } from "./post.js";
import { tryPlaces } from "./tryAgain.js";

/** Attaches one file in the way that its size asks for. Returns the attachment. */
export async function attachFile(given: Job): Promise<object> {
  try {
    return await given.service.upload(async (service) => {
      const own = { ...given, service };
      const first = isLarge(own.file.size, service.settings) ? own : await readable(own);
      return tryPlaces(first, async (job) => {
        let whole: Promise<Job> | undefined;
        const { attachment } = await deliver(job, async () => post(await (whole ??= readable(job))));
        return attachment;
      });
    });
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
    throwIfAborted(service.settings.signal);
    const message = `${file.name} is uploaded, but without its description and dates. Set them yourself, or delete it.`;
    const cause = error instanceof Refusal ? graphError(error.reply) : error;
    throw new UploadError("leftBehind", message, { cause, item: text(member(attachment, "id")) });
  }
}

/** Reads a stream as a whole: a request that is refused may be made again, or become a session. */
async function readable(job: Job): Promise<Job> {
  const { content, file, service } = job;
  if (content.anywhere) return job;
  const bytes = await service.whileReading(read(content, 0, file.size, service.settings.signal));
  return { ...job, content: memory(bytes) };
}

/** Attaches a file when it is its turn among all uploads to the same item. */
export function attachInTurn(job: Job): Promise<object> {
  const { traffic, settings } = job.service;
  return traffic.items.run(job.turn, () => attachFile(job), settings.signal);
}
