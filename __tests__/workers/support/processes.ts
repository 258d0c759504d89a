import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Emulator } from "../../../src/emulator/index.js";
import { root } from "../../package/run";

/** Starts programs of this folder that talk to one emulator. */
export class Processes {
  readonly #folder = mkdtempSync(join(tmpdir(), "workers-"));
  readonly #running = new Set<ChildProcess>();

  constructor(private readonly emulator: Emulator) {
    writeFileSync(join(this.#folder, "ca.pem"), emulator.ca);
  }

  /** Starts a program. Its messages come over IPC. */
  start(program: string, env: Record<string, string> = {}): ChildProcess {
    const { graphUrl, token } = this.emulator;
    const child = spawn(process.execPath, ["--import", "tsx", join(__dirname, program)], {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      env: {
        ...process.env,
        NODE_EXTRA_CA_CERTS: join(this.#folder, "ca.pem"),
        GRAPH: graphUrl,
        TOKEN: token,
        ...env,
      },
    });
    this.#running.add(child);
    child.once("exit", () => this.#running.delete(child));
    return child;
  }

  async close(): Promise<void> {
    const ended = [...this.#running].map((child) => once(child, "exit"));
    for (const child of this.#running) child.kill("SIGKILL");
    await Promise.all(ended);
    rmSync(this.#folder, { recursive: true });
  }
}

/** The next message of a process. Rejects if it ends before. */
export async function messageOf<T>(child: ChildProcess): Promise<T> {
  const exited = once(child, "exit").then(([code]) => {
    throw new Error(`A worker ended early, with ${String(code)}.`);
  });
  exited.catch(() => {});
  const [message] = await Promise.race([once(child, "message"), exited]);
  return message as T;
}
