import { Refusal } from "../http/refusal.js";
import { untilKnown } from "../http/untilKnown.js";
import { signalFor } from "../signals.js";
import type { WireRequest } from "../protocol.js";
import type { OpenedSession, UploadSession } from "../uploadSession.js";
import { idsOf } from "./find.js";
import type { Job } from "./job.js";
import { LIST_TIMEOUT } from "./listing.js";
import { mustBeSafe } from "./storedSession.js";

/** Milliseconds in which a service may still find the name of a discarded session in use. */
const HELD_FOR = 60_000;
/** Times that a session is asked for again because of that. */
const HELD_TRIES = 5;

/** Names whose session was discarded, and when. */
export const discarded = new Map<string, number>();

const keyOf = ({ protocol, collection, file }: Place) => protocol.target.item?.(collection, file) ?? collection;

type Place = Pick<Job, "protocol" | "collection" | "file">;

/** Opens a session as soon as the service knows the item, which may just have been created. */
export function openSession(job: Job): Promise<UploadSession> {
  return untilKnown(job.service, () => tryToOpen(job));
}

/** Opens a session. Waits for a name that a session still has which was just discarded. */
export async function tryToOpen(job: Job): Promise<UploadSession> {
  const { protocol, collection, file, fingerprint, linkTo, beside } = job;
  const opened = await open(job);
  mustBeSafe(opened.uploadUrl, collection);
  return { protocol: protocol.name, collection, file, ...opened, fingerprint, linkTo, before: beside && [] };
}

/** Opens a session with `open`. Also notes which attachments the item has, unless that takes long. */
export async function openListed(job: Job, open = () => openSession(job)): Promise<UploadSession> {
  const { service } = job;
  const session = await open();
  if (session.before) return session;
  const late = new AbortController();
  const signal = signalFor(service.settings.signal, late.signal);
  const timer = setTimeout(() => late.abort(), LIST_TIMEOUT);
  try {
    const before = await idsOf({ ...job, service: service.with({ signal }) });
    return { ...session, before };
  } catch (error) {
    if (late.signal.aborted) return session;
    await discardSession(job, session);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function open(job: Job): Promise<OpenedSession> {
  const { service, protocol, collection, file } = job;
  const retrier = service.retrier(Math.max(HELD_TRIES, service.settings.retries));
  for (;;) {
    try {
      const opened = await service.get(protocol.session.create(collection, file), protocol.session.opened);
      discarded.delete(keyOf(job));
      return opened;
    } catch (error) {
      const isHeld =
        error instanceof Refusal && wasDiscarded(job) && protocol.session.held?.(error.reply, collection, file);
      if (!isHeld || !(await retrier.next())) throw error;
    }
  }
}

function wasDiscarded(job: Place): boolean {
  const at = discarded.get(keyOf(job));
  return at !== undefined && performance.now() - at < HELD_FOR;
}

/** The request that has the service forget a session. `undefined` if there is none. */
export function cancelling({ protocol, collection, file }: Place, session: UploadSession): WireRequest | undefined {
  const request = protocol.session.cancel?.(session);
  const now = performance.now();
  for (const [key, at] of discarded) if (now - at >= HELD_FOR) discarded.delete(key);
  if (request && protocol.session.held) discarded.set(keyOf({ protocol, collection, file }), now);
  return request;
}

/** Asks the service to forget a session. */
export function discardSession(job: Place & Pick<Job, "service">, session: UploadSession) {
  return job.service.discard(cancelling(job, session));
}
