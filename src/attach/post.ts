import { tell } from "../callbacks.js";
import { UploadError } from "../errors.js";
import { read } from "../files/read.js";
import { isObject } from "../json.js";
import type { PostProtocol } from "../protocol.js";
import { holdsNone } from "../upload/find.js";
import type { Job } from "../upload/job.js";

/** Attaches a whole file by one request. Repeats it only if the service certainly has not kept the file. */
export async function postWhole(job: Job, post: PostProtocol): Promise<object> {
  const { service, collection, file, content } = job;
  const { label } = service.api;
  const bytes = await service.whileReading(read(content, 0, file.size, service.settings.signal));
  const repeatable = post.repeatable?.(collection, file) ?? false;
  const { body } = await service.ask<{ readonly body: unknown }>({
    request: post.request(collection, file, bytes),
    read: ({ status, body }) => (status < 300 ? { body } : undefined),
    repeat: repeatable ? "always" : "ifNotTaken",
    settle: repeatable ? undefined : async () => ((await holdsNone(job)) ? "notDone" : undefined),
    uncertain: (cause) => new UploadError("uncertain", maybe(label, file.name), { cause }),
  });
  if (!isObject(body)) {
    const message = `${label} has taken ${file.name}, but its reply was cut off before it named the attachment.`;
    throw new UploadError("uncertain", message);
  }
  const { contentBytes: _, ...attachment } = body;
  tell(service.settings.onProgress, { loaded: file.size, total: file.size });
  return attachment;
}

const maybe = (label: string, name: string) =>
  `${label} did not confirm the request, so it may have ${name}. Check the item's attachments before you attach it again.`;
