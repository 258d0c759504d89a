import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UploadError, type CheckpointStore, type UploadSession } from "../index.js";

export type { CheckpointStore, FileInfo, UploadSession } from "../index.js";
export { rangeFetch, type RangeFetch } from "./rangeFetch.js";
export type { RangeFetchOptions } from "./rangeFetchOptions.js";

/**
 * Stores checkpoints as files in a folder. Only the owner can read them. Each file is replaced as a whole, so that a crash
 * during a write leaves the previous one.
 */
export function fileCheckpoints(folder: string): CheckpointStore {
  if (typeof folder !== "string" || folder === "")
    throw new UploadError("invalid", "fileCheckpoints needs the path of a folder.");
  const path = (key: string) => join(folder, `${key}.json`);
  let swept: Promise<unknown> | undefined;
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
      const write = async () => {
        const fresh = `${path(key)}.${randomUUID()}.new`; // another process may write the same checkpoint
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await (swept ??= sweep(folder).catch(() => {}));
        await writeFile(fresh, JSON.stringify(session), { mode: 0o600 });
        await rename(fresh, path(key)).finally(() => rm(fresh, { force: true }));
      };
      for (let left = 5; ; left--) {
        try {
          return await write();
        } catch (error) {
          // Another process removes or, on Windows, replaces the same checkpoint at this moment.
          if (left === 0 || !/^(ENOENT|EPERM|EACCES|EBUSY)$/.test(String((error as NodeJS.ErrnoException).code)))
            throw error;
        }
      }
    },
    async remove(key) {
      // A process may have ended while it wrote a file.
      const own = (name: string) => name.startsWith(`${key}.json`) && /\.json(\.new|\.[-\w]+\.new)?$/.test(name);
      const names = await readdir(folder).catch(() => []);
      await Promise.all(names.filter(own).map((name) => rm(join(folder, name), { force: true })));
    },
  };
}

/** Milliseconds. No service keeps an upload session for longer. */
const MAX_AGE = 14 * 86_400_000;

/** Deletes what nobody has removed: results, and sessions that are long gone. */
async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    if (/^[0-9a-f]{64}\.json/.test(name) && Date.now() - (await stat(file)).mtimeMs > MAX_AGE)
      await rm(file, { force: true });
  }
}
