import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root, run } from "../package/run";

const results = async () => JSON.parse(await readFile(join(root, "docs/runtimes.json"), "utf8"));

/** The results as docs/runtimes.md states them. */
async function sectionOf(given: object): Promise<string> {
  const code = `
    import { withSection } from "./scripts/runtimes/table.mjs";
    process.stdout.write(withSection("before <!-- runtimes -->stale<!-- /runtimes --> after", ${JSON.stringify(given)}));`;
  const { code: status, stdout, stderr } = await run(process.execPath, ["--input-type=module", "-e", code]);
  expect([status, stderr]).toEqual([0, ""]);
  return stdout;
}

test("docs/runtimes.md lists what was run, by the suite as it is now", async () => {
  expect(await run(process.execPath, ["scripts/runtimes.mjs", "--check"])).toEqual({ code: 0, stdout: "", stderr: "" });
});

test("the results are of every runtime that is promised, each with all checks passed", async () => {
  const { checks, runs } = await results();
  const nodes = runs.filter(({ runtime }: { runtime: string }) => runtime === "Node");
  const lines = nodes.map(({ version }: { version: string }) => version.split(".")[0]);
  expect([...new Set(lines)]).toEqual(["20", "22", "24", "26"]);
  const clients = ["the lowest Graph client", "SharePoint", "TeamsFx", "two copies"];
  const engines = ["workerd", "Chromium", "Firefox", "WebKit"];
  const promised = ["Node", "Bun", "Deno", "jsdom", "React Native", ...clients, ...engines];
  const bundlers = ["Vite", "webpack", "esbuild", "Rollup"];
  expect([...new Set(runs.map(({ runtime }: { runtime: string }) => runtime))]).toEqual([...promised, ...bundlers]);
  expect([...new Set(runs.map(({ passed }: { passed: number }) => passed))]).toEqual([checks.length]);
});

test("the oldest Node that was run is the oldest that package.json allows", async () => {
  const { engines } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const { runs } = await results();
  expect(engines.node).toBe(`>=${runs[0].version}`);
});

test("the table counts what has passed, and replaces the one before", async () => {
  const run = { runtime: "Node", how: "ES module" };
  const text = await sectionOf({
    checks: ["one", "two"],
    runs: [
      { ...run, version: "20.9.0", passed: 2 },
      { ...run, version: "22.0.0", passed: 1 },
      { runtime: "Vite", version: "8.0.0", how: "a page in Chromium", passed: 2 },
    ],
    weights: { Vite: { first: 2048, later: 10240 } },
  });
  expect(text).toMatch(/^before <!-- runtimes -->\n\n## .*one suite of 2 checks.*\n\n<!-- \/runtimes --> after$/s);
  expect(text).toContain("| Node  | 20.9.0, 22.0.0 | ES module                          | 2 of 2, 1 of 2 |");
  expect(text).toContain("| Vite  | 8.0.0          | a page in Chromium, 2.0 + 10.0 KiB | 2 of 2         |");
  expect(text).not.toContain("stale");
});
