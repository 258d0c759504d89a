import { attachFile } from "../attach/attachFile.js";
import { attachedBefore } from "../attach/kept.js";
import { mustBeRecognizable, stored } from "../attach/prepare.js";
import { edgesIn, fingerprint } from "../files/fingerprint.js";
import { newId } from "../ids.js";
import { outlook } from "../protocols/outlook.js";
import { checkpointOf } from "../upload/checkpoints.js";
import type { Job } from "../upload/job.js";
import { isShaped } from "../upload/storedSession.js";
import type { Work } from "./work.js";

/** Milliseconds that a message is known after it was sent. */
const DAY = 86_400_000;

/**
 * Gives a message with checkpoints a name of its own, if `once` gives none: the same message with the same files gets the same
 * name from the store until that is forgotten, or for a day. `text` is its body.
 */
export async function withJob<T>(work: Work, text: string, send: (work: Work) => Promise<T>): Promise<T> {
  const { service, composition, jobs } = work;
  const { checkpoints } = service.settings;
  if (!checkpoints) return send(work);
  jobs.forEach(mustBeRecognizable);
  if (work.once !== undefined) return send(work);
  const prints: string[] = [];
  for (const { content, file } of jobs)
    prints.push(file.name, edgesIn(await fingerprint(content, service.settings.signal)));
  const checkpoint = await checkpointOf(checkpoints, composition.create, text, ...prints);
  const known = await checkpoint.load();
  const isOver = Date.parse(known?.expires ?? "") < Date.now();
  const nameIn = (entry: unknown) => (isShaped(entry) && entry.whole ? entry.file.name : undefined);
  const once = (!isOver && nameIn(known)) || newId();
  const expires = new Date(Date.now() + DAY).toISOString();
  const file = { name: once, size: 0 };
  if (once !== known?.file.name)
    await checkpoint.save({
      protocol: outlook.name,
      collection: composition.items,
      file,
      uploadUrl: "",
      whole: true,
      offset: 0,
      expires,
    });
  // another process that began at the same moment may have written a name of its own over this one: the last name counts
  const isOvertaken = async () => {
    const name = nameIn(await checkpoint.load().catch(() => undefined));
    return name !== undefined && name !== once;
  };
  return send({ ...work, once, isOvertaken });
}

/** Attaches a file of a draft that may have been begun by an earlier try. Once it is there, the draft itself says so. */
export async function attachKept(given: Job): Promise<object> {
  const { checkpoints } = given.service.settings;
  const job = checkpoints ? { ...given, ...(await stored(given, checkpoints, given.collection)) } : given;
  const attachment = (await attachedBefore(job)) ?? (await attachFile(job));
  await job.checkpoint?.remove();
  return attachment;
}
