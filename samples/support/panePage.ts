import type { Browser, Page } from "puppeteer-core";

export interface PickedFile {
  readonly name: string;
  readonly bytes: number;
}

/** Opens the page of a sample in the size of a pane. */
export async function openPane(browser: Browser, url: string, size = { width: 320, height: 640 }): Promise<Page> {
  const page = await browser.newPage();
  page.on("pageerror", (error) => console.error(error));
  await page.setViewport({ ...size, deviceScaleFactor: 1.5 });
  await page.goto(url);
  await page.waitForSelector(".drop");
  return page;
}

/** Picks files like the file picker. */
export async function pickFiles(page: Page, files: readonly PickedFile[]): Promise<void> {
  await page.evaluate((all) => {
    const picked = new DataTransfer();
    for (const { name, bytes } of all) picked.items.add(new File([new Uint8Array(bytes)], name, { lastModified: 0 }));
    const input = document.querySelector<HTMLInputElement>("input[type=file]")!;
    input.files = picked.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }, files);
}

/** Waits until the pane shows a text. */
export async function waitForText(page: Page, text: RegExp): Promise<void> {
  const shows = (source: string) => new RegExp(source).test(document.body.innerText);
  await page.waitForFunction(shows, { timeout: 60_000 }, text.source);
}

export function scrollsSideways(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
}

/** The name of the focused element for screen readers. */
export function focused(page: Page): Promise<string | null | undefined> {
  return page.evaluate(() => {
    const { activeElement: element } = document;
    return element?.getAttribute("aria-label") ?? (element?.tagName === "BODY" ? "" : element?.textContent);
  });
}
