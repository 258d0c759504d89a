import { sha256 } from "../files/bytes.js";
import type { CheckpointStore } from "../options.js";
import type { UploadSession } from "../protocol.js";

/** The place of one upload in a store. */
export interface Checkpoint {
  load(): Promise<UploadSession | undefined>;
  save(session: UploadSession): Promise<void>;
  remove(): Promise<void>;
}

/** Finds the place of an upload by the item, the name, and the fingerprint of the file. */
export async function checkpointOf(store: CheckpointStore, ...parts: readonly string[]): Promise<Checkpoint> {
  const key = await sha256(new TextEncoder().encode(JSON.stringify(parts)));
  return {
    load: async () => (await store.load(key)) ?? undefined,
    save: async (session) => store.save(key, session),
    remove: async () => store.remove(key),
  };
}
