import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../package/run";
import { isGenerated, pages } from "./support/markdown";
import { check, programs, runProgram, unmet } from "./support/programs";

const written = pages.filter((page) => !isGenerated(page));
const blocks = written.flatMap((page) => page.blocks.map((block) => ({ page: page.path, ...block })));
const scripts = Object.keys(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).scripts as object);

test("what the pages and the samples show compiles as written, so that it can be copied", async () => {
  const { stdout, code } = await check(programs);
  expect(stdout).toBe("");
  expect(code).toBe(0);
}, 240_000);

const onItsOwn = programs.filter(({ page }) => page !== "README.md"); // which has more to keep: __tests__/readme

test.each(onItsOwn)(
  "$page runs as written, and prints what its comments say",
  async (program) => {
    const finished = await runProgram(program);
    expect(finished).toEqual({ ...finished, code: 0, stderr: "" });
    expect(unmet(program, finished.stdout)).toEqual([]);
  },
  240_000,
);

test("every guide has code, and so is run", () => {
  const guides = written.filter(({ path }) => path.startsWith("docs/guides/")).map(({ path }) => path);
  expect(guides.length).toBeGreaterThan(10);
  const run = programs.map(({ page }) => page);
  const quoting = written.filter(({ blocks }) => blocks.some(({ file }) => file !== "")).map(({ path }) => path);
  expect(guides.filter((path) => !run.includes(path) && !quoting.includes(path))).toEqual([]);
});

test("no block is in a language that nothing here looks at", () => {
  const languages = ["ts", "sh", "json", "text", ""];
  expect(blocks.filter(({ language }) => !languages.includes(language))).toEqual([]);
  const bare = blocks.filter(({ language, page }) => language === "" && page !== "ARCHITECTURE.md");
  expect(bare).toEqual([]);
});

test("a block that says which file it is from is there, word for word", () => {
  const quoted = blocks.filter(({ file, page }) => file !== "" && page !== "CONTRIBUTING.md"); // see protocol.test.ts
  expect(quoted.length).toBeGreaterThan(0);
  for (const { page, file, text } of quoted) {
    const lines = (all: string) => all.split("\n").map((line) => line.trim());
    const source = lines(readFileSync(join(root, file), "utf8")).join("\n");
    expect({ page, file, found: source.includes(lines(text.trimEnd()).join("\n")) }).toEqual({
      page,
      file,
      found: true,
    });
  }
});

test("JSON can be read", () => {
  for (const { text } of blocks.filter(({ language }) => language === "json"))
    expect(() => JSON.parse(text)).not.toThrow();
});

/** What a line of a shell may be, and what has to be there for it. */
const known: readonly (readonly [RegExp, (...found: string[]) => boolean])[] = [
  [/^npm (?:ci|cit|pack|test|publish)$/, () => true],
  [/^npm (start)\b/, (name) => scripts.includes(name)],
  [/^npm run ([\w:-]+)/, (name) => scripts.includes(name)],
  [/^npm install (?:--save-dev |-D )?[@\w/ -]+$/, () => true],
  [/^npx jest (\S+)/, (path) => existsSync(join(root, path))],
  [/^npx tsx (\S+)/, (path) => existsSync(join(root, path))],
  [/^node (\S+)/, (path) => existsSync(join(root, path))],
  [/^npx (?:-p \S+ )*graph-large-attachments (attach|azure-devops|emulator|send)\b/, () => true],
  [/^git (?:clone|tag|commit|push)\b/, () => true],
  [/^(?:cd|export|cat|tar|\.ci\/run)\b/, () => true],
];

test("what is to be typed into a shell names scripts and files that are there", () => {
  const lines = blocks
    .filter(({ language }) => language === "sh")
    .flatMap(({ page, text }) =>
      text
        .trimEnd()
        .split("\n")
        .map((line) => ({ page, line: line.replace(/\s+#.*$/, "") })),
    );
  expect(lines.length).toBeGreaterThan(5);
  for (const { page, line } of lines.filter(({ line }) => line !== "" && !line.startsWith("#"))) {
    const found = known.some(([pattern, there]) => {
      const match = pattern.exec(line.split(/ \| | && /)[0]!.replace(/^(?:\w+=\S+ )+/, ""));
      return match !== null && there(...match.slice(1));
    });
    expect({ page, line, found }).toEqual({ page, line, found: true });
  }
});
