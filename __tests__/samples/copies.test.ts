import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pack } from "../package/pack";
import { root, run, runTs } from "../package/run";
import { some } from "../support/cases";

jest.setTimeout(300_000);

interface Manifest {
  readonly version: string;
  readonly scripts: Record<string, string>;
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
  readonly peerDependencies: Record<string, string>;
}
const manifest = async (folder: string) => JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Manifest;

const samples = [
  "attach",
  "azure-devops",
  "handler",
  "nodemailer",
  "onedrive",
  "outlook-addin",
  "send-mail",
  "task",
  "teams",
  "teams-tab",
  "workers",
];
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "copies-"));
  const packed = await pack(await mkdtemp(join(folder, "packed-")));
  await mkdir(join(folder, "library"));
  expect(await run("tar", ["xzf", packed, "-C", join(folder, "library")])).toMatchObject({ code: 0 });
});
afterAll(() => rm(folder, { recursive: true }));

/** Installs what a copy asks for and nothing else: packages of this project, and the packed library. */
async function install(copy: string): Promise<void> {
  const { dependencies, devDependencies } = await manifest(copy);
  const modules = join(copy, "node_modules");
  for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
    await mkdir(join(modules, name, ".."), { recursive: true });
    const from =
      name === "graph-large-attachments" ? join(folder, "library/package") : join(root, "node_modules", name);
    await symlink(from, join(modules, name));
  }
  // The library finds its peer next to itself.
  await mkdir(join(folder, "library/node_modules/@microsoft"), { recursive: true });
  const peer = "@microsoft/microsoft-graph-client";
  await symlink(join(root, "node_modules", peer), join(folder, "library/node_modules", peer)).catch(() => {});
}

/** Runs a script of a copy, as `npm run` does. */
function runIn(copy: string, program: string, args: readonly string[]): Promise<{ code: number; output: string }> {
  return new Promise((done) => {
    const path = join(root, "node_modules", program);
    const child = execFile(process.execPath, [path, ...args], { cwd: copy, maxBuffer: 1e8 }, (_, stdout, stderr) =>
      done({ code: child.exitCode ?? -1, output: stdout + stderr }),
    );
  });
}

test("every sample has a package.json and a README of about ten lines", async () => {
  const folders = await readdir(join(root, "samples"), { withFileTypes: true });
  expect(folders.filter((one) => one.isDirectory() && one.name !== "support").map(({ name }) => name)).toEqual(samples);
  for (const name of samples) {
    const text = await readFile(join(root, "samples", name, "README.md"), "utf8");
    expect(text.trim().split("\n").length).toBeLessThanOrEqual(16);
    expect(text).toContain("npm install");
  }
});

test.each(samples)("%s asks for the versions that are tested here", async (name) => {
  const own = await manifest(join(root, "samples", name));
  const { version, devDependencies, peerDependencies } = await manifest(root);
  const known: Record<string, string> = {
    ...peerDependencies,
    ...devDependencies,
    "@microsoft/microsoft-graph-client": peerDependencies["@microsoft/microsoft-graph-client"]!,
    "graph-large-attachments": `^${version}`,
  };
  for (const [one, wanted] of Object.entries({ ...own.dependencies, ...own.devDependencies }))
    expect({ one, wanted }).toEqual({ one, wanted: known[one] });
});

test.each(samples)("%s asks for every package that it imports", async (name) => {
  const { dependencies, devDependencies } = await manifest(join(root, "samples", name));
  const asked = Object.keys({ ...dependencies, ...devDependencies });
  const files = await readdir(join(root, "samples", name), { recursive: true });
  for (const file of files.filter((one) => /\.tsx?$/.test(one) && !one.includes("node_modules"))) {
    const text = await readFile(join(root, "samples", name, file), "utf8");
    const imported = [...text.matchAll(/(?:\bfrom |\bimport ?\(?)"((?:@[^/"]+\/)?[\w-]+)[/"]/g)].map(([, one]) => one!);
    expect({ file, missing: imported.filter((one) => !asked.includes(one)) }).toEqual({ file, missing: [] });
  }
});

test("code that samples share is the same in each", async () => {
  const texts = new Map<string, Set<string>>();
  for (const name of samples) {
    const shared = join(root, "samples", name, "support");
    for (const file of await readdir(shared).catch(() => []))
      texts.set(file, (texts.get(file) ?? new Set()).add(await readFile(join(shared, file), "utf8")));
  }
  expect([...texts].map(([file, all]) => [file, all.size])).toEqual([...texts.keys()].map((file) => [file, 1]));
  expect(texts.size).toBeGreaterThan(1);
});

const one = ["send-mail", "teams-tab"]; // a program and a page
test.each(some(samples, (name) => one.includes(name)))(
  "%s can be copied out: its types fit the packed library",
  async (name) => {
    const copy = join(folder, name);
    const copied = await runTs("samples/support/copy.ts", [name, copy]);
    expect(copied).toMatchObject({ code: 0, stderr: "" });
    await install(copy);
    expect(await runIn(copy, "typescript/bin/tsc", ["-p", "."])).toEqual({ code: 0, output: "" });
  },
);

test.each(some(["handler", "task", "send-mail"], (name) => one.includes(name)))(
  "a copy of %s runs with the packed library",
  async (name) => {
    const { code, output } = await runIn(join(folder, name), "tsx/dist/cli.mjs", ["main.ts"]);
    expect({ code, output }).toEqual({
      code: 0,
      output: expect.stringMatching(/It went by session|\d+ bytes|Sent to/),
    });
  },
);

test.each(some(["outlook-addin", "teams-tab"], (name) => one.includes(name)))(
  "a copy of %s builds with the packed library",
  async (name) => {
    const copy = join(folder, name);
    const { code, output } = await runIn(copy, "vite/bin/vite.js", ["build"]);
    expect({ code, output }).toEqual({ code: 0, output });
    const page = await readFile(join(copy, "dist/index.html"), "utf8");
    expect(page).not.toContain("stub");
  },
);

test("a folder that exists is not overwritten, and an unknown sample is named with the known ones", async () => {
  expect(await runTs("samples/support/copy.ts", ["attach", folder])).toEqual({
    code: 1,
    stdout: "",
    stderr: `${folder} exists already.\n`,
  });
  const { code, stderr } = await runTs("samples/support/copy.ts", ["atach", join(folder, basename(folder))]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("Samples: attach, azure-devops") });
});
