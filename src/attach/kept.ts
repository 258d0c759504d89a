import { toBase64 } from "../base64.js";
import { UploadError } from "../errors.js";
import { read } from "../files/read.js";
import { Refusal } from "../http/refusal.js";
import { isObject } from "../isObject.js";
import { member, text } from "../json.js";
import type { InlineFile, Listed } from "../protocol.js";
import { item } from "../protocols/graph/item.js";
import { below } from "../protocols/graph/path.js";
import { isOver } from "../upload/checkpoints.js";
import { findCreated, idsOf, listedIfTold, type Place } from "../upload/find.js";
import type { Job } from "../upload/job.js";
import type { Created, UploadSession } from "../uploadSession.js";
import { isLinked } from "./link.js";

/** Milliseconds in which a request that was sent by a process which died may still be done. */
const DAY = 86_400_000;

/** True if a list shows this very attachment. Lists of drives and printers tell the version or the size of a file as well. */
function isIt({ id }: Listed, attachment: object): boolean {
  const own = text(member(attachment, "id")) ?? "";
  const [cTag, eTag, size] = ["cTag", "eTag", "size"].map((name) => member(attachment, name));
  return id === own || id === `${own} ${String(cTag ?? eTag ?? size)}`;
}

/** The attachment of an earlier run of the same job, if the service still has it. */
export async function attachedBefore(job: Job): Promise<object | undefined> {
  return stillThere(job, await job.checkpoint?.load());
}

/** The attachment that was stored as the result of a job, if the service still has it. */
export async function stillThere(job: Job, stored: UploadSession | undefined): Promise<object | undefined> {
  const { checkpoint, protocol, linkTo, overflow } = job;
  const done = stored?.done;
  if (!stored || !done || isOver(stored)) return undefined;
  if (linkTo !== undefined && protocol.link) return (await isLinked(job, protocol.link, done)) ? done : undefined;
  const places: Place[] = overflow ? [{ ...overflow, file: job.file }, job] : [job];
  for (const place of places) {
    const { list } = place.protocol;
    const listed = list && (await listedIfTold(place, list));
    if (!listed) return done;
    for (const one of listed) {
      const marked = one.name === job.file.name ? await checkpoint?.marked(one.id) : undefined;
      if (marked || isIt(one, done)) return marked ?? done; // of this process, or of another one that has kept its own
    }
  }
  return undefined;
}

/**
 * Attaches a file by one request of `post`, and stores before it which attachments there are. A later run of the same job
 * finds what came since.
 */
export async function postKept<T>(job: Job, post: () => Promise<T>): Promise<T | Created> {
  const { checkpoint, protocol, collection, file, fingerprint, linkTo } = job;
  if (!checkpoint) return post();
  const stored = await checkpoint.load();
  const there = await stillThere(job, stored); // another process may have just done it
  if (there) return { attachment: there };
  const earlier = stored?.whole && !stored.done && !isOver(stored) ? stored : undefined;
  if (earlier?.attachment && linkTo !== undefined) return { attachment: earlier.attachment };
  const found = earlier && (await findOne(job, earlier.before));
  const expires = new Date(Date.now() + DAY).toISOString();
  const before = earlier ? earlier.before : await idsOf(job);
  const about = { protocol: protocol.name, collection, file, uploadUrl: "", whole: true, expires };
  const session = { ...about, offset: 0, before, fingerprint, linkTo };
  await checkpoint.save(session);
  if (found) return found;
  try {
    const made = await post();
    const attachment = isObject(made) ? made["attachment"] : undefined;
    if (!isObject(attachment)) return made;
    if (linkTo !== undefined) await checkpoint.save({ ...session, attachment });
    return await keepOne(job, session, { attachment }, earlier !== undefined);
  } catch (error) {
    // where a name is there once, the refusal may be that of a conflict with another process of this job
    const theirs =
      error instanceof Refusal && !protocol.post?.inline && (await findCreated(job, before).catch(() => undefined));
    if (theirs) return theirs;
    if (error instanceof Refusal || (error instanceof UploadError && error.code === "source"))
      await checkpoint.remove().catch(() => {});
    throw error;
  }
}

/** Finds what an earlier run has attached. If there are two, waits a little: other processes may be about to delete one. */
async function findOne(job: Job, before: readonly string[] | undefined): Promise<Created | undefined> {
  for (const retrier = job.service.retrier(); ;) {
    try {
      return await findCreated(job, before);
    } catch (error) {
      if (!(error instanceof UploadError && error.code === "uncertain" && (await retrier.next()))) throw error;
    }
  }
}

/**
 * Leaves one attachment if several processes of one job have each made one at the same time. Each marks its own before it looks
 * for those of others, so whoever looks last sees all of them; and all keep the same one. `late`: the request of a process that
 * died may have been done since. Nobody has marked its attachment, which has the same name and bytes.
 */
export async function keepOne(job: Job, { before }: UploadSession, created: Created, late = false): Promise<Created> {
  const { checkpoint, protocol, file } = job;
  const { attachment } = created;
  const own = text(member(attachment, "id"));
  // elsewhere a name is there once, or a file that nothing refers to does no harm
  if (!checkpoint || !protocol.post?.inline || own === undefined) return created;
  await checkpoint.mark(own, attachment);
  const { list } = protocol;
  const listed = list && before ? ((await listedIfTold(job, list)) ?? []) : [];
  const isSame = late ? sameBytes(job, protocol.post.inline) : undefined;
  const made: Made[] = [{ id: own, attachment }];
  for (const { id, name, attachment: other } of listed) {
    if (id === own || name !== file.name || before?.includes(id)) continue;
    const marked = (await checkpoint.marked(id)) ?? ((await isSame?.(id)) ? other : undefined);
    if (marked) made.push({ id, attachment: marked });
  }
  const [kept, ...others] = made.sort((one, another) => (one.id < another.id ? -1 : 1));
  for (const { id } of others) await remove(job, id);
  return kept ?? created;
}

interface Made {
  readonly id: string;
  readonly attachment: object;
}

/** Tells whether an attachment has the bytes of the file, which are read once. */
function sameBytes(job: Job, inline: InlineFile): (id: string) => Promise<boolean> {
  const { service, collection, file, content } = job;
  let bytes: Promise<string> | undefined;
  return async (id) => {
    bytes ??= read(content, 0, file.size, service.settings.signal).then(toBase64);
    const held = await service.get(inline.read(collection, id), ({ status, body }) =>
      status === 404 ? {} : status === 200 && isObject(body) ? body : undefined,
    );
    return member(held, "contentBytes") === (await bytes);
  };
}

async function remove({ service, collection }: Job, id: string): Promise<void> {
  const request = item.discard(below(collection, `/${encodeURIComponent(id)}`));
  await service.get(request, (reply) => item.done(reply) ?? (reply.status === 404 ? true : undefined));
}
