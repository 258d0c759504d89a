import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CheckpointStore, UploadSession } from "../index.js";

export type { CheckpointStore, FileInfo, UploadSession } from "../index.js";

/**
 * Stores checkpoints as files in a folder. Only the owner can read them. Each file is replaced as a whole, so that a crash
 * during a write leaves the previous one.
 */
export function fileCheckpoints(folder: string): CheckpointStore {
  const path = (key: string) => join(folder, `${key}.json`);
  return {
    async load(key) {
      try {
        return JSON.parse(await readFile(path(key), "utf8")) as UploadSession;
      } catch (error) {
        // The file is absent, or a full disk cut it off: the upload starts over.
        if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
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
      await rm(`${path(key)}.new`, { force: true }); // A process may have ended while it wrote this file.
    },
  };
}
