import { UploadError } from "../errors.js";
import { graphError, Refusal } from "../http/refusal.js";
import type { Service } from "../http/service.js";
import { member, text } from "../json.js";
import type { Reply } from "../protocol.js";
import { itemUrl } from "../protocols/graph/drivePath.js";
import { item } from "../protocols/graph/item.js";
import { below } from "../protocols/graph/path.js";
import { attachReference, bodyWithLink, createLink, readBody, readLink } from "../protocols/sharing.js";
import { mustBeMine } from "../upload/checkpoints.js";
import { findCreated, idsOf, type Place } from "../upload/find.js";
import type { Job, Overflow } from "../upload/job.js";
import { attachInTurn } from "./attachFile.js";
import { discardItem } from "./discardItem.js";

/**
 * Uploads a file that is too large for an item to a drive, creates a link to it, and attaches the link. If the service takes
 * no link attachments, adds it to the item's text. Returns the attachment, or the file in the drive. If the item does not get
 * the link, the file is deleted.
 */
export async function attachLink(job: Job, overflow: Overflow): Promise<object> {
  const place = { ...overflow, file: job.file };
  const before = await idsOf(place);
  const uploaded = await attachInTurn(job).catch((error: unknown) => {
    throw resumable(error, job);
  });
  const id = text(member(uploaded, "id")) ?? "";
  const name = text(member(uploaded, "name")) ?? job.file.name;
  const url = itemUrl(job.collection, id);
  await mustBeMine(job.checkpoint);
  try {
    const sourceUrl = await job.service.get(createLink(url, overflow.scope), readLink);
    const attached = await attachOnce({ ...place, file: { name, size: job.file.size } }, sourceUrl, before);
    if (attached) return { ...attached, sourceUrl };
    await addToText(overflow, name, sourceUrl);
    return { "@odata.type": "#microsoft.graph.driveItem", ...uploaded, sourceUrl };
  } catch (error) {
    const known = !(error instanceof UploadError && error.code === "uncertain");
    const message = `Nothing was attached, but ${name}, which was uploaded to the drive, could not be deleted. Its id is ${id}.`;
    if (known) await job.service.cleanUp((service) => discardItem(service, { url, id, message, cause: error }));
    throw error;
  }
}

/** A session continues the file alone. Only the same call, which finds the checkpoint, also continues the link. */
function resumable(error: unknown, { file, checkpoint }: Job): unknown {
  const kept = error instanceof UploadError && (error.code === "interrupted" || error.code === "stalled");
  if (!kept || !error.session) return error;
  const next = checkpoint
    ? "Attach the same file with the same checkpoints again: the upload resumes, and the link follows."
    : "LargeAttachmentTask.restore(client, error.session, file) resumes the upload to the drive, but attaches no link.";
  const message = `The upload of ${file.name} to the drive was interrupted, so no link is attached. ${next}`;
  return new UploadError(error.code, message, { cause: error.cause ?? error, session: error.session });
}

/** Attaches a link once. `undefined` if the service takes no link attachments. */
async function attachOnce(
  place: Place,
  sourceUrl: string,
  before: readonly string[] | undefined,
): Promise<object | undefined> {
  const { service, collection, file } = place;
  const isUnsupported = ({ status }: Reply) => [400, 405, 501].includes(status);
  const attach = service.ask<{ readonly attachment?: object }>({
    request: attachReference(collection, file.name, sourceUrl),
    read(reply) {
      const attachment = item.members(reply);
      return attachment || isUnsupported(reply) ? { attachment } : undefined;
    },
    repeat: "ifNotTaken",
    async settle() {
      const found = await findCreated(place, before).catch((error: unknown) => {
        throw error instanceof UploadError ? uncertain(file.name, error.cause) : error;
      });
      return found ?? "notDone";
    },
  });
  const { attachment } = await orUndo(attach, service, file.name, (freely) =>
    detach({ ...place, service: freely }, before),
  );
  return attachment;
}

/** Deletes the link attachment if it was attached. */
async function detach(place: Place, before: readonly string[] | undefined): Promise<void> {
  const found = await findCreated(place, before);
  const id = text(member(found?.attachment, "id"));
  if (id === undefined) return;
  await place.service.get(item.discard(below(place.collection, `/${encodeURIComponent(id)}`)), isDone);
}

/** Adds a link to the item's text. Doing it again changes nothing. */
async function addToText({ service, item: url }: Overflow, name: string, link: string): Promise<void> {
  const body = await service.get({ ...item.read(url, "body"), asStored: true }, readBody);
  const changed = bodyWithLink(body, name, link);
  if (changed === body) return;
  const change = service.get(item.change(url, { body: changed }), isDone).catch((error: unknown) => {
    throw error instanceof Refusal || service.settings.signal?.aborted ? error : uncertain(name, error);
  });
  await orUndo(change, service, name, (freely) => freely.get(item.change(url, { body }), isDone));
}

const isDone = ({ status }: Reply): true | undefined => (status < 300 ? true : undefined);

/** Waits for a change of the item. If an abort ends it, the change may have been made all the same, and is undone. */
async function orUndo<T>(
  change: Promise<T>,
  service: Service,
  name: string,
  undo: (service: Service) => Promise<unknown>,
): Promise<T> {
  try {
    return await change;
  } catch (error) {
    if (!service.settings.signal?.aborted) throw error;
    await service.cleanUp(undo).catch((cause: unknown) => {
      throw uncertain(name, cause);
    });
    throw error;
  }
}

function uncertain(name: string, cause: unknown): UploadError {
  const message = `${name} is uploaded and shared, but the item may not have the link to it. Check the item.`;
  return new UploadError("uncertain", message, { cause: cause instanceof Refusal ? graphError(cause.reply) : cause });
}
