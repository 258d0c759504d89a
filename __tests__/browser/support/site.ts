import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { build } from "esbuild";

/** The page on an origin of its own, as an add-in or a web application has it. */
export interface Site {
  readonly url: string;
  /** Has what the page would load later be gone, as after a new version of it was put on the server; or brings it back. */
  lose(is: boolean): void;
  close(): Promise<void>;
}

const htmlOf = (script: string) =>
  `<!doctype html><meta charset="utf-8"><title>Upload</title><input type="file"><script type="module" src="/${script}.js"></script>`;

/** Bundles the page and its worker for browsers, and serves them; http://localhost is a secure context. */
export async function startSite(page = "page"): Promise<Site> {
  const html = htmlOf(page);
  const entryPoints = [page, "worker"].map((name) => join(__dirname, `../${name}.ts`));
  const { outputFiles, metafile } = await build({
    entryPoints,
    bundle: true,
    splitting: true,
    format: "esm",
    metafile: true,
    platform: "browser",
    target: "es2022",
    write: false,
    outdir: "/",
  });
  const files = new Map(outputFiles.map(({ path, contents }) => [path, contents]));
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  const later = imports.filter(({ kind }) => kind === "dynamic-import").map(({ path }) => basename(path));
  if (later.length === 0) throw new Error("The page loads nothing later.");
  let lost = false;
  const server = createServer(({ url }, response) => {
    const script = files.get(url ?? "");
    if (lost && later.includes(basename(url ?? ""))) return void response.writeHead(404).end();
    response.setHeader("Content-Type", script ? "text/javascript" : "text/html");
    response.end(script ?? html);
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    lose: (is) => void (lost = is),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
