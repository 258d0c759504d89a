import type { Checkpoint } from "./checkpoints.js";
import type { Content } from "../files/open.js";
import { UploadError } from "../errors.js";
import { idsOf } from "./find.js";
import type { FileInfo, UploadSession } from "../protocol.js";
import type { Service } from "../http/service.js";

/** What is uploaded, and where to. */
export interface UploadPlan {
  readonly service: Service;
  readonly collection: string;
  readonly file: FileInfo;
  readonly content: Content;
  readonly fingerprint?: string;
  /** URL of an item that has to be told of the attachment once it is whole. */
  readonly linkTo?: string;
  /** Where the session is kept while the upload goes on. */
  readonly checkpoint?: Checkpoint;
  /** Called when the file's last byte goes out: what follows this upload may be made ready. */
  readonly ending?: () => void;
  /** A session that was opened ahead, if one was. */
  readonly opened?: () => Promise<UploadSession> | undefined;
}

/** Opens a session, and notes at the same time which attachments the item has already. */
export async function openSession({
  service,
  collection,
  file,
  fingerprint,
  linkTo,
}: UploadPlan): Promise<UploadSession> {
  const { protocol, settings } = service;
  const failed = new AbortController();
  const signal = settings.signal ? AbortSignal.any([settings.signal, failed.signal]) : failed.signal;
  const before = idsOf(service.with({ ...settings, signal }), collection, file);
  before.catch(() => {}); // an abort, which the other one tells
  try {
    const opened = await service.ask(protocol.createSession(collection, file), protocol.readSession);
    mustBeSafe(opened.uploadUrl, collection);
    return { protocol: protocol.name, collection, file, ...opened, before: await before, fingerprint, linkTo };
  } catch (error) {
    failed.abort(error);
    throw error;
  }
}

/** Ranges go over https, unless the API itself does not. */
export function mustBeSafe(uploadUrl: string, collection: string): void {
  const url = URL.canParse(uploadUrl) ? new URL(uploadUrl) : undefined;
  const schemes = collection.startsWith("http:") ? ["http:", "https:"] : ["https:"];
  if (url && schemes.includes(url.protocol) && url.username === "") return;
  throw new UploadError("invalid", "The upload URL of the session is no https URL; nothing was sent to it.");
}
