import { tell } from "../callbacks.js";
import { UploadError } from "../errors.js";
import { sha256 } from "../files/sha256.js";
import type { Listed, Protocol } from "../protocol.js";
import { item } from "../protocols/graph/item.js";
import { below } from "../protocols/graph/path.js";
import { listMarked } from "../upload/find.js";
import type { Job } from "../upload/job.js";

/** Refuses the option `once` where nothing can hold its mark. */
export function mustTakeMark({ api, list }: Protocol, overflows = false): void {
  const why = overflows
    ? "once does not go with overflow for a file over the limit. Omit one of them."
    : `${api.label} keeps no mark of once. Give { checkpoints } to attach instead.`;
  if (overflows || !list?.marked) throw new UploadError("unsupported", why);
}

/**
 * Attaches a file once for all tries of a job. An attachment has no extended properties, so its content id is the mark, which
 * Outlook itself writes on every attachment that it sends. One that the caller has given is kept, and marks it as well.
 */
export async function attachOnce(job: Job, once: string, attach: (job: Job) => Promise<object>): Promise<object> {
  const { file, service } = job;
  const hash = await sha256(new TextEncoder().encode(JSON.stringify([once, file.name])));
  const contentId = file.contentId ?? `${hash.slice(0, 32)}@once`;
  const own = { ...job, file: { ...file, contentId } };
  const [found] = await oneOf(own, contentId);
  if (found) {
    tell(service.settings.onProgress, { loaded: file.size, total: file.size });
    return found.attachment;
  }
  const attached = await attach(own);
  const [first, others] = await oneOf(own, contentId);
  return first && others > 0 ? first.attachment : attached;
}

/** Finds what carries the mark. Deletes what two tries have attached twice; whoever does it keeps the same one. */
async function oneOf(job: Job, contentId: string): Promise<readonly [first: Listed | undefined, others: number]> {
  const { service, collection, file } = job;
  const all = (await listMarked(job, contentId)).filter(({ name }) => name === file.name);
  const [first, ...others] = all.sort((one, other) => (one.id < other.id ? -1 : 1));
  for (const { id } of others) {
    const request = item.discard(below(collection, `/${encodeURIComponent(id)}`));
    await service.get(request, (reply) => item.done(reply) ?? (reply.status === 404 ? true : undefined));
  }
  return [first, others.length];
}
