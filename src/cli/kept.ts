import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { CheckpointStore } from "../index.js";
import { fileCheckpoints } from "../node/index.js";
import type { OpenedFile } from "./files.js";

/** Where a user's programs keep what is no setting and no cache: XDG's rules, or what Windows has in their place. */
export function stateFolder(env: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  const home = homedir();
  const local = platform === "win32" ? (env["LOCALAPPDATA"] ?? join(home, "AppData", "Local")) : undefined;
  const xdg = env["XDG_STATE_HOME"]; // relative paths count for nothing, say the rules
  return join(local ?? (xdg?.startsWith("/") ? xdg : join(home, ".local", "state")), "graph-large-attachments");
}

/** Milliseconds after which what was kept is of no use to anybody: no service keeps a session for as long. */
const STALE = 14 * 86_400_000;

/**
 * What a command that ended early leaves for `--resume`: the sessions of its uploads, and which of its files were done.
 * All of it is secret, and readable by its owner only.
 */
export class Kept {
  readonly #sessions = new Set<string>();
  readonly #store: CheckpointStore;

  private constructor(
    private readonly folder: string,
    private readonly target: string,
    private readonly resumes: boolean,
  ) {
    this.#store = fileCheckpoints(folder);
  }

  /** `target`: what the files are attached to. Rejects where the folder cannot be written. */
  static async open(target: string, resumes: boolean, folder = stateFolder()): Promise<Kept> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      const age = Date.now() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now());
      if (age > STALE) await rm(path, { force: true });
    }
    return new Kept(folder, target, resumes);
  }

  /** The library's store: without `--resume`, nothing that an earlier run has left is in it. */
  get checkpoints(): CheckpointStore {
    return {
      load: (key) => (this.resumes || this.#sessions.has(key) ? this.#store.load(key) : undefined),
      save: (key, session) => {
        this.#sessions.add(key);
        return this.#store.save(key, session);
      },
      remove: (key) => {
        this.#sessions.delete(key);
        return this.#store.remove(key);
      },
    };
  }

  /** What came of a file in an earlier run. */
  async done(file: OpenedFile): Promise<object | undefined> {
    if (!this.resumes) return undefined;
    try {
      return JSON.parse(await readFile(this.#mark(file), "utf8")) as object;
    } catch {
      return undefined; // not there, or cut off by a full disk
    }
  }

  async markDone(file: OpenedFile, attached: object): Promise<void> {
    if (file.identity !== undefined) await writeFile(this.#mark(file), JSON.stringify(attached), { mode: 0o600 });
  }

  async forget(files: readonly OpenedFile[]): Promise<void> {
    for (const file of files) await rm(this.#mark(file), { force: true });
  }

  #mark(file: OpenedFile): string {
    const hash = createHash("sha256").update(JSON.stringify([this.target, file.identity]));
    return join(this.folder, `${hash.digest("hex")}.done.json`);
  }
}
