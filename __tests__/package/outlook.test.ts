import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { build, type BuildOptions } from "esbuild";
import ts from "typescript";
import { root } from "./run";

const peer = "@microsoft/microsoft-graph-client";

async function bundle(contents: string, more: BuildOptions = {}) {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: join(root, "src/outlook"), loader: "ts" },
    ...{ bundle: true, platform: "browser", target: "es2022", format: "esm", write: false, metafile: true },
    external: [peer, "node:*"],
    ...more,
  });
  const imports = Object.values(metafile!.outputs).flatMap((output) => output.imports.map(({ path }) => path));
  return { text: outputFiles![0]!.text, imports: [...new Set(imports)] };
}

test("the entry for Outlook imports nothing but the peer, and not Office.js", async () => {
  const { text, imports } = await bundle('export * from "./index.js";');
  expect(imports).toEqual([peer]);
  expect(text).not.toMatch(/appsforoffice|\brequire\(|\bprocess\./);
});

/** The handler as classic Outlook loads it: one script without imports. */
const handler = () =>
  bundle(
    `import { blockSendWhileAttaching } from "./index.js";
     Office.actions.associate("onMessageSendHandler", blockSendWhileAttaching);`,
    { target: "es2016", format: "iife" },
  );

test("the handler alone is a script of a few lines, with nothing that the runtime of classic Outlook lacks", async () => {
  const { text, imports } = await handler();
  expect(imports).toEqual([]);
  expect(text.length).toBeLessThan(3000);
  expect(text).not.toMatch(/\basync\b|\bawait\b|\?\.|\?\?|globalThis|localStorage|setTimeout|document|fetch/);
});

test("the handler runs where nothing but Office is", async () => {
  const associated = new Map<string, (event: object) => void>();
  const note = JSON.stringify({ names: ["a.zip"], until: Date.now() + 60_000 });
  const sessionData = {
    getAsync: (_: string, done: (result: object) => void) => done({ status: "succeeded", value: note }),
  };
  const Office = {
    actions: { associate: (name: string, run: (event: object) => void) => void associated.set(name, run) },
    context: { mailbox: { item: { sessionData } } },
  };
  runInContext((await handler()).text, createContext({ Office }));
  const completed = jest.fn();
  associated.get("onMessageSendHandler")!({ completed });
  const errorMessage = "a.zip is still being attached. Wait until the upload has finished, then send again.";
  expect(completed.mock.calls).toEqual([[{ allowEvent: false, errorMessage }]]);
});

test("the types take the items of @types/office-js, and do not need it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "office-types-"));
  const program = join(folder, "program.ts");
  await writeFile(
    program,
    `import type { Client } from "@microsoft/microsoft-graph-client";
     import { attachToItem, blockSendWhileAttaching, outlookLimits } from "graph-large-attachments/outlook";
     declare const client: Client;
     declare const file: File;
     export const message = (item: Office.MessageCompose) => attachToItem(client, item, file);
     export const appointment = (item: Office.AppointmentCompose) => attachToItem(client, item, file);
     export const current = () => attachToItem(client, Office.context.mailbox.item!, file);
     export const limits = () => outlookLimits(Office.context.mailbox.item);
     Office.actions.associate("onMessageSendHandler", blockSendWhileAttaching);`,
  );
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const errorsWith = (types: string[]) => {
    const typeRoots = [join(root, "node_modules/@types")];
    const paths = { ...options.paths, [peer]: [join(root, "node_modules", peer)] };
    const given = { ...options, types, typeRoots, paths, baseUrl: root };
    const compiled = ts.createProgram([program], given);
    return compiled
      .getSourceFiles()
      .filter(({ fileName }) => fileName === program || fileName.includes("/src/outlook/")) // npm run types checks the rest
      .flatMap((file) => ts.getPreEmitDiagnostics(compiled, file))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
  };
  expect(errorsWith(["office-js"])).toEqual([]);
  expect(errorsWith([]).filter((message) => !/^Cannot find (name|namespace) 'Office'/.test(message))).toEqual([]);
  await rm(folder, { recursive: true });
}, 120_000);
