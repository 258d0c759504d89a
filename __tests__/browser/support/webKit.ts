import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import type { Engine, Tab } from "./engine";
import { until } from "./until";
import { WebDriver } from "./webDriver";

/** The key of an element's id, by the WebDriver standard. */
const elementKey = "element-6066-11e4-a52e-4f735466cecf";

/** Starts WebKitGTK's own small browser on a screen in memory, and talks WebDriver to it. */
export async function startWebKit(): Promise<Engine> {
  const screen = spawn("Xvfb", ["-displayfd", "1", "-screen", "0", "1280x1024x24"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [display] = (await once(screen.stdout, "data")) as [Buffer];
  const env = {
    ...process.env,
    DISPLAY: `:${String(display).trim()}`,
    WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
  };
  const port = await freePort();
  const service = spawn("WebKitWebDriver", [`--port=${port}`, "--host=127.0.0.1"], { stdio: "ignore", env });
  const base = `http://127.0.0.1:${port}`;
  await until("WebKitWebDriver listens", () =>
    fetch(`${base}/status`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  const driver = await WebDriver.start(base, {
    acceptInsecureCerts: true,
    timeouts: { script: 120_000 },
    "webkitgtk:browserOptions": { binary: miniBrowser(), args: ["--automation"] },
  });
  const first = await driver.ask<string>("GET", "/window");
  return {
    open: (url) => open(driver, first, url),
    close: async () => {
      await driver.ask("DELETE", "");
      for (const child of [service, screen]) await stop(child);
    },
  };
}

/** A new window (a tab would never be in front), asked for from one that is still open: the first, which stays. */
async function open(driver: WebDriver, first: string, url: string): Promise<Tab> {
  await driver.ask("POST", "/window", { handle: first });
  const { handle } = await driver.ask<{ handle: string }>("POST", "/window/new", { type: "window" });
  const here: WebDriver["ask"] = async (...command) => {
    await driver.ask("POST", "/window", { handle });
    return driver.ask(...command);
  };
  await here("POST", "/url", { url });
  return {
    call: async <T>(name: string, ...given: unknown[]) => {
      const { value, error } = await here<{ value: T; error?: string }>("POST", "/execute/async", {
        script: callInPage,
        args: [name, given],
      });
      if (error !== undefined) throw new Error(error);
      return value;
    },
    pick: async (text) => {
      const input = { using: "css selector", value: "input[type=file]" };
      const element = await here<Record<string, string>>("POST", "/element", input);
      await here("POST", `/element/${element[elementKey]}/value`, { text });
    },
    reload: () => here("POST", "/refresh", {}),
    hide: () => here("POST", "/window/minimize", {}),
    close: () => here("DELETE", "/window"),
  };
}

const callInPage = `
  const [name, given, done] = arguments;
  const called = Promise.resolve().then(() => page[name](...given));
  called.then((value) => done({ value }), (error) => done({ error: String(error) }));`;

/** It lies in a folder named after the machine, as in /usr/lib/x86_64-linux-gnu. */
function miniBrowser(): string {
  const paths = readdirSync("/usr/lib").map((folder) => `/usr/lib/${folder}/webkit2gtk-4.1/MiniBrowser`);
  const found = paths.find((path) => existsSync(path));
  if (found === undefined) throw new Error("MiniBrowser is not installed below /usr/lib.");
  return found;
}

/** A port that nobody listens on, so that several runs do not meet. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill();
  await once(child, "exit");
}
