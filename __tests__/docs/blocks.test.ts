import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../package/run";
import { isGenerated, pages } from "./support/markdown";
import { check, programs, runProgram, unmet } from "./support/programs";

const written = pages.filter((page) => !isGenerated(page));
const blocks = written.flatMap((page) => page.blocks.map((block) => ({ page: page.path, ...block })));
const scripts = Object.keys(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).scripts as object);

test("the code of the pages and the samples compiles as written, so that it can be copied", async () => {
  const { stdout, code } = await check(programs);
  expect(stdout).toBe("");
  expect(code).toBe(0);
}, 240_000);

const guidesAlone = programs.filter(({ page }) => page !== "README.md"); // see __tests__/readme

test.each(guidesAlone)(
  "$page runs as written and prints what its comments say",
  async (program) => {
    const finished = await runProgram(program);
    expect(finished).toEqual({ ...finished, code: 0, stderr: "" });
    expect(unmet(program, finished.stdout)).toEqual([]);
  },
  240_000,
);

test("every guide has code that is run", () => {
  const guides = written.filter(({ path }) => path.startsWith("docs/guides/")).map(({ path }) => path);
  expect(guides.length).toBeGreaterThan(10);
  const run = programs.map(({ page }) => page);
  const quoting = written.filter(({ blocks }) => blocks.some(({ file }) => file !== "")).map(({ path }) => path);
  expect(guides.filter((path) => !run.includes(path) && !quoting.includes(path))).toEqual([]);
});

test("every block is in a language that a test checks", () => {
  const languages = ["ts", "sh", "json", "mermaid", "text", ""];
  expect(blocks.filter(({ language }) => !languages.includes(language))).toEqual([]);
  const bare = blocks.filter(({ language, page }) => language === "" && page !== "ARCHITECTURE.md");
  expect(bare).toEqual([]);
});

test("a block that names a file is quoted from that file word for word", () => {
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

/** The participants of a sequence diagram that are declared, and those at the ends of its arrows. */
function participants(diagram: string): { readonly declared: string[]; readonly used: string[] } {
  const declared = [...diagram.matchAll(/^ *(?:participant|actor) (\w+)/gm)].map(([, name]) => name!);
  const used = [...diagram.matchAll(/^ *(\w+) ?-{1,2}[>x)]{1,2}[+-]? ?(\w+): /gm)].flatMap(([, from, to]) => [
    from!,
    to!,
  ]);
  return { declared, used: [...new Set(used)] };
}

test("diagrams are of a kind that GitHub draws, and their arrows connect declared participants", () => {
  for (const { page, text } of blocks.filter(({ language }) => language === "mermaid")) {
    const [first = "", ...lines] = text.trimEnd().split("\n");
    expect({ page, first }).toEqual({
      page,
      first: expect.stringMatching(/^(flowchart (TD|TB|LR)|sequenceDiagram|stateDiagram-v2)$/),
    });
    expect(lines.length).toBeGreaterThan(1);
    if (first !== "sequenceDiagram") continue;
    const { declared, used } = participants(text);
    expect({ page, used: used.sort() }).toEqual({ page, used: declared.sort() });
    expect(lines.filter((line) => /[;#]/.test(line))).toEqual([]); // they end a line in Mermaid
  }
});

test("JSON can be parsed", () => {
  for (const { text } of blocks.filter(({ language }) => language === "json"))
    expect(() => JSON.parse(text)).not.toThrow();
});

/** The shell lines that are allowed, and what must exist for them. */
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

test("shell lines name scripts and files that exist", () => {
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
