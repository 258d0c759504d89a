/**
 * Tests both panes in Chromium with the emulator, by the keyboard:
 *
 *   npx tsx samples/support/checkPanes.ts
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { Page } from "puppeteer-core";
import { barriers } from "./axe.js";
import { launchChromium } from "./browser.js";
import { focused, openPane, pickFiles, scrollsSideways, waitForText } from "./panePage.js";
import { serveBuilt } from "./serve.js";

/** Above 25 MB, so that Outlook does not take it from the add-in, and Graph does. */
const video = { name: "video.mp4", bytes: 28_000_000 };
const browser = await launchChromium();
const outlook = await serveBuilt("outlook-addin");
const teams = await serveBuilt("teams-tab");
after(() => Promise.all([browser.close(), outlook.close(), teams.close()]));

const inOutlook = (query = "") => openPane(browser, `${outlook.url}?${query}`);
const close = (page: Page) => page.close({ runBeforeUnload: false });
const press = async (page: Page, label: string) => {
  await page.focus(`[aria-label="${label}"]`);
  await page.keyboard.press("Enter");
};

test("Retry continues where the upload stopped, and the focus stays in the row, then in the pane", async () => {
  const page = await inOutlook("fault=interrupted");
  await pickFiles(page, [video]);
  await waitForText(page, /Retry continues where it stopped/);
  const status = await page.$eval("[role=status]", (element) => element.textContent);
  assert.match(status!, /^video\.mp4: The upload was interrupted\./);
  await press(page, "Retry video.mp4");
  assert.equal(await focused(page), "Cancel video.mp4");
  await waitForText(page, /· Attached/);
  assert.deepEqual(
    outlook.emulator.sessions.map(({ state }) => state),
    ["complete"],
  );
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => !document.querySelector(".row"));
  assert.equal(await focused(page), "Choose files");
  await close(page);
});

test("Cancel by the keyboard stops one file and deletes its session, and the next file continues", async () => {
  const page = await inOutlook("fault=slow");
  await pickFiles(page, [video, { name: "plans.zip", bytes: 27_000_000 }]);
  await waitForText(page, /3\.8 of 27 MB/);
  const shown = "[role=progressbar][aria-label='Uploading video.mp4']";
  assert.equal(await page.$eval(shown, (bar) => Number(bar.getAttribute("aria-valuenow")).toFixed(2)), "0.14");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  assert.equal(await focused(page), "Pause video.mp4");
  await page.keyboard.press("Tab");
  assert.equal(await focused(page), "Cancel video.mp4");
  await page.keyboard.press("Enter");
  await waitForText(page, /Canceled\./);
  assert.equal(await focused(page), "Remove video.mp4 from this list");
  await waitForText(page, /26 MB · Attached/);
  assert.deepEqual(
    outlook.emulator.sessions.map(({ state }) => state),
    ["deleted", "complete"],
  );
  await close(page);
});

test("Pause by the keyboard keeps what the service has, and Resume continues there in the same session", async () => {
  const page = await inOutlook("fault=slow");
  await pickFiles(page, [video]);
  await waitForText(page, /3\.8 of 27 MB/);
  await press(page, "Pause video.mp4");
  await waitForText(page, /Paused · \d/);
  assert.equal(await focused(page), "Resume video.mp4");
  const ranges = () => outlook.emulator.requests.filter(({ kind }) => kind === "range").length;
  const before = ranges();
  assert.equal(outlook.emulator.sessions.at(-1)!.state, "open");
  assert.deepEqual(await barriers(page), []);
  assert.equal(await scrollsSideways(page), false);
  assert.equal(ranges(), before);
  await page.keyboard.press("Enter");
  await waitForText(page, /· Attached/);
  assert.deepEqual(
    outlook.emulator.sessions.map(({ state }) => state),
    ["complete"],
  );
  assert.equal(ranges(), 8); // nothing was sent twice
  await close(page);
});

for (const [name, query, wait] of [
  ["light", "theme=light", /Choose files/],
  ["dark, while it uploads", "theme=dark&fault=slow", /of 27 MB/],
  ["after a failure", "fault=507", /mailbox is full/],
] as const)
  test(`the Outlook pane has no barriers: ${name}`, async () => {
    const page = await inOutlook(query);
    if (query.includes("fault")) await pickFiles(page, [video]);
    await waitForText(page, wait);
    assert.deepEqual(await barriers(page), []);
    await close(page);
  });

for (const theme of ["light", "dark", "contrast"])
  test(`the Teams tab has no barriers, and a task needs a title: ${theme}`, async () => {
    const page = await openPane(browser, `${teams.url}?theme=${theme}`);
    await page.waitForSelector("optgroup option");
    assert.deepEqual(await barriers(page), []);
    await page.select("select", "new");
    await page.waitForSelector("input:not([type=file])");
    await page.keyboard.type("   ");
    await page.keyboard.press("Enter");
    await waitForText(page, /Give the task a name/);
    assert.deepEqual(await barriers(page), []);
    assert.equal(await page.$$eval("h1", (all) => all.length), 1);
    await close(page);
  });

