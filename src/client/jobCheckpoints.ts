import { sha256 } from "../files/sha256.js";
import type { CheckpointStore } from "../options.js";

/** The checkpoints of one job. */
export interface JobCheckpoints extends CheckpointStore {
  /** Removes what the job has stored through this object. Call it when nobody will do the job again. */
  forget(): Promise<void>;
}

/**
 * Gives a job of a queue checkpoints of its own in a store that all jobs share: the same file in another job is another upload.
 * A job that is done twice gets the attachments of the first time, until `forget()`, or until their sessions would have expired.
 * `job`: its name, the same whenever it is done again.
 */
export function jobCheckpoints(store: CheckpointStore, job: string): JobCheckpoints {
  const keys = new Set<string>();
  const own = async (key: string) => {
    const name = await sha256(new TextEncoder().encode(JSON.stringify([job, key])));
    keys.add(name);
    return name;
  };
  return {
    load: async (key) => store.load(await own(key)),
    save: async (key, session) => void (await store.save(await own(key), session)),
    remove: async (key) => void (await store.remove(await own(key))),
    async forget() {
      for (const key of keys) await store.remove(key);
      keys.clear();
    },
  };
}
