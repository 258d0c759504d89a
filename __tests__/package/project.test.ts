import { constants } from "node:fs";
import { access, readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { root } from "./run";

const read = (path: string) => readFile(join(root, path), "utf8");
const sources = async () =>
  (await readdir(join(root, "src"), { recursive: true })).filter((path) => path.endsWith(".ts"));

describe("ARCHITECTURE.md", () => {
  test("is read in one sitting: under 150 lines, with a picture of the layers and one of a request's way", async () => {
    const text = await read("ARCHITECTURE.md");
    expect(text.trimEnd().split("\n").length).toBeLessThan(150);
    expect(text.match(/^```mermaid$/gm)).toHaveLength(2);
  });

  test("draws every folder of src, and names every layer of the lint rule from the top", async () => {
    const [picture] = /^```mermaid\n.*?^```$/ms.exec(await read("ARCHITECTURE.md"))!;
    const folders = (await readdir(join(root, "src"), { withFileTypes: true })).filter((entry) => entry.isDirectory());
    for (const { name } of folders) expect({ name, drawn: picture.includes(name) }).toEqual({ name, drawn: true });
    const [, literal] = /^const layers = (\[\n.*?^\]);$/ms.exec(await read("eslint.config.mjs"))!;
    const layers = [...literal!.matchAll(/"(\w+)"/g)].map(([, name]) => `${name}[`);
    const places = layers.map((layer) => picture.indexOf(layer));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((one, other) => one - other));
  });
});

test("no file of src imports itself by way of others, types included, so that each can be read from the bottom up", async () => {
  const files = await sources();
  const imports = new Map<string, string[]>();
  for (const path of files) {
    const text = await readFile(join(root, "src", path), "utf8");
    const found = [...text.matchAll(/^(?:import|export)[^"]*?from "(\.[^"]+)"/gms)];
    imports.set(
      path,
      found.map(([, target]) => join(dirname(path), target!).replace(/\.js$/, ".ts")),
    );
  }
  const open: string[] = [];
  const done = new Set<string>();
  const visit = (path: string): void => {
    const at = open.indexOf(path);
    expect(at < 0 ? [] : [...open.slice(at), path]).toEqual([]);
    if (done.has(path)) return;
    open.push(path);
    imports.get(path)?.forEach(visit);
    open.pop();
    done.add(path);
  };
  files.forEach(visit);
  expect(done.size).toBe(files.length);
});

test("no file of the client side or the command line is over 240 lines, where it would want to be two", async () => {
  const client = (await sources()).filter((path) => !/^(emulator|node|redis)\//.test(path));
  expect(client).toContain("cli/main.ts");
  for (const path of client) {
    const lines = (await read(join("src", path))).trimEnd().split("\n").length;
    expect({ path, tooLong: lines > 240 }).toEqual({ path, tooLong: false });
  }
});

test("every entry of the package is compiled, for browsers or for Node", async () => {
  const { exports } = JSON.parse(await read("package.json"));
  const { files } = JSON.parse(await read("tsconfig.client.json"));
  const { include } = JSON.parse(await read("tsconfig.node.json"));
  const folders = [...files.map((path: string) => dirname(path)), ...include];
  const entries = Object.keys(exports).filter((path) => path !== "./package.json");
  expect(folders.sort()).toEqual(entries.map((path) => join("src", path)).sort());
});

test("the README can be read at one go: under 140 lines", async () => {
  const readme = await read("README.md");
  expect(readme.trimEnd().split("\n").length).toBeLessThan(140);
});

const rows = async (path: string) => (await read(path)).split("\n").filter((line) => line.startsWith("|"));
const named = (all: string[], name: string) => all.some((row) => row.split("|")[1]!.includes(`\`${name}\``));

test("docs/options.md explains every option, so that none is found by accident", async () => {
  const all = (await Promise.all((await sources()).map((path) => read(join("src", path))))).join("\n");
  const table = await rows("docs/options.md");
  for (const name of ["UploadOptions", "FileDetails", "AttachOptions"]) {
    const [, members] = new RegExp(`^export interface ${name} [^{]*\\{\n(.*?)^\\}`, "ms").exec(all)!;
    const options = [...members!.matchAll(/^ {2}readonly (\w+)\?/gm)].map(([, option]) => option!);
    expect(options.length).toBeGreaterThan(3);
    expect(options.filter((option) => !named(table, option))).toEqual([]);
  }
});

test("CONTRIBUTING.md names every script but npm's own hooks", async () => {
  const { scripts } = JSON.parse(await read("package.json"));
  const contributing = await read("CONTRIBUTING.md");
  for (const name of Object.keys(scripts).filter((name) => name !== "prepack")) {
    const command = ["start", "test"].includes(name) ? `npm ${name}` : `npm run ${name}`;
    expect(contributing).toContain(`\`${command}\``);
  }
});

test("package-lock.json has what every platform needs, so that npm ci works on each", async () => {
  const { packages } = JSON.parse(await read("package-lock.json"));
  const names = new Set(Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, "")));
  const optional = Object.values(packages as Record<string, { optionalDependencies?: object }>).flatMap(
    ({ optionalDependencies = {} }) => Object.keys(optionalDependencies),
  );
  expect(optional.filter((name) => !names.has(name))).toEqual([]);
});

test("package-lock.json names no registry, so that it installs from any", async () => {
  expect(await read("package-lock.json")).not.toContain('"resolved"');
});

test(".ci/run can be run, and stands on npm cit", async () => {
  await access(join(root, ".ci/run"), constants.X_OK);
  expect(await read(".ci/run")).toMatch(/^npm cit$/m);
});
