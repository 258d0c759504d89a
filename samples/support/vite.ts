import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { InlineConfig } from "vite";

const samples = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** The Vite configuration of a sample, with the library from `src`. */
export function configOf(name: string) {
  return {
    root: join(samples, name),
    configFile: false,
    cacheDir: resolve(samples, "../node_modules/.vite", name),
    resolve: { alias: [{ find: /^graph-large-attachments$/, replacement: resolve(samples, "../src/index.ts") }] },
    build: {
      target: "es2022",
      chunkSizeWarningLimit: 2000,
      emptyOutDir: true,
      // Fluent UI marks its components for server rendering, which the samples do not use.
      rolldownOptions: { onLog: (level, log, tell) => log.code !== "MODULE_LEVEL_DIRECTIVE" && tell(level, log) },
    },
    server: { port: 3000, https: certificate() },
  } satisfies InlineConfig;
}

/** The certificate of `npx office-addin-dev-certs install`. Office loads pages by https only. */
function certificate() {
  const [cert, key] = ["crt", "key"].map((type) => join(homedir(), ".office-addin-dev-certs", `localhost.${type}`));
  return existsSync(key!) ? { cert: readFileSync(cert!), key: readFileSync(key!) } : undefined;
}
