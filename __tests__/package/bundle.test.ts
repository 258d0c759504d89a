import { basename, join } from "node:path";
import { build } from "esbuild";
import { root } from "./run";

const peer = "@microsoft/microsoft-graph-client";
const nodeOnly = ["Buffer", "process", "global", "setImmediate", "__dirname", "__filename"];

/** Bundles what `code` takes of the client side, as a web application would. The peer stays outside: the rest is ours. */
async function bundle(code: string): Promise<{ text: string; modules: string[]; imports: string[] }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: join(root, "src"), loader: "ts" },
    bundle: true,
    platform: "browser",
    target: "es2022",
    format: "esm",
    external: [peer, "node:*"],
    // Only globals are replaced: neither a member of that name nor a message that speaks of one.
    define: Object.fromEntries(nodeOnly.map((name) => [name, `NODE_ONLY_${name}`])),
    write: false,
    metafile: true,
  });
  const [{ inputs, imports } = { inputs: {}, imports: [] }] = Object.values(metafile.outputs);
  const modules = Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return {
    text: outputFiles[0]!.text,
    modules: modules.map(([path]) => basename(path, ".ts")),
    imports: [...new Set(imports.map(({ path }) => path))],
  };
}

test("the client side uses no global that only Node has, so that no bundler has to add a polyfill", async () => {
  const { text } = await bundle('export * from "./index.js";');
  expect(text.match(/NODE_ONLY_\w+|\brequire\(|\bglobalThis\.(?:Buffer|process)\b/g)).toBeNull();
  const { text: withOne } = await bundle('export * from "./index.js"; process.exit();');
  expect(withOne).toContain("NODE_ONLY_process.exit()"); // or the line above would prove nothing
});

test("the client side imports nothing but its peer: no module of Node, no other package", async () => {
  expect((await bundle('export * from "./index.js";')).imports).toEqual([peer]);
});

test("who takes only the task does not carry the rewriting of mail", async () => {
  const mail = ["compose", "composing", "compositions", "letter"];
  const all = await bundle('export * from "./index.js";');
  expect(all.modules).toEqual(expect.arrayContaining(mail));
  const task = await bundle('export { LargeAttachmentTask } from "./index.js";');
  expect(task.modules).toContain("LargeAttachmentTask");
  expect(task.modules.filter((name) => mail.includes(name))).toEqual([]);
  expect(task.text).not.toMatch(/singleValueExtendedProperties|hasAttachments/);
});
