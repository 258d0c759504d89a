import { launch, type Browser, type LaunchOptions, type Page } from "puppeteer-core";
import type { Engine, Tab } from "./engine";

const chromiumOptions: LaunchOptions = {
  browser: "chrome",
  executablePath: "/usr/bin/chromium",
  args: [
    ...["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run"],
    ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
    "--js-flags=--expose-gc",
    "--enable-precise-memory-info", // performance.memory to the byte, and not as it was minutes ago
  ],
};

export const startChromium = (): Promise<Engine> => start(chromiumOptions);

export const startFirefox = (): Promise<Engine> =>
  start({ browser: "firefox", executablePath: "/usr/bin/firefox-esr" });

async function start(options: LaunchOptions): Promise<Engine> {
  const browser = await launch({ acceptInsecureCerts: true, headless: true, protocolTimeout: 120_000, ...options });
  return {
    open: (url) => open(browser, url),
    close: () => browser.close(),
  };
}

async function open(browser: Browser, url: string): Promise<Tab> {
  const page: Page = await browser.newPage();
  await page.goto(url);
  let front: Page | undefined;
  return {
    call: (name, ...given) =>
      page.evaluate(
        (name, given) =>
          (globalThis as unknown as { page: Record<string, (...of: unknown[]) => never> }).page[name]!(...given),
        name,
        given,
      ),
    pick: async (path) => {
      const input = (await page.$("input[type=file]")) as { uploadFile(path: string): Promise<void> } | null;
      await input!.uploadFile(path);
    },
    reload: async () => void (await page.reload()),
    hide: async () => {
      front = await browser.newPage();
      await front.bringToFront();
    },
    offline: (is) => page.setOfflineMode(is),
    close: async () => {
      await front?.close();
      await page.close();
    },
  };
}
