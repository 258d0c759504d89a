import { launch, type Browser, type Page } from "puppeteer-core";
import { until } from "../browser/support/until";
import { fileOf, sha256 } from "../support/graph";
import { Command } from "./support/command";
import { startEmulatorOf, type StartedEmulator } from "./support/page";

const bytes = fileOf(9_000_000);
const hostile = '<img src=x onerror="document.title=1">.zip';
let command: Command;
let emulator: StartedEmulator;
let browser: Browser;
let page: Page;
let file: string;

beforeAll(async () => {
  command = await Command.install();
  emulator = await startEmulatorOf(command);
  file = await command.file("report.zip", bytes);
  const flags = ["--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run", "--disable-sync"];
  browser = await launch({
    browser: "chrome",
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", ...flags, "--disable-background-networking", "--disable-component-update"],
  });
});
beforeEach(async () => {
  await emulator.act("/api/reset", {});
  page = await browser.newPage();
  await page.goto(emulator.page);
  await shows("#connection", "Live");
});
afterEach(() => page.close());
afterAll(async () => {
  await browser.close();
  await emulator.stop();
  await command.remove();
});

const textOf = (selector: string) => page.$eval(selector, (element) => (element as HTMLElement).innerText);
const shows = (selector: string, text: string) =>
  until(`${text} in ${selector}`, async () => (await textOf(selector)).includes(text));
const upload = (name: string) =>
  command.run(["attach", itemPath, file, "--name", name, "--timeout", "20"], emulator.environment);
let itemPath: string;
beforeEach(async () => {
  itemPath = (await emulator.state()).items[0]!.path;
});

describe("Chromium", () => {
  test("the emulator's page shows each range of an upload, and the file with its SHA-256", async () => {
    await page.click("#slow");
    await until("the slowness", async () => (await emulator.state()).slow);
    const ended = upload("report.zip");
    await shows("#uploads", "report.zip");
    await shows("#uploads", "3.9 MB of 9.0 MB");
    const bar = await page.$eval("#uploads progress", ({ max, value }) => value / max);
    expect(bar).toBeGreaterThan(0.4);
    expect(await ended).toMatchObject({ code: 0 });
    await shows("#uploads", "Outlook, complete: 9.0 MB of 9.0 MB");
    await shows("#items", sha256(bytes));
    await shows("#requests", "0-3932159/9000000");
    await page.click("#slow");
    await until("the end of the slowness", async () => !(await emulator.state()).slow);
  });

  test("the emulator's page adds a fault and shows the request that got it", async () => {
    await page.click("[data-fault=unavailable]");
    await shows("#faults", "Waiting: 503");
    expect(await upload("report.zip")).toMatchObject({ code: 0 });
    await shows("#faults", "No fault is waiting.");
    await shows("#requests", "status 503");
  });

  test("the emulator's page shows markup in names as text", async () => {
    expect(await upload(hostile)).toMatchObject({ code: 0 });
    await shows("#uploads", hostile);
    await shows("#items", hostile);
    expect(await page.$$("img")).toEqual([]);
    expect(await page.title()).toBe("Emulator of Graph and Azure DevOps");
  });

  test("the emulator's page has a command line for each item and keeps the selection", async () => {
    const { items, environment } = await emulator.state();
    const task = items.find(({ kind }) => kind === "task")!;
    await page.select("#target", task.path);
    expect(await textOf("#command")).toBe(`${environment}\n${task.command}`);
    await page.click('[data-kind="event"]');
    await until("the new event", async () => (await page.$$("#target option")).length === items.length + 1);
    expect(await page.$eval("select#target", ({ value }) => value)).toBe(task.path);
  });

  test("the emulator's page works with the keyboard alone", async () => {
    const reached = new Set<string>();
    for (let press = 0; press < 30; press++) {
      await page.keyboard.press("Tab");
      reached.add(
        await page.evaluate(() => {
          const { id, dataset } = document.activeElement as HTMLElement;
          return id || dataset["fault"] || dataset["kind"] || "";
        }),
      );
    }
    for (const name of ["target", "command", "copy", "reset", "busy", "lostReply", "slow", "message", "work item"])
      expect(reached).toContain(name);
    await page.focus("[data-fault=busy]");
    await page.keyboard.press("Enter");
    await shows("#faults", "429");
  });

  test.each(["light", "dark"])("the emulator's page is readable at 400 pixels in %s", async (scheme) => {
    await page.setViewport({ width: 400, height: 800 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    expect(await upload(`${"a-very-long-name-".repeat(6)}.zip`)).toMatchObject({ code: 0 });
    await shows("#items", "a-very-long-name");
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400);
    const contrasts = await page.evaluate(() => {
      const channels = (color: string) =>
        color
          .match(/[\d.]+/g)!
          .slice(0, 3)
          .map(Number);
      const luminance = (color: string) => {
        const [r, g, b] = channels(color).map((c) => (c <= 10 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
      };
      const backOf = (element: Element | null): string => {
        const back = element ? getComputedStyle(element).backgroundColor : "rgb(255, 255, 255)";
        return back === "rgba(0, 0, 0, 0)" ? backOf(element!.parentElement) : back;
      };
      return [...document.querySelectorAll("h1, h2, h3, p, button, label, select, pre, li, td, th, code, .faint")]
        .filter((element) => element.textContent !== "")
        .map((element) => {
          const [one, other] = [luminance(getComputedStyle(element).color), luminance(backOf(element))];
          return {
            text: element.textContent.slice(0, 20),
            ratio: (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05),
          };
        });
    });
    expect(contrasts.length).toBeGreaterThan(20);
    expect(contrasts.filter(({ ratio }) => ratio < 4.5)).toEqual([]);
    const unnamed = await page.$$eval("button, select, input, progress", (all) =>
      (all as HTMLInputElement[])
        .filter((one) => !one.textContent && !one.labels?.length && !one.getAttribute("aria-label"))
        .map((one) => one.outerHTML),
    );
    expect(unnamed).toEqual([]);
  });

  test("the emulator's page reports that the emulator has ended", async () => {
    const other = await startEmulatorOf(command);
    await page.goto(other.page);
    await shows("#connection", "Live");
    await other.stop();
    await shows("#connection", "The emulator has ended");
  });
});
