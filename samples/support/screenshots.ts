/**
 * Takes the screenshots of both samples for the README with Chromium (`CHROMIUM=/usr/bin/chromium`). The browser tests take
 * them too, into a temporary folder:
 *
 *   npx tsx samples/support/screenshots.ts [folder]
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "puppeteer-core";
import { launchChromium } from "./browser.js";
import { openPane, pickFiles, scrollsSideways, waitForText, type PickedFile } from "./panePage.js";
import { serveBuilt } from "./serve.js";

const MEGABYTE = 1_048_576;
const report = { name: "Report.pdf", bytes: 1.2 * MEGABYTE };
const video = { name: "Walkthrough of the new building, second floor.mp4", bytes: 40 * MEGABYTE };
const plans = { name: "Plans.zip", bytes: 8 * MEGABYTE };
const archive = { name: "Archive.zip", bytes: 200 * MEGABYTE };

interface Shot {
  readonly name: string;
  readonly query: string;
  readonly width: number;
  readonly files: readonly PickedFile[];
  /** The text that the pane shows when it is ready for the screenshot. */
  readonly until: RegExp;
  /** Clicked before the screenshot. */
  readonly click?: string;
  readonly forcedColors?: boolean;
}

const slow = "fault=slow&send&theme=";
const uploading = { files: [report, video, plans], until: /15 of 40 MB/ };
const shots: readonly Shot[] = [
  { name: "light", query: "theme=light&fault=slow", width: 320, ...uploading },
  { name: "dark", query: "theme=dark&fault=slow", width: 320, ...uploading },
  { name: "error", query: "fault=interrupted", width: 480, files: [report, video, archive], until: /interrupted/ },
];
/** Pictures that only the add-in in Outlook has. */
const outlookShots: readonly Shot[] = [
  {
    ...{ name: "waiting", query: "theme=light&host=classic&visibleAfter=600", width: 320 },
    ...{ files: [report, video], until: /Waiting until/ },
  },
  { name: "blocked", query: `${slow}light`, width: 450, ...uploading, click: ".stub-send" },
  { name: "blocked-dark", query: `${slow}dark`, width: 450, ...uploading, click: ".stub-send" },
  {
    ...{ name: "stored", query: "theme=light&host=classic&noticedAfter=never", width: 320 },
    ...{ files: [report, video], until: /on the draft/ },
  },
  { name: "finished", query: "theme=light", width: 450, files: [report, video, plans], until: /40 MB · Attached/ },
  { name: "contrast", query: "fault=slow", width: 450, ...uploading, forcedColors: true },
];

/** `path` returns the file for each screenshot. */
export async function takeScreenshots(sample: string, path: (name: string) => string): Promise<void> {
  const { url, close } = await serveBuilt(sample);
  const browser = await launchChromium();
  try {
    const all = sample === "outlook-addin" ? [...shots, ...outlookShots] : shots;
    for (const shot of all) await take(browser, url, shot, path(`${sample}-${shot.name}`));
  } finally {
    await browser.close();
    await close();
  }
}

async function take(browser: Browser, url: string, shot: Shot, path: string): Promise<void> {
  const { width } = shot;
  const page = await openPane(browser, `${url}?${shot.query}`, { width, height: width === 320 ? 640 : 560 });
  if (shot.forcedColors) await forceColors(page);
  if (await page.$("select")) await pickEvent(page);
  await pickFiles(page, shot.files);
  await waitForText(page, shot.until);
  if (shot.click) await page.click(shot.click);
  if (await scrollsSideways(page)) throw new Error(`${shot.name} scrolls sideways.`);
  await page.screenshot({ path: path as `${string}.png` });
  await page.close({ runBeforeUnload: false });
}

/** Windows high contrast, which the protocol knows and Puppeteer does not name. */
async function forceColors(page: Page): Promise<void> {
  const session = await page.createCDPSession();
  await session.send("Emulation.setEmulatedMedia", { features: [{ name: "forced-colors", value: "active" }] });
}

async function pickEvent(page: Page): Promise<void> {
  const option = await page.waitForSelector("optgroup[label=Events] option");
  await page.select("select", await option!.evaluate((one) => (one as HTMLOptionElement).value));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2] ?? fileURLToPath(new URL("../../docs/screenshots/", import.meta.url));
  for (const sample of ["outlook-addin", "teams-tab"]) {
    await takeScreenshots(sample, (name) => join(folder, `${name}.png`));
  }
}
