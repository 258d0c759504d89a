import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "graph-large-attachments/emulator";
import { setVariable } from "../commandLine.js";
import { explain } from "../explain.js";
import { EXIT, misused } from "../failure.js";
import { Output } from "../output.js";
import { Holdings } from "./holdings.js";
import { startPage, type Page } from "./page.js";

export interface EmulatorCommandOptions {
  readonly port: number;
  readonly open?: boolean;
  readonly json?: boolean;
}

/** `emulator`: runs until it is stopped. */
export async function startEmulatorCommand({ port, open, json }: EmulatorCommandOptions): Promise<number> {
  const output = new Output({ json });
  const stopped = new Promise<void>((stop) => process.once("SIGINT", stop).once("SIGTERM", stop));
  const emulator = await startEmulator();
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
    const holdings = new Holdings(emulator, environment);
    page = await startPage(holdings, port).catch((error: unknown) => {
      throw unlistenable(error, port);
    });
    const lines = [
      `The emulator's page: ${page.url}`,
      "It holds a draft, an event, a task, a work item, a drive and a print document. In another terminal:",
      "",
      ...Object.entries(environment).map(([name, value]) => setVariable(name, value)),
      ...holdings.snapshot().items.map(({ command }) => command),
      "",
      "Ctrl-C ends it, and forgets everything.",
    ];
    output.result({ page: page.url, environment }, lines);
    if (open) openInBrowser(page.url, output);
    await stopped;
    return EXIT.done;
  } catch (error) {
    const failure = explain(error, { credential: "the token" });
    output.failure(failure);
    return failure.exitCode;
  } finally {
    await Promise.all([page?.close(), emulator.close(), rm(folder, { recursive: true, force: true })]);
  }
}

function unlistenable(error: unknown, port: number): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "EADDRINUSE")
    return misused(`Port ${port} is taken.`, "Choose another with --port, or 0 for any that is free.");
  if (code === "EACCES") return misused(`Port ${port} is not for everybody.`, "Choose one above 1023 with --port.");
  return error;
}

function openInBrowser(url: string, output: Output): void {
  const openers: Partial<Record<NodeJS.Platform, readonly string[]>> = {
    darwin: ["open", url],
    win32: ["explorer", url],
  };
  const [program = "", ...args] = openers[process.platform] ?? ["xdg-open", url];
  const child = spawn(program, args, { stdio: "ignore", detached: true });
  child.on("error", () => output.note(`No browser could be opened: open ${url} yourself.`));
  child.unref();
}
