import { readFile } from "node:fs/promises";
import { join } from "node:path";
import ts from "typescript";
import { root } from "../package/run";

const files = ["surface.ts", "surface.node.ts"].map((name) => join(root, "__tests__/types", name));

/** What TypeScript finds in the files, with the project's own settings. */
function compile(edit: (text: string) => string = (text) => text): string[] {
  const read = (path: string) => ts.sys.readFile(path);
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), read);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const host = ts.createCompilerHost(options);
  host.readFile = (path) => {
    const text = read(path);
    return text !== undefined && files.includes(path) ? edit(text) : text;
  };
  const program = ts.createProgram({ rootNames: files, options, host });
  return ts
    .getPreEmitDiagnostics(program)
    .filter(({ file }) => file && files.includes(file.fileName))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

test("right uses compile and wrong ones do not, so that editors tell of a mistake before a service does", () => {
  expect(compile()).toEqual([]);
});

test("each use that is marked as wrong is wrong by itself, so that no mark hides another's absence", async () => {
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
  const marks = texts.join("\n").match(/@ts-expect-error/g)!.length;
  expect(marks).toBeGreaterThan(10);
  expect(compile((text) => text.replaceAll("@ts-expect-error", "")).length).toBe(marks);
});
