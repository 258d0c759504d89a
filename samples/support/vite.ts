import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { InlineConfig, Plugin } from "vite";

const samples = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** The Vite configuration of a sample, with the library from `src`. */
export function configOf(name: string) {
  return {
    root: join(samples, name),
    configFile: false,
    cacheDir: resolve(samples, "../node_modules/.vite", name),
    resolve: {
      alias: Object.entries({ "": "index.ts", "/outlook": "outlook/index.ts" }).map(([entry, file]) => ({
        find: new RegExp(`^graph-large-attachments${entry}$`),
        replacement: resolve(samples, "../src", file),
      })),
    },
    plugins: name === "outlook-addin" ? [launchEvent(join(samples, name, "src/launchevent.ts"))] : [],
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

/** Serves or builds `/launchevent.js`: one script without imports, in the ECMAScript 2016 of classic Outlook's runtime. */
function launchEvent(entry: string): Plugin {
  const bundle = async () => {
    const entries = { "graph-large-attachments/outlook": resolve(samples, "../src/outlook/index.ts") };
    const options = { bundle: true, minify: true, write: false, format: "iife", target: "es2016" } as const;
    return (await build({ entryPoints: [entry], alias: entries, ...options })).outputFiles[0]!.text;
  };
  return {
    name: "launchevent",
    configureServer: ({ middlewares }) =>
      void middlewares.use("/launchevent.js", (_request, response) => {
        response.setHeader("content-type", "text/javascript");
        bundle().then(
          (text) => response.end(text),
          () => response.destroy(),
        );
      }),
    async generateBundle() {
      this.emitFile({ type: "asset", fileName: "launchevent.js", source: await bundle() });
    },
  };
}

/** The certificate of `npx office-addin-dev-certs install`. Office loads pages by https only. */
function certificate() {
  const [cert, key] = ["crt", "key"].map((type) => join(homedir(), ".office-addin-dev-certs", `localhost.${type}`));
  return existsSync(key!) ? { cert: readFileSync(cert!), key: readFileSync(key!) } : undefined;
}
