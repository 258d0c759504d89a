import type { UploadSession } from "../protocol.js";

/**
 * Where the sessions of unfinished uploads are kept, so that the same program, run again, goes on instead of starting
 * over. What is kept is a secret: whoever has it can write to the upload. Implement it over whatever you have.
 */
export interface CheckpointStore {
  /** The session that was saved last under this key, if any. */
  load(key: string): Promise<UploadSession | undefined> | UploadSession | undefined;
  /** Called when a session is opened and after every range; the next range waits for it. */
  save(key: string, session: UploadSession): Promise<void> | void;
  /** Called when the upload has ended, whole or for good; a key that is not there is no error. */
  remove(key: string): Promise<void> | void;
}

/** One upload's place in a store. */
export interface Checkpoint {
  load(): Promise<UploadSession | undefined>;
  save(session: UploadSession): Promise<void>;
  remove(): Promise<void>;
}

/** The place of an upload: told by the item, the name, and the fingerprint of the file. */
export async function checkpointOf(store: CheckpointStore, ...told: readonly string[]): Promise<Checkpoint> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(told))));
  const key = [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return {
    load: async () => (await store.load(key)) ?? undefined,
    save: async (session) => store.save(key, session),
    remove: async () => store.remove(key),
  };
}

/** Keeps checkpoints in the browser, across reloads; add-ins of one origin share it. Throws where there is no storage. */
export function localStorageCheckpoints(prefix = "graph-large-attachments:"): CheckpointStore {
  const { localStorage } = globalThis;
  return {
    load(key) {
      const stored = localStorage.getItem(prefix + key);
      try {
        return stored === null ? undefined : (JSON.parse(stored) as UploadSession);
      } catch {
        return undefined; // somebody else's, or cut off: the upload starts over
      }
    },
    save: (key, session) => localStorage.setItem(prefix + key, JSON.stringify(session)),
    remove: (key) => localStorage.removeItem(prefix + key),
  };
}
