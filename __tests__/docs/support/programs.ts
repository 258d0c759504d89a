import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, run, tsc, type Finished } from "../../package/run";
import { isGenerated, page, pages, type Block } from "./markdown";

/** A block of JavaScript as a program: what stands in its page, and nothing else but the block it is pasted into. */
export interface Program {
  readonly page: string;
  /** Of its file, without the extension. */
  readonly name: string;
  readonly code: string;
}

/** Tests that run at the same time each have their own. */
export const folder = join(root, `temp/docs-${process.env.JEST_WORKER_ID ?? "0"}`);
const isProgram = ({ language, file }: Block) => language === "js" && (file === "" || /^[^.]*\.mjs$/.test(file));

/**
 * `try.mjs` in the README. Blocks without a name of their own go above its last line. Before them, it sends a mail of 20 MB,
 * which runs once, with the README: the mail before the other blocks is a small one.
 */
const tryIt = page("README.md").blocks.find(({ file }) => file === "try.mjs")!.text;
const aroundBlocks = tryIt
  .replace("withAttachments([file])", 'withAttachments([new File(["small"], file.name)])')
  .replace(/^(console\.log\(sent.*;) \/\/ .*$/m, "$1");
const above = aroundBlocks.lastIndexOf("await emulator.close();");

export const pastedInto = (block: string) => `${aroundBlocks.slice(0, above)}\n${block}\n${aroundBlocks.slice(above)}`;

export const programs: readonly Program[] = pages
  .filter((one) => !isGenerated(one))
  .flatMap(({ path, blocks }) =>
    blocks.filter(isProgram).map(({ file, text }, index) => ({
      page: path,
      name: `${path.replace(/\.md$/, "").replaceAll(/[^\w-]/g, "-")}-${index + 1}`,
      code: file === "" ? pastedInto(text) : text,
    })),
  );

/** Makes the folder that the programs run in, with the package installed. */
export async function install(): Promise<void> {
  const { code, stderr } = await run(process.execPath, [join(root, "__tests__/docs/support/package.mjs"), folder]);
  if (code !== 0) throw new Error(stderr);
}

/** Runs a program as `node try.mjs` does, in a folder of its own. */
export function runProgram({ name, code }: Program): Promise<Finished> {
  const cwd = join(folder, name);
  mkdirSync(cwd, { recursive: true });
  writeFileSync(join(cwd, "try.mjs"), code);
  return new Promise((done) => {
    const child = execFile(process.execPath, ["try.mjs"], { cwd, timeout: 120_000 }, (_error, stdout, stderr) =>
      done({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

/** Runs all programs in one process, or what a program that fails leaves over in another. */
export async function runAll(all: readonly Program[]): Promise<ReadonlyMap<Program, Finished>> {
  const results = join(folder, "results.txt");
  rmSync(results, { force: true });
  for (const { name, code } of all) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, "try.mjs"), code);
  }
  const found: Finished[] = [];
  while (found.length < all.length) {
    const left = all.slice(found.length).map(({ name }) => join(folder, name));
    const { stderr } = await run(process.execPath, [join(__dirname, "runPrograms.mjs"), results, ...left]);
    const lines = existsSync(results) ? readFileSync(results, "utf8").trimEnd().split("\n") : [];
    if (lines.length === found.length) throw new Error(`No program has run: ${stderr}`);
    found.splice(0, Infinity, ...lines.map((line) => JSON.parse(line) as Finished));
  }
  return new Map(all.map((program, index) => [program, found[index]!]));
}

/** Checks that the programs are TypeScript too, as strict as the project's own. */
export async function check(all: readonly Program[]): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  all.forEach(({ name, code }) => writeFileSync(join(folder, `${name}.mts`), code));
  const project = {
    extends: "../../tsconfig.json",
    compilerOptions: { noUnusedLocals: false },
    include: [],
    files: all.map(({ name }) => `${name}.mts`),
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(project));
  const { stdout } = await tsc("-p", folder);
  const untyped = /^temp\/docs-.* error TS7(?:005|006|031|034):/; // parameters, which JavaScript gives no types
  return stdout.split("\n").filter((line) => line !== "" && !untyped.test(line));
}

/** The output that comments promise behind a `console.log(…);`, or alone in the line below it or its braces. */
export function promised({ code }: Program): string[] {
  const lines = code.split("\n");
  return lines.flatMap((line, index) => {
    const beside = /^ *(?:else )?(?:if \(.*\) )?console\.log\(.*\); \/\/ (.*)$/.exec(line)?.[1];
    if (beside !== undefined) return [beside];
    const below = /^\/\/ (.*)$/.exec(line)?.[1];
    return below !== undefined && /console\.log\(|^\}$/.test(lines[index - 1]!) ? [below] : [];
  });
}

/** Promised output that was not printed, or not in that order. An ellipsis stands for anything; objects may take several lines. */
export function unmet(program: Program, stdout: string): string[] {
  let rest = stdout.replace(/\s+/g, " ");
  return promised(program).filter((output) => {
    const parts = output.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s+"));
    const found = new RegExp(`(?:^|\\s)${parts.join(".*?")}(?=\\s|$)`).exec(rest);
    if (found) rest = rest.slice(found.index + found[0].length);
    return !found;
  });
}
