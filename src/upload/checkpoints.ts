import { sha256 } from "../files/sha256.js";
import type { CheckpointStore } from "../options.js";
import type { UploadSession } from "../protocol.js";

/** The place of one upload in a store. */
export interface Checkpoint {
  load(): Promise<UploadSession | undefined>;
  save(session: UploadSession): Promise<void>;
  remove(): Promise<void>;
}

/**
 * Finds the place of an upload by the item, the name, and the fingerprint of the file. A store that fails costs no upload,
 * unless the first save of a new session fails: then the caller learns that nothing could be resumed.
 */
export async function checkpointOf(store: CheckpointStore, ...parts: readonly string[]): Promise<Checkpoint> {
  const key = await sha256(new TextEncoder().encode(JSON.stringify(parts)));
  let saved = false;
  return {
    async load() {
      const session = (await store.load(key)) ?? undefined;
      saved = session !== undefined;
      return session;
    },
    async save(session) {
      try {
        await store.save(key, session);
        saved = true;
      } catch (error) {
        if (!saved) throw error;
      }
    },
    async remove() {
      try {
        await store.remove(key);
      } catch {
        // the service no longer knows the session, so that it is replaced when it is found
      }
    },
  };
}
