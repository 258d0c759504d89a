import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator, type Emulator } from "graph-large-attachments/emulator";
import { setVariable } from "../commandLine.js";
import { explain } from "../explain.js";
import { EXIT, usageError, usageFailure } from "../failure.js";
import { Output } from "../output.js";
import { EmulatorState } from "./emulatorState.js";
import { startPage, type Page } from "./page.js";

export interface EmulatorCommandOptions {
  readonly port: number;
  readonly open?: boolean;
  readonly json?: boolean;
  /** The report of a probe. */
  readonly like?: string;
}

/** `emulator`: runs until Ctrl-C. */
export async function startEmulatorCommand({ port, open, json, like }: EmulatorCommandOptions): Promise<number> {
  const output = new Output({ json });
  const stopped = new Promise<void>((stop) => process.once("SIGINT", stop).once("SIGTERM", stop));
  let emulator: Emulator;
  try {
    emulator = await startEmulator({ like });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // A report that cannot be used is the only thing that its options can be wrong about.
    const [message = "", ...rest] = error.message.split(/(?<=\.) (?=[A-Z])/);
    output.failure(usageFailure(message, rest.join(" ")));
    return EXIT.usage;
  }
  const folder = await mkdtemp(join(tmpdir(), "graph-emulator-"));
  let page: Page | undefined;
  try {
    const ca = join(folder, "ca.pem");
    await writeFile(ca, emulator.ca);
    const environment = {
      GRAPH_BASE_URL: emulator.graphUrl,
      GRAPH_TOKEN: emulator.token,
      AZURE_DEVOPS_ORGANIZATION: emulator.azureDevOps.organizationUrl,
      AZURE_DEVOPS_PAT: emulator.azureDevOps.personalAccessToken,
      NODE_EXTRA_CA_CERTS: ca,
    };
    const state = new EmulatorState(emulator, environment);
    page = await startPage(state, port).catch((error: unknown) => {
      throw portError(error, port);
    });
    const lines = [
      `Page of the emulator: ${page.url}`,
      "It holds a draft, an event, a task, a work item, a drive and a print document.",
      "Paste this into another terminal, then one of the commands:",
      "",
      ...Object.entries(environment).map(([name, value]) => setVariable(name, value)),
      ...state.snapshot().items.map(({ command }) => command),
      "",
      "Ctrl-C ends the emulator and deletes everything in it.",
    ];
    for (const line of lines) output.line(line);
    output.document({ ok: true, page: page.url, environment });
    if (open) openInBrowser(page.url, output);
    await stopped;
    return EXIT.done;
  } catch (error) {
    const failure = explain(error, { credential: "The token", check: "" });
    output.failure(failure);
    return failure.exitCode;
  } finally {
    await Promise.all([page?.close(), emulator.close(), rm(folder, { recursive: true, force: true })]);
  }
}

function portError(error: unknown, port: number): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "EADDRINUSE")
    return usageError(`Port ${port} is in use.`, "Choose another with --port, or 0 for any free port.");
  if (code === "EACCES")
    return usageError(`Port ${port} needs administrator rights.`, "Choose a port above 1023 with --port.");
  return error;
}

function openInBrowser(url: string, output: Output): void {
  const openers: Partial<Record<NodeJS.Platform, readonly string[]>> = {
    darwin: ["open", url],
    win32: ["explorer", url],
  };
  const [program = "", ...args] = openers[process.platform] ?? ["xdg-open", url];
  const child = spawn(program, args, { stdio: "ignore", detached: true });
  child.on("error", () => output.info(`No browser could be opened. Open ${url} yourself.`));
  child.unref();
}
