import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "../package/run";
import { page } from "./support/markdown";
import { folder, install } from "./support/programs";

/** docs/guides/testing.md: its tests are run by Jest and Vitest, where its readers would write them. */
const { blocks } = page("docs/guides/testing.md");
const jest_ = join(root, "node_modules/jest/bin/jest.js");

beforeAll(install, 60_000);

/** A folder with the files of the guide that one runner needs. */
function project(name: string, files: Record<string, string>): string {
  const home = join(folder, name);
  mkdirSync(home, { recursive: true });
  const asked = blocks.filter(({ file }) => file === "send-report.cjs").map(({ file, text }) => [file, text] as const);
  for (const [file, text] of [...asked, ...Object.entries(files)]) writeFileSync(join(home, file), text);
  return home;
}

const textOf = (name: string) => blocks.find(({ file }) => file === name)!.text;

test("the tests for Jest pass without any configuration", async () => {
  const home = project("jest", { "report.test.js": textOf("report.test.js"), "package.json": "{}" });
  const { code, stderr } = await run(process.execPath, [jest_, "--rootDir", home, "--config", "{}"]);
  expect(stderr).toContain("Tests:       2 passed, 2 total");
  expect(code).toBe(0);
}, 120_000);

/** Runs Vitest, and returns what it prints. */
async function vitest(home: string): Promise<string> {
  const vitest_ = join(root, "node_modules/vitest/vitest.mjs");
  const { code, stdout, stderr } = await run(process.execPath, [vitest_, "run", "--root", home, "--no-color"]);
  return code === 0 ? stdout : stdout + stderr;
}

test("the tests for Vitest pass without any configuration", async () => {
  const home = project("vitest", { "report.test.mjs": textOf("report.test.mjs"), "package.json": "{}" });
  expect(await vitest(home)).toMatch(/Tests +1 passed \(1\)/);
}, 120_000);

const pageTest = textOf("page.test.js");
const trusting = (text: string) =>
  text.replace("const emulator =", "happyDOM.settings.fetch.disableStrictSSL = true;\n  const emulator =");
const happyDom = "@jest-environment @happy-dom/jest-environment";

test.each([
  ["jsdom", pageTest],
  ["happy-dom", trusting(pageTest.replace(/@jest-environment .*?(?= \*\/)/, happyDom))],
])(
  "the test of a page passes in Jest with %s",
  async (name, text) => {
    const environment = { "page-environment.cjs": textOf("page-environment.cjs") };
    const home = project(`jest-${name}`, { ...environment, "page.test.js": text, "package.json": "{}" });
    const { code, stderr } = await run(process.execPath, [jest_, "--rootDir", home, "--config", "{}"]);
    expect(stderr).toContain("Tests:       1 passed, 1 total");
    expect(code).toBe(0);
  },
  120_000,
);

test.each([
  ["jsdom", pageTest],
  ["happy-dom", trusting(pageTest)],
])(
  "the test of a page passes in Vitest with %s",
  async (name, text) => {
    const imports = text
      .replace(/^.*\n/, `// @vitest-environment ${name}\nimport { expect, test } from "vitest";\n`)
      .replace(/const (\{ .*? \}) = require\((.*?)\);/g, "import $1 from $2;");
    const home = project(`vitest-${name}`, { "page.test.mjs": imports, "package.json": "{}" });
    expect(await vitest(home)).toMatch(/Tests +1 passed \(1\)/);
  },
  120_000,
);
