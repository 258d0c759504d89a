import puppeteer, { type Browser } from "puppeteer-core";

/** Chromium as Debian has it, or where `CHROMIUM` says. */
export function launchChromium(): Promise<Browser> {
  const quiet = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
  return puppeteer.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", ...quiet, "--disable-component-update", "--disable-sync"],
  });
}
