import { constants } from "node:fs";
import { access, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./run";

const read = (path: string) => readFile(join(root, path), "utf8");
const sources = async () =>
  (await readdir(join(root, "src"), { recursive: true })).filter((path) => path.endsWith(".ts"));

/** The paths in the tree of ARCHITECTURE.md, each from its indentation. */
function tree(text: string): string[] {
  const folders: string[] = [];
  return [...text.matchAll(/^( *)([\w.-]+)(\/?)(?= |$)/gm)].map(([, indent, name, slash]) => {
    folders.length = indent!.length / 2;
    folders.push(name!);
    return folders.join("/") + slash;
  });
}

describe("ARCHITECTURE.md", () => {
  test("has every file of src in its tree and none besides, so that it can be believed", async () => {
    const [, drawn] = /^```\n(.*?)^```$/ms.exec(await read("ARCHITECTURE.md"))!;
    const files = tree(drawn!).filter((path) => path.startsWith("src/") && !path.endsWith("/"));
    expect(files.sort()).toEqual((await sources()).map((path) => `src/${path}`).sort());
  });

  test("tells who may import whom as the lint rule has it, and both know every file of the client side", async () => {
    const [, section] = /^## Who may import whom\n(.*?)^## /ms.exec(await read("ARCHITECTURE.md"))!;
    const rows = [...section!.matchAll(/^\| (`[^|]*`) +\|/gm)].map(([, row]) => row!.replaceAll("`", "").split(", "));
    const [, literal] = /^const layers = (\[\n.*?^\]);$/ms.exec(await read("eslint.config.mjs"))!;
    expect(rows).toEqual(JSON.parse(literal!.replaceAll(/,(\s*\])/g, "$1")));
    const client = (await sources()).filter((path) => !/^(cli|emulator|node)\//.test(path));
    expect(rows.flat().sort()).toEqual(client.map((path) => path.replace(".ts", "")).sort());
  });
});

test("no file of the client side or the command line has grown over 220 lines, where it would want to be two", async () => {
  const client = (await sources()).filter((path) => !/^(emulator|node)\//.test(path));
  expect(client).toContain("cli/main.ts");
  for (const path of client) {
    const lines = (await read(join("src", path))).trimEnd().split("\n").length;
    expect({ path, tooLong: lines > 220 }).toEqual({ path, tooLong: false });
  }
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
