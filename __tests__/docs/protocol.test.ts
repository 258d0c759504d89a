import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, run, tsc } from "../package/run";
import { page } from "./support/markdown";

/** The example of a new protocol in CONTRIBUTING.md. */
const [shelf, index] = page("CONTRIBUTING.md").blocks.filter(({ language, file }) => language === "ts" && file !== "");
const folder = join(root, "temp/docs");

test("it has fewer than 40 lines", () => {
  expect([shelf!.file, index!.file]).toEqual(["src/protocols/shelf.ts", "src/protocols/index.ts"]);
  expect(shelf!.text.trimEnd().split("\n").length).toBeLessThan(40);
});

test("it compiles as strictly as the source that it would stand in", async () => {
  const own = join(folder, "shelf/protocols");
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, "shelf.ts"), shelf!.text);
  const compilerOptions = { rootDirs: ["../../../src", "."] };
  const project = { extends: "../../../tsconfig.json", compilerOptions, include: [], files: ["protocols/shelf.ts"] };
  writeFileSync(join(folder, "shelf/tsconfig.json"), JSON.stringify(project));
  expect(await tsc("-p", join(folder, "shelf"))).toMatchObject({ code: 0, stdout: "" });
}, 120_000);

test("it uploads whole files once, whatever fails on the way, and can be stopped and gone on with", async () => {
  const support = join(root, "__tests__/docs/support");
  const program = join(folder, "shelf.mjs");
  const bundled = [join(support, "bundleShelf.mjs"), join(support, "shelfProgram.ts"), program, "CONTRIBUTING.md"];
  expect(await run(process.execPath, bundled)).toMatchObject({ code: 0, stderr: "" });
  const { code, stdout, stderr } = await run(process.execPath, [program]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const well = { whole: true, signedIn: ["api.example"], opened: 1 };
  expect(JSON.parse(stdout)).toEqual({
    "nothing fails": well,
    "a range is refused for a while": well,
    "a reply is lost": well,
    "the last reply is lost": well,
    "the session disappears": { ...well, opened: 2 },
    "a task is stopped, stored and gone on with": { offset: 4_194_304, kept: ["Middlemarch"] },
    "a range is refused for good": { status: 403, left: 0 },
  });
}, 120_000);
