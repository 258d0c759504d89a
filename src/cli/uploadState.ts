import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CheckpointStore } from "../index.js";
import { fileCheckpoints } from "../node/index.js";
import type { InputFile } from "./files.js";
import { stateFolder } from "./stateFolder.js";

/** Milliseconds. No service keeps an upload session for longer. */
const MAX_AGE = 14 * 86_400_000;

/** Stores what `--resume` needs: checkpoints, and which files are attached. Checkpoints are secrets. */
export class UploadState {
  readonly #sessions = new Set<string>();
  readonly #store: CheckpointStore;

  private constructor(
    private readonly folder: string,
    private readonly target: string,
    private readonly resume: boolean,
  ) {
    this.#store = fileCheckpoints(folder);
  }

  /** `target` names the item. Rejects if the folder cannot be written. */
  static async open(target: string, resume: boolean, folder = stateFolder()): Promise<UploadState> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      const age = Date.now() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now());
      if (age > MAX_AGE) await rm(path, { force: true });
    }
    return new UploadState(folder, target, resume);
  }

  /** A checkpoint store for the library. Without `--resume`, it ignores the checkpoints of earlier runs. */
  get checkpoints(): CheckpointStore {
    const remove = (key: string) => {
      this.#sessions.delete(key);
      return this.#store.remove(key);
    };
    return {
      load: (key) => (this.resume || this.#sessions.has(key) ? this.#store.load(key) : undefined),
      save: (key, session) => {
        if (session.done) return remove(key); // the results of a run are kept by their files
        this.#sessions.add(key);
        return this.#store.save(key, session);
      },
      remove,
    };
  }

  /** The result of a file that the run to resume has attached. */
  async attachedBefore(file: InputFile): Promise<object | undefined> {
    if (!this.resume) return undefined;
    try {
      return JSON.parse(await readFile(this.#resultFile(file), "utf8")) as object;
    } catch {
      return undefined; // The file is absent, or a full disk cut it off.
    }
  }

  async saveResult(file: InputFile, result: object): Promise<void> {
    if (file.identity !== undefined) await writeFile(this.#resultFile(file), JSON.stringify(result), { mode: 0o600 });
  }

  async removeResults(files: readonly InputFile[]): Promise<void> {
    for (const file of files) await rm(this.#resultFile(file), { force: true });
  }

  #resultFile(file: InputFile): string {
    const hash = createHash("sha256").update(JSON.stringify([this.target, file.identity]));
    return join(this.folder, `${hash.digest("hex")}.done.json`);
  }
}
