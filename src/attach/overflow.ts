import { attachInTurn } from "./attachFiles.js";
import { discard } from "./discard.js";
import { UploadError } from "../errors.js";
import { graphError, NoReply, Refusal } from "../http/refusal.js";
import { findCreated, idsOf } from "../upload/find.js";
import type { FileInfo, Reply, UploadSession } from "../protocol.js";
import { itemUrl } from "../protocols/graph/drivePath.js";
import { below } from "../protocols/graph/path.js";
import { item } from "../protocols/graph/item.js";
import { attachReference, bodyWithLink, createLink, readBody, readLink, type LinkScope } from "../protocols/sharing.js";
import type { Queue } from "../http/queue.js";
import type { Service } from "../http/service.js";
import type { UploadPlan } from "../upload/session.js";

/** A file that is too large for an item, and goes to a drive instead. */
export interface Sharing {
  /** The upload to the drive. */
  readonly plan: UploadPlan;
  /** The service of the item, which gets a link. */
  readonly service: Service;
  readonly collection: string;
  /** URL of the item itself. */
  readonly item: string;
  readonly scope: LinkScope;
  /** What uploads wait for their turn in. */
  readonly queue: Queue;
}

/**
 * Uploads the file, makes a link to it, and attaches that, or, where the service takes no such attachment, adds it to the
 * item's body. Answers the attachment, or the file of the drive. What fails before the item has the link deletes the file.
 */
export async function shareInstead(sharing: Sharing): Promise<object> {
  const { plan, service, scope } = sharing;
  const before = await idsOf(service, sharing.collection, plan.file);
  const uploaded = (await attachInTurn(plan, sharing.queue)) as { readonly id: string; readonly name: string };
  const file = itemUrl(plan.collection, uploaded.id);
  try {
    const sourceUrl = await plan.service.ask(createLink(file, scope), readLink);
    const name = uploaded.name;
    const attached = await attachLink(sharing, { name, size: plan.file.size }, sourceUrl, before);
    if (attached) return { ...attached, sourceUrl };
    await addToBody(service, sharing.item, name, sourceUrl);
    return { "@odata.type": "#microsoft.graph.driveItem", ...uploaded, sourceUrl };
  } catch (error) {
    const { id } = uploaded;
    const message = `Nothing was attached, but the file ${id} that was uploaded to the drive could not be deleted again.`;
    const known = !(error instanceof UploadError && error.code === "uncertain");
    if (known) await discard(plan.service, { url: file, id, message, cause: error });
    throw error;
  }
}

/** Attaches a reference, once; `undefined`: the service takes none. */
async function attachLink(
  { service, collection }: Sharing,
  file: FileInfo,
  sourceUrl: string,
  before: readonly string[] | undefined,
): Promise<object | undefined> {
  const { protocol } = service;
  const session: UploadSession = { protocol: protocol.name, collection, file, uploadUrl: "", offset: 0, before };
  const notKnown = (error: unknown) => {
    throw error instanceof UploadError ? uncertain(file.name, error.cause) : error;
  };
  const attach = async () => {
    for (const patience = service.patience(); ;) {
      const answer = await service.attempt(attachReference(collection, file.name, sourceUrl));
      const reply = answer instanceof NoReply ? undefined : answer;
      const made = reply && item.members(reply);
      if (made) return made;
      const trouble = reply ? protocol.trouble(reply) : "passing";
      if (reply && [400, 405, 501].includes(reply.status)) return undefined;
      if (reply && trouble !== "busy" && trouble !== "passing" && trouble !== "unsure") throw service.refusal(reply);
      const more = await patience.again(reply);
      const found = trouble === "busy" ? undefined : await findCreated(service, session).catch(notKnown);
      if (found) return found.attachment;
      if (!more) throw service.interrupted(answer);
    }
  };
  return orUndo(attach(), { service, name: file.name, undo: (freely) => detach(freely, session) });
}

/** Deletes the reference, if it was attached. */
async function detach(service: Service, session: UploadSession): Promise<void> {
  const found = await findCreated(service, session);
  const { id } = (found?.attachment ?? {}) as { readonly id?: string };
  if (id !== undefined)
    await service.ask(item.discard(below(session.collection, `/${encodeURIComponent(id)}`)), isDone);
}

/** Adds a link to the item's text; doing it again changes nothing. */
async function addToBody(service: Service, url: string, name: string, link: string): Promise<void> {
  const body = await service.ask({ ...item.read(url, "body"), asKept: true }, readBody);
  const changed = bodyWithLink(body, name, link);
  if (changed === body) return;
  const change = service.ask(item.change(url, { body: changed }), isDone).catch((error: unknown) => {
    throw error instanceof Refusal || service.settings.signal?.aborted ? error : uncertain(name, error);
  });
  await orUndo(change, { service, name, undo: (freely) => freely.ask(item.change(url, { body }), isDone) });
}

const isDone = ({ status }: Reply) => (status < 300 ? true : undefined);

interface Undoing {
  readonly service: Service;
  readonly name: string;
  /** Gets a service that no abort stops. */
  undo(freely: Service): Promise<unknown>;
}

/** Waits for a change of the item; where an abort ends it, which may have been made all the same, undoes it. */
async function orUndo<T>(change: Promise<T>, { service, name, undo }: Undoing): Promise<T> {
  try {
    return await change;
  } catch (error) {
    if (!service.settings.signal?.aborted) throw error;
    await undo(service.with({ ...service.settings, signal: undefined })).catch((cause: unknown) => {
      throw uncertain(name, cause);
    });
    throw error;
  }
}

function uncertain(name: string, cause: unknown): UploadError {
  const message = `${name} is uploaded and shared, but whether the item has the link to it is not known. Look at the item.`;
  return new UploadError("uncertain", message, { cause: cause instanceof Refusal ? graphError(cause.reply) : cause });
}
