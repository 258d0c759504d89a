import { UploadError } from "../errors.js";
import { Refusal } from "../http/refusal.js";
import { untilKnown } from "../http/untilKnown.js";
import type { AttachmentPage, ListProtocol, Listed, WireRequest } from "../protocol.js";
import type { Created, UploadSession } from "../uploadSession.js";
import type { Job } from "./job.js";

/** An item, and the file that it may hold. */
export type Place = Pick<Job, "service" | "protocol" | "collection" | "file" | "beside">;

/** Everything that an item holds. `undefined` if the service lists one page again and again. */
async function listed(
  { service, collection, file }: Place,
  list: ListProtocol,
  first = list.request(collection, file),
): Promise<Listed[] | undefined> {
  let request: WireRequest = first;
  const items: Listed[] = [];
  for (const seen = new Set<string>(); !seen.has(request.url);) {
    seen.add(request.url);
    const page: AttachmentPage = await service.get(request, (reply) => list.read(reply, file));
    items.push(...page.items.filter(({ other }) => !other));
    if (page.next === undefined) return items;
    const probe = seen.size === 1 && list.probe?.(collection, file);
    const probed = probe && (await service.get(probe, (reply) => list.read(reply, file)));
    if (probed && probed.items.length === 0) return [];
    request = { ...request, url: page.next };
  }
  return undefined;
}

/** Like `listed`, but `undefined` if the service refuses or does not answer. */
export async function listedIfTold(place: Place, list: ListProtocol): Promise<Listed[] | undefined> {
  return listed(place, list).catch(untold);
}

function untold(error: unknown): undefined {
  if (error instanceof UploadError && error.code === "notSynced") return undefined;
  if (!(error instanceof Refusal || isInterruption(error))) throw error;
}

/** The ids that an item holds before an upload. `undefined` if the service does not say; the upload goes ahead all the same. */
export async function idsOf(place: Place): Promise<string[] | undefined> {
  const { list } = place.protocol;
  return list && (await untilKnown(place.service, () => listed(place, list)).catch(untold))?.map(({ id }) => id);
}

/**
 * Finds the attachment that an upload has created although its reply was lost. `undefined` if it has created none. An
 * attachment that was there before is never taken for it. `confirmed`: the service has said that it has the file, so the one
 * new attachment is the file, even under another name. Throws an `UploadError` of code `uncertain` if nobody can tell.
 */
export async function findCreated(
  place: Place,
  before: readonly string[] | undefined,
  session?: UploadSession,
  confirmed = false,
): Promise<Created | undefined> {
  const { service, protocol, file } = place;
  const { list } = protocol;
  if (!list) return undefined;
  const tells = before !== undefined || confirmed;
  const now = tells ? await listed(place, list).catch((error: unknown) => cannotTell(error, session)) : undefined;
  const others = [...(place.beside ?? [])];
  const added = (now?.filter(({ id }) => !before?.includes(id)) ?? []).filter(({ name }) => !isTaken(others, name));
  if (now && added.length === 0) return undefined;
  // if nothing was there before, a file that the service changes is recognized by its name alone
  const named = added.filter(({ name, changed }) => name === file.name || (changed && before?.length === 0));
  const alone = confirmed && added.length === 1 ? added.filter(({ name }) => name !== "") : [];
  const [found, another] = before && named.length > 0 ? named : alone;
  if (found && !another)
    return { attachment: named.length > 0 ? found.attachment : { ...found.attachment, name: found.name } };
  const { where = "the item's attachments" } = protocol.target;
  const why = confirmed
    ? `${service.api.label} has confirmed the file, but the item does not show which attachment it is.`
    : `${service.api.label} did not confirm the last range, so it may have ${file.name}.`;
  const message = `${why} Check ${where} before you attach it again.`;
  throw new UploadError("uncertain", message, { session });
}

/** Takes a name out of a list. Returns `false` if it is not there. */
function isTaken(names: string[], name: string): boolean {
  const at = names.indexOf(name);
  if (at >= 0) names.splice(at, 1);
  return at >= 0;
}

/** Finds what another process on the same checkpoint has attached. `undefined` as well if the service does not list the item. */
export async function madeByOthers(job: Job, session: UploadSession): Promise<Created | undefined> {
  const { list } = job.protocol;
  const { before } = session;
  if (!job.checkpoint || !before || !list) return undefined;
  const isNew = ({ id }: Listed) => !before.includes(id);
  return (await listedIfTold(job, list))?.some(isNew) ? findCreated(job, before, session) : undefined;
}

/** Finds the attachment of a file that the service has but did not name, or whose name a browser hides. */
export async function findNamed(place: Place, session: UploadSession): Promise<Created> {
  for (const retrier = place.service.retrier(); ;) {
    const created = await findCreated(place, session.before, session, true);
    if (created) return created;
    if (await retrier.next()) continue;
    const message =
      "The service has confirmed the file, but its attachment cannot be found. Check the item before you attach it again.";
    throw new UploadError("uncertain", message);
  }
}

/** The attachments of an item that have this name. `undefined` if nobody can tell. */
export async function namesakes(place: Place): Promise<Listed[] | undefined> {
  const { list } = place.protocol;
  const items = list ? await listedIfTold(place, list) : [];
  return items?.filter(({ name }) => name === place.file.name);
}

/** The attachments of an item that have this content id. Rejects if the service does not say. */
export async function listMarked(place: Place, contentId: string): Promise<Listed[]> {
  const { list } = place.protocol;
  const first = list?.marked?.(place.collection);
  const items = list && first && (await untilKnown(place.service, () => listed(place, list, first)));
  return (items ?? []).filter((one) => one.contentId === contentId);
}

/** True if an item certainly holds nothing of this name. Uploads that belong to no item do not count. */
export async function holdsNone(place: Place): Promise<boolean> {
  return (await namesakes(place))?.length === 0;
}

/** A refusal to list is an answer. If none came, asking again later may help. */
function cannotTell(error: unknown, session: UploadSession | undefined): undefined {
  if (error instanceof Refusal) return undefined;
  if (!isInterruption(error)) throw error;
  const message =
    "The last range was not confirmed, and the service could not be asked whether it has the file. Resume later with LargeAttachmentTask.restore(client, error.session, file).";
  throw new UploadError("interrupted", message, { cause: error.cause, session });
}

/** All retries have failed. Any other error, such as an abort, is not about the listing. */
function isInterruption(error: unknown): error is UploadError {
  return error instanceof UploadError && error.code === "interrupted";
}
