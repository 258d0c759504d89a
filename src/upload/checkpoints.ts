import { UploadError } from "../errors.js";
import { sha256 } from "../files/sha256.js";
import { newId } from "../ids.js";
import { isObject } from "../isObject.js";
import { text } from "../json.js";
import type { CheckpointStore } from "../options.js";
import type { UploadSession } from "../uploadSession.js";

/** The place of one upload in a store. */
export interface Checkpoint {
  /** Loads what any process has stored. With its next save, this one takes it over. */
  load(): Promise<UploadSession | undefined>;
  /** Throws an `UploadError` of code `takenOver` if another process has the upload now. */
  save(session: UploadSession): Promise<void>;
  /** The entry of another process that has taken the upload over. */
  rival(): Promise<UploadSession | undefined>;
  /** Stores the result instead of the session. */
  finish(attachment: object): Promise<void>;
  /** Removes what is stored. Throws an `UploadError` of code `takenOver` if another process has the upload now. */
  remove(): Promise<void>;
}

/** Milliseconds that a result is kept if its session had no end. */
const DAY = 86_400_000;

/**
 * Finds the place of an upload by the item, the name, and the fingerprint of the file. A store that fails costs no upload,
 * unless the first save of a new session fails: then the caller learns that nothing could be resumed.
 */
export async function checkpointOf(store: CheckpointStore, ...parts: readonly string[]): Promise<Checkpoint> {
  const key = await sha256(new TextEncoder().encode(JSON.stringify(parts)));
  const owner = newId();
  let saved = false;
  /** Owners whose entries do not stop this process: the one that it takes over from, until it has saved, and itself. */
  let known: readonly string[] = [];
  let last: UploadSession | undefined;
  const entry = async () => (await store.load(key)) ?? undefined;
  const rival = async () => {
    const stored = await entry().catch(() => undefined);
    if (!isObject(stored) || stored.owner === owner) return undefined;
    return known.includes(nameOf(stored)) ? undefined : stored;
  };
  return {
    rival,
    async load() {
      const session = await entry();
      saved = session !== undefined;
      if (!isObject(session)) known = [];
      else if (session.owner !== owner) known = [nameOf(session)];
      return session;
    },
    async save(session) {
      if (await rival()) throw takenOver();
      last = { ...session, owner };
      try {
        await store.save(key, last);
        saved = true;
      } catch (error) {
        if (!saved) throw error;
      }
    },
    async finish(attachment) {
      if (!last || (await rival())) return;
      const expires = text(last.expires) ?? new Date(Date.now() + DAY).toISOString();
      const result = { ...last, expires, done: attachment };
      await (async () => store.save(key, result))().catch(() => {}); // the job would look again
    },
    async remove() {
      if (await rival()) throw takenOver();
      try {
        await store.remove(key);
      } catch {
        // the service no longer knows the session, so that it is replaced when it is found
      }
    },
  };
}

/** An owner that is done is another one: its result must not be lost. */
const nameOf = ({ owner, done }: UploadSession) => `${owner} ${done !== undefined}`;

/** Throws an `UploadError` if another process has the upload now. */
export async function mustBeMine(checkpoint: Checkpoint | undefined): Promise<void> {
  if (await checkpoint?.rival()) throw takenOver();
}

export function takenOver(): UploadError {
  const message =
    "Another process has taken this upload over and finishes it, so this one has stopped. Attach the file again later to get the attachment.";
  return new UploadError("takenOver", message);
}
