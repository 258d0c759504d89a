import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, runTs, tsc, type Finished } from "../../package/run";
import { isGenerated, page, pages, type Page } from "./markdown";

/** The TypeScript of a page, unchanged and in order, as the one program that it is said to be. */
export interface Program {
  readonly page: string;
  readonly name: string;
  readonly code: string;
}

const folder = join(root, "temp/docs");

const ownBlocks = ({ blocks }: Page) =>
  blocks.filter(({ language, file }) => language === "ts" && file === "").map(({ text }) => text);

/** What every guide asks to paste before its blocks, and after them. */
const [before, after] = ownBlocks(page("docs/guides/README.md")) as [string, string];

/** Pages that start an emulator themselves stand alone. */
function programOf(of: Page): Program {
  const blocks = ownBlocks(of);
  const alone = blocks.some((block) => block.includes("startEmulator("));
  const code = (alone ? blocks : [before, ...blocks, after]).join("\n");
  return { page: of.path, name: of.path.replace(/\.md$/, "").replaceAll(/[^\w-]/g, "-"), code };
}

export const programs: readonly Program[] = pages
  .filter((one) => !isGenerated(one) && ownBlocks(one).length > 0)
  .map(programOf);

export const programAt = (path: string): Program => programs.find((program) => program.page === path)!;

const fileOf = (program: Program) => join(folder, `${program.name}.mts`);

/** Writes a program where its imports are found. */
export function write(program: Program): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(fileOf(program), program.code);
  return fileOf(program);
}

export function runProgram(program: Program): Promise<Finished> {
  return runTs(write(program));
}

/** Checks the types of programs, and of the samples, as strictly as the project's own; guides may have what a single page does not use. */
export function check(all: readonly Program[]): Promise<Finished> {
  all.forEach(write);
  const project = {
    extends: "../../tsconfig.json",
    compilerOptions: { noUnusedLocals: false },
    include: ["../../samples"],
    files: all.map((program) => `${program.name}.mts`),
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(project));
  return tsc("-p", folder);
}

/** What the comments behind `console.log(…);` promise. */
export function promised({ code }: Program): string[] {
  return [...code.matchAll(/^ *console\.log\(.*\); \/\/ (.*)$/gm)].map(([, output]) => output!);
}

/** What was promised, but not printed, or not in that order. An ellipsis stands for anything; objects may take several lines. */
export function unmet(program: Program, stdout: string): string[] {
  let rest = stdout.replace(/\s+/g, " ");
  return promised(program).filter((output) => {
    const parts = output.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s+"));
    const found = new RegExp(`(?:^|\\s)${parts.join(".*?")}(?=\\s|$)`).exec(rest);
    if (found) rest = rest.slice(found.index + found[0].length);
    return !found;
  });
}
