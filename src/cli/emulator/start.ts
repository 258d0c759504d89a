import { spawn } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator, type Emulator } from "graph-large-attachments/emulator";
import { setVariable } from "../commandLine.js";
import { explain } from "../explain.js";
import { EXIT, usageError } from "../failure.js";
import { Output } from "../output.js";
import { keepCertificate, type Certificate, readCertificate } from "./certificate.js";
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
  let emulator: Emulator | undefined;
  let page: Page | undefined;
  try {
    const started = await start(port, like);
    ({ emulator } = started);
    const environment = {
      GRAPH_BASE_URL: emulator.graphUrl,
      GRAPH_TOKEN: emulator.token,
      AZURE_DEVOPS_ORGANIZATION: emulator.azureDevOps.organizationUrl,
      AZURE_DEVOPS_PAT: emulator.azureDevOps.personalAccessToken,
      NODE_EXTRA_CA_CERTS: started.ca,
    };
    const state = new EmulatorState(emulator, environment);
    page = await startPage(state, port).catch(portError(port));
    const items = state.snapshot().items.map(({ kind, title, path, command }) => ({ kind, title, path, command }));
    const lines = [
      `Page of the emulator: ${page.url}`,
      "It holds a draft, an event, a task, a work item, a drive and a print document.",
      "Paste this into another terminal, then one of the commands:",
      "",
      ...Object.entries(environment).map(([name, value]) => setVariable(name, value)),
      ...items.map(({ command }) => command),
      "",
      "Ctrl-C ends the emulator and deletes everything in it.",
    ];
    for (const line of lines) output.line(line);
    output.document({ ok: true, page: page.url, environment, items });
    if (open) openInBrowser(page.url, output);
    await stopped;
    return EXIT.done;
  } catch (error) {
    const failure = explain(error, { credential: "The token", check: "" });
    output.failure(failure);
    return failure.exitCode;
  } finally {
    await Promise.all([page?.close(), emulator?.close()]);
  }
}

/** Starts it with the certificate that is kept, on the ports after that of the page, or on any free ports for 0. */
async function start(port: number, like?: string): Promise<{ readonly emulator: Emulator; readonly ca: string }> {
  const ports = port === 0 ? {} : { graph: port + 1, azureDevOps: port + 2 };
  const startWith = (certificate?: Certificate): Promise<Emulator> =>
    startEmulator({ ports, certificate, like }).catch(startError(port));
  const before = await readCertificate();
  const emulator = await startWith(before);
  if (before) return { emulator, ca: before.path };
  // Where the state folder cannot be written, the certificate lasts as long as the emulator needs it.
  const kept = await keepCertificate(emulator.certificate).catch(async () =>
    keepCertificate(emulator.certificate, await mkdtemp(join(tmpdir(), "graph-emulator-"))),
  );
  if (kept.cert === emulator.ca) return { emulator, ca: kept.path };
  await emulator.close();
  return { emulator: await startWith(kept), ca: kept.path };
}

/** A report that cannot be used is the only thing that the options can be wrong about. */
const startError =
  (port: number) =>
  (error: unknown): never => {
    if (!(error instanceof TypeError)) return portError(port)(error);
    const [message = "", ...rest] = error.message.split(/(?<=\.) (?=[A-Z])/);
    throw usageError(message, rest.join(" "));
  };

const portError =
  (first: number) =>
  (error: unknown): never => {
    const { code, port = first } = error as NodeJS.ErrnoException & { readonly port?: number };
    if (code === "EADDRINUSE")
      throw usageError(
        `Port ${port} is in use.`,
        `The emulator needs ${first} to ${first + 2}. Choose another with --port, or 0 for any free ports.`,
      );
    if (code === "EACCES")
      throw usageError(`Port ${port} needs administrator rights.`, "Choose a port above 1023 with --port.");
    throw error;
  };

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
