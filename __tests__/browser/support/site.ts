import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build } from "esbuild";

/** The page on an origin of its own, as an add-in or a web application has it. */
export interface Site {
  readonly url: string;
  close(): Promise<void>;
}

const html = `<!doctype html><meta charset="utf-8"><title>Upload</title><input type="file"><script src="/page.js"></script>`;

/** Bundles the page and its worker for browsers, and serves them; http://localhost is a secure context. */
export async function startSite(): Promise<Site> {
  const entryPoints = ["page", "worker"].map((name) => join(__dirname, `../${name}.ts`));
  const { outputFiles } = await build({
    entryPoints,
    bundle: true,
    platform: "browser",
    target: "es2022",
    write: false,
    outdir: "/",
  });
  const files = new Map(outputFiles.map(({ path, contents }) => [path, contents]));
  const server = createServer(({ url }, response) => {
    const script = files.get(url ?? "");
    response.setHeader("Content-Type", script ? "text/javascript" : "text/html");
    response.end(script ?? html);
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
