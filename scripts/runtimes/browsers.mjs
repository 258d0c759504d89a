// Runs the suite in a page of Chromium, Firefox and WebKit, like the browser tests. Every browser runs the bundle of
// esbuild; the bundles of the other bundlers run in Chromium.
import { spawnSync } from "node:child_process";
import { createServer } from "node:http";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { tsImport } from "tsx/esm/api";
import { startEmulator } from "./emulator.mjs";

const packages = { Chromium: "chromium", Firefox: "firefox-esr", WebKit: "libwebkit2gtk-4.1-0" };

export function browserRuns(home, bundlers) {
  const inEach = Object.keys(packages).map((engine) => ({
    runtime: engine,
    version: versionOf(packages[engine]),
    how: "a page bundled by esbuild",
    run: () => inBrowser(home, engine, "esbuild"),
  }));
  const ofEach = bundlers.map(({ name, version, folder }) => ({
    runtime: name,
    version,
    how: "a page in Chromium",
    run: () => inBrowser(home, "Chromium", folder),
  }));
  return [...inEach, ...ofEach];
}

async function inBrowser(home, engine, folder) {
  const { engines } = await tsImport("../../__tests__/browser/support/engine.ts", import.meta.url);
  const [emulator, site] = await Promise.all([startEmulator(home), startSite(join(home, "bundles", folder))]);
  const browser = await engines[engine]();
  try {
    const tab = await browser.open(site.url);
    return await tab.call("smoke", emulator.control);
  } finally {
    await browser.close();
    await Promise.all([site.close(), emulator.close()]);
  }
}

const html = `<!doctype html><meta charset="utf-8"><title>Smoke</title><script type="module" src="/main.js"></script>`;

/** Serves a page with the scripts of a folder on its own origin. */
async function startSite(folder) {
  const scripts = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith(".js"));
  const all = new Map(await Promise.all(scripts.map(async (file) => [`/${file}`, await readFile(join(folder, file))])));
  const server = createServer(({ url }, response) => {
    const script = all.get(url);
    response.setHeader("Content-Type", script ? "text/javascript" : "text/html");
    response.end(script ?? html);
  });
  await new Promise((resolve) => server.listen(0, "localhost", resolve));
  return {
    url: `http://localhost:${server.address().port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The version of the browser's Debian package. */
function versionOf(name) {
  const { stdout } = spawnSync("dpkg-query", ["-W", "-f", "${Version}", name], { encoding: "utf8" });
  const version = /^(?:\d+:)?([\d.]+)/.exec(stdout ?? "")?.[1];
  if (version === undefined) throw new Error(`${name} is not installed: npm run test:browser installs the browsers.`);
  return version;
}
