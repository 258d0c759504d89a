import { UploadError } from "../errors.js";
import { Refusal } from "../http/refusal.js";
import type { AttachmentPage, Created, FileInfo, Listed, UploadSession, WireRequest } from "../protocol.js";
import type { Service } from "../http/service.js";

/** What an item holds; `undefined` where the service does not tell. */
async function listed(service: Service, collection: string, file: FileInfo): Promise<Listed[] | undefined> {
  const { list, readList } = service.protocol;
  let request: WireRequest | undefined = list?.(collection, file);
  if (!request || !readList) return undefined;
  const items: Listed[] = [];
  for (const seen = new Set<string>(); !seen.has(request.url);) {
    seen.add(request.url);
    const page: AttachmentPage = await service.ask(request, (reply) => readList(reply, file));
    items.push(...page.items);
    if (page.next === undefined) return items;
    request = { ...request, url: page.next };
  }
  return undefined;
}

/** The ids that an item holds before an upload; `undefined` where the service does not tell, which is no reason to stop. */
export async function idsOf(service: Service, collection: string, file: FileInfo): Promise<string[] | undefined> {
  try {
    return (await listed(service, collection, file))?.map(({ id }) => id);
  } catch (error) {
    if (error instanceof Refusal || isInterruption(error)) return undefined;
    throw error;
  }
}

/**
 * The attachment that an upload has made, though its reply was lost; `undefined`: it has made none. An attachment that
 * was there before is never taken for it, and where it cannot be known, an `UploadError` of code `uncertain` says so.
 */
export async function findCreated(service: Service, session: UploadSession): Promise<Created | undefined> {
  const { collection, file } = session;
  if (!service.protocol.list?.(collection, file)) return undefined;
  const before = session.before && new Set(session.before);
  const now = before && (await listed(service, collection, file).catch((error) => cannotTell(error, session)));
  const added = now?.filter(({ id }) => !before!.has(id));
  if (added?.length === 0) return undefined;
  const same = added?.filter(({ name }) => name === file.name);
  if (same?.length === 1) return { attachment: service.protocol.created(session, same[0]!) };
  const message = `The reply to the last range was lost, and whether ${service.protocol.service} has the file cannot be known. Look at the item's attachments before attaching again.`;
  throw new UploadError("uncertain", message, { session });
}

/** The attachment of a file that the service has, but did not name, or whose name a browser hides. */
export async function findNamed(service: Service, session: UploadSession): Promise<Created> {
  for (const patience = service.patience(); ;) {
    const created = await findCreated(service, session);
    if (created) return created;
    if (!(await patience.again())) {
      throw new UploadError(
        "uncertain",
        "The service has confirmed the file, but its attachment cannot be found. Look at the item before attaching again.",
      );
    }
  }
}

/** Whether an item certainly holds nothing of this name; what belongs to no item does not count. */
export async function holdsNone(service: Service, collection: string, file: FileInfo): Promise<boolean> {
  if (!service.protocol.list?.(collection, file)) return true;
  const items = await listed(service, collection, file).catch((error: unknown) => {
    if (error instanceof Refusal || isInterruption(error)) return undefined;
    throw error;
  });
  return items !== undefined && !items.some((item) => item.name === file.name);
}

/** A refusal to list is an answer; where none came, asking again later may tell. */
function cannotTell(error: unknown, session: UploadSession): undefined {
  if (error instanceof Refusal) return undefined;
  if (!isInterruption(error)) throw error;
  const message =
    "The reply to the last range was lost, and the service could not be asked whether it has the file. Go on later with LargeAttachmentTask.restore(client, error.session, file).";
  throw new UploadError("interrupted", message, { cause: error.cause, session });
}

/** Retries have run out; any other error, an abort above all, is not about the listing. */
function isInterruption(error: unknown): error is UploadError {
  return error instanceof UploadError && error.code === "interrupted";
}
