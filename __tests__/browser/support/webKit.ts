import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import type { Engine, Tab } from "./engine";
import { until } from "./until";

const display = ":97";
const driver = "http://127.0.0.1:4499";
const elementKey = "element-6066-11e4-a52e-4f735466cecf";

/** Starts WebKitGTK's own small browser on a screen in memory, and talks WebDriver to it. */
export async function startWebKit(): Promise<Engine> {
  const env = { ...process.env, DISPLAY: display, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" };
  const children = [
    spawn("Xvfb", [display, "-screen", "0", "1280x1024x24"], { stdio: "ignore" }),
    spawn("WebKitWebDriver", ["--port=4499", "--host=127.0.0.1"], { stdio: "ignore", env }),
  ];
  await until("WebKitWebDriver listens", () => ask("GET", "/status").catch(() => undefined));
  const capabilities = {
    alwaysMatch: {
      acceptInsecureCerts: true,
      timeouts: { script: 120_000 },
      "webkitgtk:browserOptions": { binary: miniBrowser(), args: ["--automation"] },
    },
  };
  const session = await ask<{ sessionId: string; capabilities: { browserName: string; browserVersion: string } }>(
    "POST",
    "/session",
    { capabilities },
  );
  const path = `/session/${session.sessionId}`;
  const first = await ask<string>("GET", `${path}/window`);
  return {
    version: `${session.capabilities.browserName} ${session.capabilities.browserVersion}`,
    open: (url) => open(path, first, url),
    close: async () => {
      await ask("DELETE", path);
      for (const child of children.reverse()) await stop(child);
    },
  };
}

/** A new tab is asked for from another one that is still open: the first, which stays. */
async function open(session: string, first: string, url: string): Promise<Tab> {
  await ask("POST", `${session}/window`, { handle: first });
  const { handle } = await ask<{ handle: string }>("POST", `${session}/window/new`, { type: "tab" });
  const here = async <T>(method: string, path: string, body?: object): Promise<T> => {
    await ask("POST", `${session}/window`, { handle });
    return ask<T>(method, session + path, body);
  };
  await here("POST", "/url", { url });
  return {
    call: async (name, ...given) => {
      const script = `const [name, given, done] = arguments;
        Promise.resolve().then(() => page[name](...given)).then((value) => done({ value }), (error) => done({ error: String(error) }));`;
      const { value, error } = await here<{ value: never; error?: string }>("POST", "/execute/async", { script, args: [name, given] });
      if (error !== undefined) throw new Error(error);
      return value;
    },
    pick: async (text) => {
      const value = "input[type=file]";
      const element = await here<Record<string, string>>("POST", "/element", { using: "css selector", value });
      await here("POST", `/element/${element[elementKey]}/value`, { text });
    },
    reload: () => here("POST", "/refresh", {}),
    show: () => here("GET", "/title"),
    close: () => here("DELETE", "/window"),
  };
}

/** One WebDriver command. */
async function ask<T>(method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(driver + path, { method, body: body && JSON.stringify(body) });
  const { value } = (await response.json()) as { value: T & { error?: string; message?: string } };
  if (!response.ok) throw new Error(`${method} ${path.split("/").at(-1)}: ${value.error}: ${value.message}`);
  return value;
}

/** It lies in a folder named after the machine, as in /usr/lib/x86_64-linux-gnu. */
function miniBrowser(): string {
  const paths = readdirSync("/usr/lib").map((folder) => `/usr/lib/${folder}/webkit2gtk-4.1/MiniBrowser`);
  const found = paths.find((path) => existsSync(path));
  if (found === undefined) throw new Error("MiniBrowser is not installed below /usr/lib.");
  return found;
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) return resolve();
    child.once("exit", () => resolve());
    child.kill();
  });
}
