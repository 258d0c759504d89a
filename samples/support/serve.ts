/**
 * Serves a sample in a plain browser, against an emulator of its own:
 *
 *   npm run sample:outlook
 *   npm run sample:teams
 *
 * Ctrl+C ends both.
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

/** A sample at an address of its own; `close` ends it and its emulator. */
export interface Served {
  readonly url: string;
  readonly emulator: Emulator;
  close(): Promise<void>;
}

/** Serves a sample as it is being worked on. */
export async function serve(name: string): Promise<Served> {
  const emulator = await startEmulator();
  const server = await createServer(stubbed(name, emulator));
  await server.listen();
  return served(server, emulator);
}

/** Builds a sample with its stubs, and serves that at any free port: for tests. */
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
    plugins: [emulatorPlugin(emulator, stubs[name]!)],
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await serve(process.argv[2]!);
  console.log(
    `${url}\n${url}?theme=dark\n${url}?fault=slow   also interrupted, uncertain, 401, 403, 404, 413, 429, 507 …`,
  );
}
