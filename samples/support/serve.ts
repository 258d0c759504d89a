/**
 * Serves a sample for a browser, with an emulator:
 *
 *   npm run sample:outlook
 *   npm run sample:teams
 *
 * Ctrl-C ends both.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startEmulator, type Emulator } from "graph-large-attachments/emulator";
import { build, createServer, preview, type PreviewServer, type ViteDevServer } from "vite";
import { emulatorPlugin } from "./stub/emulatorPlugin.js";
import { configOf } from "./vite.js";

const stubs: Record<string, string> = { "outlook-addin": "/stub/office.ts", "teams-tab": "/stub/network.ts" };

/** A running sample. `close` ends it and its emulator. */
export interface Served {
  readonly url: string;
  readonly emulator: Emulator;
  close(): Promise<void>;
}

/** Serves a sample during development. */
export async function serve(name: string): Promise<Served> {
  const emulator = await startEmulator();
  const server = await createServer(stubbed(name, emulator));
  await server.listen();
  return served(server, emulator);
}

/** Builds a sample with its stubs and serves it at any free port, for tests. */
export async function serveBuilt(name: string): Promise<Served> {
  const emulator = await startEmulator();
  const config = stubbed(name, emulator);
  const outDir = await mkdtemp(join(tmpdir(), `${name}-`));
  const built = { ...config, logLevel: "warn" as const, build: { ...config.build, outDir, minify: false } };
  await build(built);
  const server = await preview({ ...built, preview: { port: 0 } });
  return served(server, emulator, () => rm(outDir, { recursive: true }));
}

function served(server: ViteDevServer | PreviewServer, emulator: Emulator, clean = async () => {}): Served {
  const close = async () => void (await Promise.all([server.close(), emulator.close(), clean()]));
  return { url: server.resolvedUrls!.local[0]!, emulator, close };
}

function stubbed(name: string, emulator: Emulator) {
  const config = configOf(name);
  const replaced = {
    "@azure/msal-browser": join(config.root, "../support/stub/msal.ts"),
    "@microsoft/teams-js": join(config.root, "stub/teams.ts"),
  };
  const alias = Object.entries(replaced).map(([find, replacement]) => ({ find, replacement }));
  return {
    ...config,
    resolve: { alias: [...config.resolve.alias, ...alias] },
    plugins: [...config.plugins, emulatorPlugin(emulator, stubs[name]!)],
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const name = process.argv[2]!;
  const { url } = await serve(name);
  const titles: Record<string, string> = {
    "outlook-addin": "The pane of the Outlook add-in, on a draft in the emulator",
    "teams-tab": "The tab in Teams, with tasks and events in the emulator",
  };
  console.log(`${titles[name]}: ${url}
Dark mode:                      ${url}?theme=dark
Slow uploads:                   ${url}?fault=slow
Other values of fault:          interrupted, uncertain, 401, 403, 404, 413, 429, 507
Ctrl-C ends it.`);
}
