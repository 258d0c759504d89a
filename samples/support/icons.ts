/**
 * Draws the icons of both samples with Chromium:
 *
 *   npx tsx samples/support/icons.ts
 */
import { fileURLToPath } from "node:url";
import type { Page } from "puppeteer-core";
import { launchChromium } from "./browser.js";

/** A paper clip of 32 by 32 pixels. */
const clip = (color: string) =>
  `<path d="M20.9 12.2 13.6 19.5a2.1 2.1 0 0 0 3 3l8-8a4.3 4.3 0 0 0-6.1-6.1l-8.2 8.2a6.5 6.5 0 0 0 9.2 9.2l4.6-4.6"
    transform="translate(-1.5 -1)" fill="none" stroke="${color}" stroke-width="2.2" stroke-linecap="round"/>`;
const color = `<rect width="32" height="32" rx="6" fill="#0f6cbd"/>${clip("#fff")}`;

const icons = {
  "outlook-addin": { color: [16, 32, 64, 80, 128, 192], outline: [32] },
  "teams-tab": { color: [32, 192], outline: [32] },
};

async function draw(page: Page, drawing: string, size: number, path: string): Promise<void> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="${size}" height="${size}">`;
  await page.setViewport({ width: size, height: size });
  await page.setContent(`<style>body{margin:0}svg{display:block}</style>${svg}${drawing}</svg>`);
  await page.screenshot({ path: path as `${string}.png`, omitBackground: true });
}

const browser = await launchChromium();
const page = await browser.newPage();
for (const [sample, sizes] of Object.entries(icons)) {
  const path = (name: string) => fileURLToPath(new URL(`../${sample}/public/${name}.png`, import.meta.url));
  for (const size of sizes.color) await draw(page, color, size, path(`icon-${size}`));
  for (const size of sizes.outline) await draw(page, clip("#fff"), size, path("outline"));
}
await browser.close();
