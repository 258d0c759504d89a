import { launch, type Browser, type Page } from "puppeteer-core";
import { barriers } from "../browser/support/axe";
import { until } from "../browser/support/until";
import { fileOf } from "../support/graph";
import { Command } from "./support/command";
import { startEmulatorOf, type StartedEmulator } from "./support/page";

let command: Command;
let emulator: StartedEmulator;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  command = await Command.install();
  emulator = await startEmulatorOf(command);
  const file = await command.file("report.zip", fileOf(9_000_000));
  const flags = ["--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking"];
  browser = await launch({
    browser: "chrome",
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", ...flags, "--disable-component-update"],
  });
  await emulator.act("/api/faults", { fault: "unavailable" });
  await emulator.act("/api/faults", { fault: "lostReply" });
  const { items } = await emulator.state();
  const run = await command.run(["attach", items[0]!.path, file, "--timeout", "20"], emulator.environment);
  expect(run).toMatchObject({ code: 0 });
});
beforeEach(async () => {
  page = await browser.newPage();
  await page.goto(emulator.page);
  await until("the timeline", async () => (await page.$$(".step")).length > 5);
});
afterEach(() => page.close());
afterAll(async () => {
  await browser.close();
  await emulator.stop();
  await command.remove();
});

const rows = () => page.$$eval(".step", (all) => all.map((row) => (row as HTMLElement).innerText.replace(/\s+/g, " ")));
const isOpen = (id: string) => page.$eval(`#${id}`, (dialog) => (dialog as HTMLDialogElement).open);

describe("Chromium", () => {
  test("the emulator's page shows how a file survived: a row with its outcome for each request", async () => {
    const shown = await rows();
    expect(shown[0]).toBe("Open a session ✓ 201 Created");
    expect(shown).toContain("Range 0–3.9 MB ! 503 Service Unavailable (fault)");
    expect(shown).toContainEqual(expect.stringMatching(/^Range .* \? 20\d .*, reply lost \(fault\)$/));
    expect(shown).toContain("Ask for the next byte ✓ 200 OK");
    const bars = await page.$$eval(".step rect", (all) => all.map((bar) => bar.getAttribute("class")));
    expect(new Set(bars)).toEqual(new Set(["done", "failed", "lost"]));
  });

  test("a request of the emulator's page opens by the keyboard without secrets, and Escape returns to its row", async () => {
    await page.focus(".step");
    await page.keyboard.press("ArrowDown"); // scrolls only
    await page.keyboard.press("Enter");
    await until("the exchange", () => isOpen("exchange"));
    const text = await page.$eval("#exchange", (dialog) => (dialog as HTMLElement).innerText);
    expect(text).toContain("createUploadSession");
    expect(text).toContain("authtoken=…");
    expect(text.toLowerCase()).not.toContain("bearer");
    expect(await barriers(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await until("the page again", async () => !(await isOpen("exchange")));
    expect(await page.evaluate(() => document.activeElement === document.querySelector(".step"))).toBe(true);
  });

  test("a focused row of the emulator's page keeps the focus when a new request appears", async () => {
    await page.focus(".step");
    const before = (await rows()).length;
    const { GRAPH_BASE_URL, GRAPH_TOKEN } = emulator.environment;
    const { items } = await emulator.state();
    const file = await command.file("other.txt", Buffer.from("small"));
    expect(GRAPH_BASE_URL).toBeDefined();
    expect(GRAPH_TOKEN).toBeDefined();
    expect(await command.run(["attach", items[1]!.path, file], emulator.environment)).toMatchObject({ code: 0 });
    await until("another row", async () => (await rows()).length > before);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain("Open a session");
  });

  test("the emulator's page asks before it deletes everything", async () => {
    const other = await startEmulatorOf(command);
    try {
      await page.goto(other.page);
      await other.act("/api/items", { kind: "event" });
      const events = async () => (await other.state()).items.filter(({ kind }) => kind === "event").length;
      await page.click("#reset");
      await until("the question", () => isOpen("confirm"));
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Cancel");
      expect(await barriers(page)).toEqual([]);
      await page.keyboard.press("Enter");
      await until("the page again", async () => !(await isOpen("confirm")));
      expect(await events()).toBe(2);
      await page.click("#reset");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await until("the new start", async () => (await events()) === 1);
    } finally {
      await other.stop();
    }
  });

  const sizes = [320, 450, 1280];
  const looks = ["light", "dark", "forced"];
  test.each(sizes.flatMap((width) => looks.map((look) => [width, look] as const)))(
    "the emulator's page has no barriers and does not scroll sideways at %d pixels, %s",
    async (width, look) => {
      await page.setViewport({ width, height: 900 });
      const session = await page.createCDPSession();
      await session.send("Emulation.setEmulatedMedia", {
        features: [
          { name: "prefers-color-scheme", value: look === "dark" ? "dark" : "light" },
          { name: "forced-colors", value: look === "forced" ? "active" : "none" },
        ],
      });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      const folder = process.env["SCREENSHOTS"]; // to look at them
      if (folder) await page.screenshot({ path: `${folder}/emulator-${width}-${look}.png`, fullPage: true });
      expect(await barriers(page)).toEqual([]);
    },
  );
});
