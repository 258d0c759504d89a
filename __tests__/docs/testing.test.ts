import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "../package/run";
import { page } from "./support/markdown";
import { folder, install } from "./support/programs";

/** docs/guides/testing.md: its tests are run by Jest, where its readers would write them. */
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

test("the tests for Vitest pass; Jest, which has the same functions, stands in for it", async () => {
  const config = {
    testMatch: ["**/*.test.mjs"],
    moduleFileExtensions: ["js", "mjs", "cjs"],
    transform: {},
    moduleNameMapper: { "^vitest$": "<rootDir>/vitest.cjs" },
  };
  const home = project("vitest", {
    "report.test.mjs": textOf("report.test.mjs"),
    "vitest.cjs": "module.exports = { afterAll, beforeEach, expect, test };",
    "package.json": "{}",
  });
  const args = ["--experimental-vm-modules", jest_, "--rootDir", home, "--config", JSON.stringify(config)];
  const { code, stderr } = await run(process.execPath, args);
  expect(stderr).toContain("Tests:       1 passed, 1 total");
  expect(code).toBe(0);
}, 120_000);