test("a file that is dropped before a place is chosen says so", async () => {
  const page = await openPane(browser, teams.url);
  await page.waitForSelector("optgroup option");
  await page.evaluate(() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(["x"], "x.txt"));
    document.querySelector(".pane")!.dispatchEvent(new DragEvent("drop", { bubbles: true, dataTransfer }));
  });
  await waitForText(page, /The files were not added\. First choose where to attach them/);
  assert.deepEqual(await barriers(page), []);
  await close(page);
});

test("the pane reports that it is offline, and continues when it is online", async () => {
  const page = await inOutlook("fault=slow");
  await pickFiles(page, [video]);
  await waitForText(page, /3\.8 of 27 MB/);
  await page.setOfflineMode(true);
  await waitForText(page, /You’re offline/);
  await page.setOfflineMode(false);
  await waitForText(page, /· Attached/);
  await close(page);
});

test("a file that Outlook takes from the add-in is attached without a request", async () => {
  const page = await inOutlook();
  await pickFiles(page, [{ name: "report.pdf", bytes: 1_200_000 }]);
  await waitForText(page, /1\.1 MB · Attached/);
  const sent = outlook.emulator.requests.map(({ kind }) => kind);
  assert.deepEqual(new Set(sent), new Set(["preflight", "list"])); // the stub of Outlook itself looks what the draft has
  await close(page);
});

test("a draft that is not synchronized is waited for, and then the pane says how to see the file until it shows", async () => {
  const page = await inOutlook("host=classic&visibleAfter=3&noticedAfter=3");
  await pickFiles(page, [video]);
  await waitForText(page, /Waiting until Outlook has synchronized the message/);
  assert.equal(await page.$(".failed"), null);
  await waitForText(page, /The file is on the draft, but this window doesn’t show it yet\. Close the draft/);
  await waitForText(page, /· Attached/);
  await close(page);
});

test("Cancel ends the wait for a draft", async () => {
  const page = await inOutlook("host=classic&visibleAfter=600");
  await pickFiles(page, [video]);
  await waitForText(page, /Waiting until Outlook/);
  await press(page, "Cancel video.mp4");
  await waitForText(page, /Canceled\./);
  await close(page);
});

test("sending is stopped while a file is on its way, and free when it is attached", async () => {
  const page = await inOutlook("fault=slow&send");
  await pickFiles(page, [video]);
  await waitForText(page, /3\.8 of 27 MB/);
  await page.click(".stub-send");
  await waitForText(page, /video\.mp4 is still being attached\. Wait until the upload has finished, then send again\./);
  await page.click(".stub-alert button");
  await waitForText(page, /· Attached/);
  await page.click(".stub-send");
  await waitForText(page, /Sent/);
  await close(page);
});

test("an Outlook that cannot do everything says what works instead, in 320 pixels", async () => {
  const texts: Record<string, RegExp> = {
    "mailbox=1.7": /Files show in this window only after you close the draft/,
    "host=mobile": /Open the draft in Outlook on the web/,
    "saveError=9022": /The draft was moved to another mailbox/,
  };
  for (const [query, text] of Object.entries(texts)) {
    const page = await inOutlook(query);
    await pickFiles(page, [video]);
    await waitForText(page, text);
    assert.equal(await scrollsSideways(page), false);
    await close(page);
  }
});

test("each failure has its text, which fits into 320 pixels", async () => {
  const texts: Record<string, RegExp> = {
    "403": /permission/,
    "404": /no longer where it was saved/,
    "413": /too large/,
    "507": /mailbox is full/,
    uncertain: /may be attached already/,
  };
  for (const [fault, text] of Object.entries(texts)) {
    const page = await inOutlook(`fault=${fault}`);
    await pickFiles(page, [{ ...video, name: `${"A very long name of a file ".repeat(5)}.mp4` }]);
    await waitForText(page, text);
    assert.equal(await scrollsSideways(page), false);
    await close(page);
  }
});

test("a task in Teams is created by the keyboard, takes a file that fits and refuses one that is too large", async () => {
  const page = await openPane(browser, `${teams.url}?theme=contrast`);
  await page.waitForSelector("optgroup option");
  await page.select("select", "new");
  await page.waitForSelector("input:not([type=file])");
  await page.keyboard.press("Enter");
  await waitForText(page, /Give the task a name/);
  await page.keyboard.type("Plans for the office");
  await page.keyboard.press("Enter");
  await waitForText(page, /Up to 25 MB each/);
  assert.equal(await page.evaluate(() => document.activeElement?.tagName), "SELECT");
  await pickFiles(page, [
    { ...video, bytes: 12_000_000 },
    { name: "large.mp4", bytes: 30_000_000 },
  ]);
  await waitForText(page, /Attached to Plans for the office/);
  await waitForText(page, /25 MB at most/);
  assert.equal(await scrollsSideways(page), false);
  await close(page);
});
