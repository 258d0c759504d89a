import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, run, tsc } from "../package/run";
import { page } from "./support/markdown";

/** The example protocol of CONTRIBUTING.md. */
const [shelf, index] = page("CONTRIBUTING.md").blocks.filter(({ language, file }) => language === "ts" && file !== "");
const folder = join(root, "temp/docs");

test("the example protocol has fewer than 40 lines", () => {
  expect([shelf!.file, index!.file]).toEqual(["src/protocols/shelf.ts", "src/protocols/index.ts"]);
  expect(shelf!.text.trimEnd().split("\n").length).toBeLessThan(40);
});

test("the example protocol compiles with the settings of the source", async () => {
  const own = join(folder, "shelf/protocols");
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, "shelf.ts"), shelf!.text);
  const compilerOptions = { rootDirs: ["../../../src", "."] };
  const project = { extends: "../../../tsconfig.json", compilerOptions, include: [], files: ["protocols/shelf.ts"] };
  writeFileSync(join(folder, "shelf/tsconfig.json"), JSON.stringify(project));
  expect(await tsc("-p", join(folder, "shelf"))).toMatchObject({ code: 0, stdout: "" });
}, 120_000);

test("the example protocol uploads each file once, whatever fails, and its uploads can be stopped and resumed", async () => {
  const support = join(root, "__tests__/docs/support");
  const program = join(folder, "shelf.mjs");
  const bundled = [join(support, "bundleShelf.mjs"), join(support, "shelfProgram.ts"), program, "CONTRIBUTING.md"];
  expect(await run(process.execPath, bundled)).toMatchObject({ code: 0, stderr: "" });
  const { code, stdout, stderr } = await run(process.execPath, [program]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const success = { whole: true, signedIn: ["api.example"], opened: 1 };
  expect(JSON.parse(stdout)).toEqual({
    "nothing fails": success,
    "a range is refused for a while": success,
    "a reply is lost": success,
    "the last reply is lost": success,
    "the session disappears": { ...success, opened: 2 },
    "a range is refused once, but the session lives": success,
    "a task is stopped, stored and resumed": { offset: 4_194_304, kept: ["Middlemarch"] },
    "a range is finally refused": { status: 403, left: 0 },
  });
}, 120_000);
