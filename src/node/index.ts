import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CheckpointStore, UploadSession } from "../index.js";

/**
 * Keeps checkpoints as files in a folder, readable by their owner only. A file is replaced as a whole, so that a crash in
 * the middle leaves the one before.
 */
export function fileCheckpoints(folder: string): CheckpointStore {
  const path = (key: string) => join(folder, `${key}.json`);
  return {
    async load(key) {
      try {
        return JSON.parse(await readFile(path(key), "utf8")) as UploadSession;
      } catch (error) {
        const unusable = error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT";
        if (unusable) return undefined; // not there, or cut off by a full disk: the upload starts over
        throw error;
      }
    },
    async save(key, session) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(`${path(key)}.new`, JSON.stringify(session), { mode: 0o600 });
      await rename(`${path(key)}.new`, path(key));
    },
    async remove(key) {
      await rm(path(key), { force: true });
      await rm(`${path(key)}.new`, { force: true }); // of a process that died while it wrote
    },
  };
}
