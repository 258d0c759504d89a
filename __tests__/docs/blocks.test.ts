import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root, type Finished } from "../package/run";
import { isGenerated, pages } from "./support/markdown";
import { check, install, programs, runAll, unmet, type Program } from "./support/programs";

const written = pages.filter((page) => !isGenerated(page));
const blocks = written.flatMap((page) => page.blocks.map((block) => ({ page: page.path, ...block })));
const scripts = Object.keys(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).scripts as object);

let results: ReadonlyMap<Program, Finished>;
beforeAll(async () => {
  await install();
  results = await runAll(programs);
}, 600_000);

/** They run in yourClient.test.ts, with stand-ins for the packages whose real types they fit. */
const hosted = pages
  .filter(({ path }) => path === "docs/guides/your-client.md")
  .flatMap(({ path, blocks }) => blocks.map((block) => ({ page: path, ...block })))
  .filter(({ file }) => file !== "")
  .map(({ page, file, text }) => ({ page, name: `your-client-${file.replace(".js", "")}`, code: text }));

test("every block compiles as TypeScript too, with the types of the packages that it imports", async () => {
  expect(hosted.length).toBeGreaterThan(4);
  expect(await check([...programs, ...hosted])).toEqual([]);
}, 240_000);

test.each(programs)("$name runs by itself or in try.mjs, ends, and prints what its comments say", (program) => {
  const finished = results.get(program)!;
  expect(finished).toEqual({ ...finished, code: 0, stderr: "" });
  expect(unmet(program, finished.stdout)).toEqual([]);
});

test("every guide has code, and so is run", () => {
  const guides = written.filter(({ path }) => /^docs\/guides\/(?!README)/.test(path)).map(({ path }) => path);
  expect(guides.length).toBeGreaterThan(9);
  const run = programs.map(({ page }) => page);
  const others = ["docs/guides/add-in.md", "docs/guides/testing.md"]; // addIn.test.ts, testing.test.ts
  expect(guides.filter((path) => !run.includes(path) && !others.includes(path))).toEqual([]);
});

test("no block is in a language that nothing here looks at", () => {
  const languages = ["js", "html", "diff", "ts", "sh", "yaml", "json", "text", "mermaid", ""];
  expect(blocks.filter(({ language }) => !languages.includes(language))).toEqual([]);
  const bare = blocks.filter(({ language, page }) => language === "" && page !== "ARCHITECTURE.md");
  expect(bare).toEqual([]);
});

test("a block that says which file it is from is there, word for word", () => {
  const quoted = blocks.filter(
    ({ language, file, page }) => language === "ts" && file !== "" && page !== "CONTRIBUTING.md",
  ); // see protocol.test.ts
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
  [/^npm install$/, () => true],
  [/^npm install (?:--save-dev |-D )?[@\w/ -]+$/, () => true],
  [/^npx jest (\S+)/, (path) => existsSync(join(root, path))],
  [/^npx (?:jest|vitest)$/, () => true],
  [/^npx tsx (\S+)/, (path) => existsSync(join(root, path))],
  [/^node (\S+)/, (path) => existsSync(join(root, path)) || blocks.some(({ file }) => file === path)],
  [/^npx (?:-p \S+ )*graph-large-attachments (attach|azure-devops|emulator|probe|send)\b/, () => true],
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
