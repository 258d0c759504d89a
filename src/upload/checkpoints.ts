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
  /** Notes that the attachment of this id belongs to this upload. Each has an entry of its own, which no process overwrites. */
  mark(id: string, attachment: object): Promise<void>;
  /** The attachment that any process has marked under this id. */
  marked(id: string): Promise<object | undefined>;
  /** Stores the result instead of the session, also instead of that of another process, which then stops. */
  finish(attachment: object): Promise<void>;
  /** Removes what this process has stored. Throws an `UploadError` of code `takenOver` if another process has the upload now. */
  remove(): Promise<void>;
}

/** Milliseconds that a result is kept if its session had no end. */
const DAY = 86_400_000;

/**
 * Finds the place of an upload by the item, the name, and the fingerprint of the file. A store that fails costs no upload,
 * unless the first save of a new session fails: then the caller learns that nothing could be resumed.
 */
export async function checkpointOf(store: CheckpointStore, ...parts: readonly string[]): Promise<Checkpoint> {
  const keyOf = (...more: readonly string[]) => sha256(new TextEncoder().encode(JSON.stringify([...parts, ...more])));
  const key = await keyOf();
  const owner = newId();
  const marks: string[] = [];
  let saved = false;
  /** The owner that this process takes over from. Its entry may be read again even after a save, from a store that lags behind. */
  let known: string | undefined;
  let last: UploadSession | undefined;
  const entry = async () => (await store.load(key)) ?? undefined;
  const rival = async () => {
    const stored = await entry().catch(() => undefined);
    if (!isObject(stored) || stored.owner === owner) return undefined;
    return nameOf(stored) === known ? undefined : stored;
  };
  /** A store that fails costs no more than another look at the item. */
  const saveResult = async (name: string, done: object) => {
    const expires = text(last?.expires) ?? new Date(Date.now() + DAY).toISOString();
    if (last) await (async () => store.save(name, { ...last, expires, done }))().catch(() => {});
  };
  return {
    rival,
    async mark(id, attachment) {
      const name = await keyOf(id);
      marks.push(name);
      await saveResult(name, attachment);
    },
    async marked(id) {
      const name = await keyOf(id);
      const stored = await (async () => store.load(name))().catch(() => undefined);
      return isObject(stored) && !isOver(stored) ? stored.done : undefined;
    },
    async load() {
      const session = await entry();
      saved = session !== undefined;
      if (!isObject(session)) known = undefined;
      else if (session.owner !== owner) known = nameOf(session);
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
    finish: (attachment) => saveResult(key, attachment),
    async remove() {
      if (await rival()) throw takenOver();
      try {
        for (const name of [...marks, key]) await store.remove(name);
      } catch {
        // the service no longer knows the session, so that it is replaced when it is found
      }
    },
  };
}

/** Nobody can rely on a result whose session would have expired. */
export const isOver = ({ expires }: UploadSession) => Date.parse(expires ?? "") < Date.now();

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
