import puppeteer, { type Browser } from "puppeteer-core";

/** Starts the Chromium of Debian, or the one at the path in `CHROMIUM`. */
export function launchChromium(): Promise<Browser> {
  const flags = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
  return puppeteer.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", ...flags, "--disable-component-update", "--disable-sync"],
  });
}
