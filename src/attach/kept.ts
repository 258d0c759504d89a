import { toBase64 } from "../base64.js";
import { UploadError } from "../errors.js";
import { read } from "../files/read.js";
import { Refusal } from "../http/refusal.js";
import { isObject } from "../isObject.js";
import { member, text } from "../json.js";
import type { Listed } from "../protocol.js";
import { item } from "../protocols/graph/item.js";
import { below } from "../protocols/graph/path.js";
import { takenOver } from "../upload/checkpoints.js";
import { findCreated, idsOf, listedIfTold, type Place } from "../upload/find.js";
import type { Job } from "../upload/job.js";
import type { Created, UploadSession } from "../uploadSession.js";
import { isLinked } from "./link.js";

/** Milliseconds in which a request that was sent by a process which died may still be done. */
const DAY = 86_400_000;

const isOver = ({ expires }: UploadSession) => Date.parse(expires ?? "") < Date.now();

/** True if a list shows this very attachment. Lists of drives and printers tell the version or the size of a file as well. */
function isIt({ id }: Listed, attachment: object): boolean {
  const own = text(member(attachment, "id")) ?? "";
  const [cTag, eTag, size] = ["cTag", "eTag", "size"].map((name) => member(attachment, name));
  return id === own || id === `${own} ${String(cTag ?? eTag ?? size)}`;
}

/** The attachment of an earlier run of the same job, if the service still has it. */
export async function attachedBefore(job: Job): Promise<object | undefined> {
  const { checkpoint, protocol, linkTo, overflow } = job;
  const stored = await checkpoint?.load();
  if (!stored?.done) return undefined;
  const { done } = stored;
  const places: Place[] = overflow ? [{ ...overflow, file: job.file }, job] : [job];
  if (!isOver(stored) && (await isThere())) return done;
  await checkpoint?.remove();
  await checkpoint?.load(); // takes over from nobody
  return undefined;

  async function isThere(): Promise<boolean> {
    if (linkTo !== undefined && protocol.link) return isLinked(job, protocol.link, done);
    for (const place of places) {
      const { list } = place.protocol;
      if (!list || (await listedIfTold(place, list))?.some((one) => isIt(one, done))) return true;
    }
    return false;
  }
}

/**
 * Attaches a file by one request of `post`, and stores before it which attachments there are. A later run of the same job
 * finds what came since.
 */
export async function postKept<T>(job: Job, post: () => Promise<T>): Promise<T | Created> {
  const { checkpoint, protocol, collection, file, fingerprint, linkTo } = job;
  if (!checkpoint) return post();
  const stored = await checkpoint.load();
  const earlier = stored?.whole && !isOver(stored) ? stored : undefined;
  if (earlier?.attachment && linkTo !== undefined) return { attachment: earlier.attachment };
  const found = earlier && (await findCreated(job, earlier.before));
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
    return await keepOne(job, session, { attachment });
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

/**
 * Settles a race of two processes on one checkpoint when this one has attached the file. If the other one continues with another
 * session or request, this one deletes its own attachment and throws an `UploadError` of code `takenOver`.
 */
export async function keepOne(job: Job, session: UploadSession, created: Created): Promise<Created> {
  const { checkpoint, protocol } = job;
  const id = text(member(created.attachment, "id"));
  const rival = await checkpoint?.rival();
  // elsewhere a name is there once, or a file that nothing refers to does no harm
  if (!checkpoint || !protocol.post?.inline || id === undefined) return created;
  if (rival && (session.whole || rival.uploadUrl !== session.uploadUrl)) {
    await remove(job, id);
    throw takenOver();
  }
  if (session.whole) await dropDoubles(job, session, id);
  return created;
}

/** Deletes what the request of a process that died has attached late: a new attachment of the same name and bytes. */
async function dropDoubles(job: Job, { before }: UploadSession, own: string): Promise<void> {
  const { service, protocol, collection, file, content } = job;
  const { list, post } = protocol;
  const all = list && before ? ((await listedIfTold(job, list)) ?? []) : [];
  const others = all.filter(({ id, name }) => name === file.name && id !== own && !before?.includes(id));
  if (others.length === 0 || !post?.inline) return;
  const bytes = await read(content, 0, file.size, service.settings.signal);
  const ours = toBase64(bytes);
  for (const { id } of others) {
    const held = await service.get(post.inline.read(collection, id), ({ status, body }) =>
      status === 404 ? {} : status === 200 && isObject(body) ? body : undefined,
    );
    if (member(held, "contentBytes") === ours) await remove(job, id);
  }
}

async function remove({ service, collection }: Job, id: string): Promise<void> {
  const request = item.discard(below(collection, `/${encodeURIComponent(id)}`));
  await service.get(request, (reply) => item.done(reply) ?? (reply.status === 404 ? true : undefined));
}
