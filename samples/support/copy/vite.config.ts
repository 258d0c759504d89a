import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vite";

/** The certificate of `npx office-addin-dev-certs install`. Office loads pages by https only. */
const [cert, key] = ["crt", "key"].map((type) => join(homedir(), ".office-addin-dev-certs", `localhost.${type}`));
const https = existsSync(key!) ? { cert: readFileSync(cert!), key: readFileSync(key!) } : undefined;

export default defineConfig({
  build: { target: "es2022", chunkSizeWarningLimit: 2000 },
  server: { port: 3000, https },
});
