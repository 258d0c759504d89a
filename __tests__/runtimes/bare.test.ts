import { cpSync } from "node:fs";
import { join } from "node:path";
import { folder, install } from "../docs/support/programs";
import { run } from "../package/run";

beforeAll(install, 60_000);

test("a runtime such as React Native, without streams, hashes, reasons of aborts and sources of functions, passes the suite", async () => {
  const home = join(folder, "runtimes");
  cpSync(__dirname, home, { recursive: true });
  const { code, stdout, stderr } = await run(process.execPath, [join(home, "bare.mjs")]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const { results } = JSON.parse(stdout.trimEnd().split("\n").at(-1)!) as {
    results: { name: string; error?: string }[];
  };
  expect(results.filter(({ error }) => error !== undefined)).toEqual([]);
  expect(results.length).toBeGreaterThan(12);
}, 120_000);
