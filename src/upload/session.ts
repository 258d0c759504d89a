import { untilKnown } from "../http/untilKnown.js";
import { signalFor } from "../signals.js";
import type { UploadSession } from "../protocol.js";
import { idsOf } from "./find.js";
import type { Job } from "./job.js";
import { mustBeSafe } from "./storedSession.js";

/** Opens a session as soon as the service knows the item, which may just have been created. */
export function openSession(job: Job): Promise<UploadSession> {
  return untilKnown(job.service, () => tryToOpen(job));
}

/** Opens a session, and notes at the same time which attachments the item already has. */
export async function tryToOpen(job: Job): Promise<UploadSession> {
  const { service, protocol, collection, file, fingerprint, linkTo } = job;
  const failed = new AbortController();
  const signal = signalFor(service.settings.signal, failed.signal);
  const before = idsOf({ ...job, service: service.with({ signal }) });
  before.catch(() => {}); // an abort, which opening reports
  let session: UploadSession | undefined;
  try {
    const opened = await service.get(protocol.session.create(collection, file), protocol.session.opened);
    mustBeSafe(opened.uploadUrl, collection);
    session = { protocol: protocol.name, collection, file, ...opened, fingerprint, linkTo };
    return { ...session, before: await before };
  } catch (error) {
    failed.abort(error);
    if (session) await discardSession(job, session);
    throw error;
  }
}

/** Asks the service to forget a session. */
export function discardSession({ service, protocol }: Pick<Job, "service" | "protocol">, session: UploadSession) {
  return service.discard(protocol.session.cancel?.(session));
}
