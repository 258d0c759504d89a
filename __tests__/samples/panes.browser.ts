import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTs } from "../package/run";

test("both panes pass samples/support/checkPanes.ts in Chromium", async () => {
  const { code, stdout } = await runTs("samples/support/checkPanes.ts");
  expect({
    code,
    failed: stdout.match(/^(# Subtest|not ok).*$/gm)?.filter((line) => line.startsWith("not ok")),
  }).toEqual({ code: 0, failed: [] });
}, 300_000);

test("the screenshots of both panes can be retaken at 320 pixels", async () => {
  const folder = await mkdtemp(join(tmpdir(), "screenshots-"));
  try {
    expect(await runTs("samples/support/screenshots.ts", [folder])).toMatchObject({ code: 0 });
    const names = (await readdir(folder)).sort();
    expect(names).toEqual((await readdir("docs/screenshots")).sort());
    const width = (png: Buffer) => png.readUInt32BE(16);
    for (const name of names) {
      const [taken, shown] = [await readFile(join(folder, name)), await readFile(join("docs/screenshots", name))];
      expect({ name, width: width(taken) }).toEqual({ name, width: width(shown) });
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}, 240_000);
