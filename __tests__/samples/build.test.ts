import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { runTs } from "../package/run";

test("both samples build without their stubs and stay small", async () => {
  const folder = await mkdtemp(join(tmpdir(), "samples-"));
  const { code, stderr } = await runTs("samples/support/build.ts", [folder]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  for (const name of ["outlook-addin", "teams-tab"]) {
    const page = await readFile(join(folder, name, "index.html"), "utf8");
    expect(page.includes("office.js")).toBe(name === "outlook-addin");
    const assets = (await readdir(join(folder, name, "assets"))).filter((file) => file.endsWith(".js"));
    const code = await Promise.all(assets.map((file) => readFile(join(folder, name, "assets", file), "utf8")));
    if (name === "outlook-addin") {
      const files = ["launchevent.html", "launchevent.js"].map((file) => readFile(join(folder, name, file), "utf8"));
      const [handlerPage, handler] = await Promise.all(files);
      expect(handlerPage).toContain('src="/launchevent.js"');
      expect(handler).toMatch(/Office\.actions\.associate\("onSend"/);
      expect(handler).not.toMatch(/\bimport\b|\?\.|\basync\b/);
    }
    expect(code.join("")).toContain("createUploadSession");
    expect(code.join("")).not.toMatch(/emulator|from"node:/);
    expect(gzipSync(code.join("")).length).toBeLessThan(340_000);
  }
  await rm(folder, { recursive: true });
});
