import { spawn, type ChildProcess } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import type { Emulator } from "../../../src/emulator/index";
import { until } from "../../browser/support/until";
import { isBuilt } from "../../package/pack";
import { root, run } from "../../package/run";

/** The exit code of a run, and what it printed. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running command. On a terminal, all output is in `stdout`. */
export interface Running {
  readonly child: ChildProcess;
  readonly shown: Readonly<Record<"stdout" | "stderr", string>>;
  readonly ended: Promise<Ended>;
}

/** The package with its command, as it is built or bundled for the occasion, installed in a temporary folder that is also its home folder. */
export class Command {
  private constructor(
    readonly folder: string,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  static async install(): Promise<Command> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), "command-")));
    const home = join(folder, "node_modules/graph-large-attachments");
    if (await isBuilt()) {
      for (const part of ["package.json", "dist/esm", "dist/cli"])
        await cp(join(root, part), join(home, part), { recursive: true });
    } else {
      const { code, stderr } = await run(process.execPath, ["scripts/bundle.mjs", home]);
      if (code !== 0) throw new Error(stderr);
    }
    await mkdir(join(folder, "bin"));
    await chmod(join(home, "dist/cli/main.mjs"), 0o755);
    await symlink(join(home, "dist/cli/main.mjs"), join(folder, "bin/graph-large-attachments"));
    const path = [join(folder, "bin"), dirname(process.execPath), process.env["PATH"]].join(delimiter);
    return new Command(folder, { PATH: path, HOME: folder, XDG_STATE_HOME: join(folder, "state"), TERM: "xterm" });
  }

  get state(): string {
    return join(this.folder, "state/graph-large-attachments");
  }

  /** The environment variables for an emulator. */
  async environment(emulator: Emulator): Promise<Record<string, string>> {
    const ca = join(this.folder, "ca.pem");
    await writeFile(ca, emulator.ca);
    return {
      GRAPH_BASE_URL: emulator.graphUrl,
      GRAPH_TOKEN: emulator.token,
      AZURE_DEVOPS_ORGANIZATION: emulator.azureDevOps.organizationUrl,
      AZURE_DEVOPS_PAT: emulator.azureDevOps.personalAccessToken,
      NODE_EXTRA_CA_CERTS: ca,
    };
  }

  async file(name: string, bytes: Uint8Array): Promise<string> {
    const path = join(this.folder, name);
    await writeFile(path, bytes);
    return path;
  }

  /** Starts it with pipes instead of a terminal. */
  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
    return this.#spawn("graph-large-attachments", args, env);
  }

  async run(args: readonly string[], env?: Readonly<Record<string, string>>, input?: Uint8Array): Promise<Ended> {
    const { child, ended } = this.start(args, env);
    child.stdin!.on("error", () => {}); // The command may end before it has read everything.
    child.stdin!.end(input);
    return ended;
  }

  /** Runs a line in a shell, as if it was pasted. */
  shell(line: string, env?: Readonly<Record<string, string>>): Promise<Ended> {
    return this.#spawn("sh", ["-c", line], env).ended;
  }

  /** Starts it in a terminal of this width. */
  startInTerminal(args: readonly string[], env: Readonly<Record<string, string>>, columns = 80): Running {
    const quoted = args.map((arg) => `'${arg.replaceAll("'", "'\\''")}'`).join(" ");
    const line = `stty cols ${columns} rows 24; exec graph-large-attachments ${quoted}`;
    const script = process.platform === "darwin" ? ["-q", "/dev/null", "sh", "-c", line] : ["-qefc", line, "/dev/null"];
    return this.#spawn("script", script, env);
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  #spawn(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
    const child = spawn(program, args, { cwd: this.folder, env: { ...this.env, ...env } });
    const shown = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const)
      child[name].setEncoding("utf8").on("data", (text: string) => (shown[name] += text));
    const ended = new Promise<Ended>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve({ code, ...shown }));
    });
    return { child, shown, ended };
  }
}

/** The ranges that an emulator received, in order. */
export function rangesOf(emulator: Emulator): { readonly range: string; readonly status: number | undefined }[] {
  return emulator.requests
    .filter(({ kind }) => kind === "range")
    .map(({ contentRange, status }) => ({ range: contentRange!.replace("bytes ", ""), status }));
}

/** Waits until an emulator has received this many ranges. The last one may not be answered yet. */
export function ranges(emulator: Emulator, count: number): Promise<boolean> {
  return until(`${count} ranges`, () => rangesOf(emulator).length >= count);
}
