import { readFile } from "node:fs/promises";
import { join } from "node:path";
import ts from "typescript";
import { root } from "../package/run";

const files = ["surface.ts", "surface.node.ts"].map((name) => join(root, "__tests__/types", name));

/** The last program, of which the next one takes over the files that are the same. */
let last: ts.Program | undefined;

/** The errors that TypeScript finds in the files, with the settings of the project. */
function compile(edit: (text: string) => string = (text) => text): string[] {
  const read = (path: string) => ts.sys.readFile(path);
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), read);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (path, ...more) =>
    (files.includes(path) ? undefined : last?.getSourceFile(path)) ?? getSourceFile(path, ...more);
  host.readFile = (path) => {
    const text = read(path);
    return text !== undefined && files.includes(path) ? edit(text) : text;
  };
  const program = (last = ts.createProgram({ rootNames: files, options, host, oldProgram: last }));
  return files
    .flatMap((path) => ts.getPreEmitDiagnostics(program, program.getSourceFile(path)))
    .filter(({ file }) => file && files.includes(file.fileName))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

test("correct uses compile and wrong ones do not, so that editors show a mistake before a service does", () => {
  expect(compile()).toEqual([]);
});

test("each use that is marked as wrong is one error, so that no mark hides another", async () => {
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
  const marks = texts.join("\n").match(/@ts-expect-error/g)!.length;
  expect(marks).toBeGreaterThan(10);
  expect(compile((text) => text.replaceAll("@ts-expect-error", "")).length).toBe(marks);
});
