import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { root } from "../package/run";

/** The examples in the comments of the public surface, which an editor shows in a hover. */
const files = ["src/client/withLargeAttachments.ts", "src/client/LargeAttachmentTask.ts"];

interface Example {
  readonly name: string;
  readonly code: string;
}

const examples: readonly Example[] = files.flatMap((file) => {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), "utf8"), ts.ScriptTarget.Latest, true);
  const found: Example[] = [];
  const visit = (node: ts.Node): void => {
    for (const tag of ts.canHaveModifiers(node) || ts.isMethodSignature(node) ? ts.getJSDocTags(node) : []) {
      if (tag.tagName.text !== "example") continue;
      const text = ts.getTextOfJSDocComment(tag.comment) ?? "";
      const name = (node as ts.NamedDeclaration).name!.getText();
      found.push({ name, code: /```ts\n([^]*?)\n```/.exec(text)?.[1] ?? "" });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
});

/** The names that an example may use without declaring them. */
const around = `
import type { AuthenticationProvider, Client as GraphClient } from "@microsoft/microsoft-graph-client";
import "graph-large-attachments";
declare const authProvider: AuthenticationProvider;
declare const file: File;
`;

test("attach, withAttachments, withLargeAttachments and LargeAttachmentTask.create have an example in their hover", () => {
  expect(examples.map(({ name }) => name).sort()).toEqual([
    "attach",
    "create",
    "withAttachments",
    "withLargeAttachments",
  ]);
});

const pathOf = ({ name }: Example) => join(root, `__tests__/types/example-${name}.mts`);

/** The errors that TypeScript finds in the examples, by their paths. */
function compile(): ReadonlyMap<string, string[]> {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), (from) => ts.sys.readFile(from));
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const unused = { ...options, noUnusedLocals: false };
  const texts = new Map(
    examples.map((example) => {
      const client = /const client\b/.test(example.code) ? "" : "declare const client: GraphClient;\n";
      return [pathOf(example), `${around}${client}${example.code}\nexport {};\n`];
    }),
  );
  const host = ts.createCompilerHost(unused);
  const { readFile, fileExists, getSourceFile } = host;
  host.readFile = (from) => texts.get(from) ?? readFile(from);
  host.fileExists = (from) => texts.has(from) || fileExists(from);
  host.getSourceFile = (from, ...more) => {
    const text = texts.get(from);
    if (text === undefined) return getSourceFile(from, ...more);
    return ts.createSourceFile(from, text, ts.ScriptTarget.ES2022, true);
  };
  const program = ts.createProgram({ rootNames: [...texts.keys()], options: unused, host });
  const messages = (path: string) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(path))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
  return new Map([...texts.keys()].map((path) => [path, messages(path)]));
}

let errors: ReturnType<typeof compile>;
beforeAll(() => void (errors = compile()));

test.each(examples)("the example of $name compiles", (example) => {
  expect(errors.get(pathOf(example))).toEqual([]);
  expect(example.code.length).toBeGreaterThan(20);
});

/** A permission of each row in docs/permissions.md. */
const permissions = readFileSync(join(root, "docs/permissions.md"), "utf8");
const all = (text: string) => new Set(text.match(/\b[A-Z]\w+\.(?:Send|ReadWrite|ReadBasic)(?:\.All|\.AppFolder)?\b/g));

test.each(["README.md", "src/client/withLargeAttachments.ts", "samples/teams/README.md", "samples/onedrive/README.md"])(
  "%s names no permission that docs/permissions.md does not name",
  (file) => {
    const named = all(readFileSync(join(root, file), "utf8"));
    expect(named.size).toBeGreaterThan(0);
    expect([...named].filter((one) => !all(permissions).has(one))).toEqual([]);
  },
);

test("the hover and docs/permissions.md agree on chats and channels", () => {
  const hover = readFileSync(join(root, files[0]!), "utf8").replace(/\s+\*\s+/g, " ");
  const row = (start: string) => permissions.split("\n").find((line) => line.startsWith(`| ${start}`))!;
  expect([...all(/A chat needs (.*?), a channel/.exec(hover)![1]!)].sort()).toEqual([...all(row("a chat"))].sort());
  expect([...all(/a channel (`Ch.*?`Files[^`]*`)/.exec(hover)![1]!)].sort()).toEqual([...all(row("a channel"))].sort());
});
