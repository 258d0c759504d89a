/**
 * Copies a sample to where it can grow, with the code that it shares with others:
 *
 *   npm run sample:copy -- outlook-addin ../my-add-in
 */
import { cp, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const samples = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** Copies a sample into a folder that does not exist yet. */
export async function copySample(name: string, folder: string): Promise<void> {
  const from = join(samples, name);
  await cp(from, folder, {
    recursive: true,
    errorOnExist: true,
    force: false,
    filter: (path) => !isLeftOut(from, path),
  });
  if (!(await isFolder(join(from, "src")))) return; // It is complete.
  await cp(join(samples, "support/pane"), join(folder, "src/pane"), { recursive: true });
  await cp(join(samples, "support/copy"), folder, { recursive: true, force: true });
  await addTypes(folder);
  for (const path of await readdir(join(folder, "src"))) {
    const file = join(folder, "src", path);
    if (await isFolder(file)) continue;
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replaceAll('"../../support/pane/', '"./pane/'));
  }
}

/** The stubs play Office and Teams for the emulator. */
const isLeftOut = (from: string, path: string): boolean =>
  ["stub", "vite.config.ts", "node_modules"].some((name) => path === join(from, name));

/** Office has global types. */
async function addTypes(folder: string): Promise<void> {
  const file = join(folder, "tsconfig.json");
  const { devDependencies } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const project = JSON.parse(await readFile(file, "utf8"));
  project.compilerOptions.types = [
    "vite/client",
    "node",
    ...("@types/office-js" in devDependencies ? ["office-js"] : []),
  ];
  await writeFile(file, `${JSON.stringify(project, undefined, 2)}\n`);
}

const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() ?? false;

async function main([name = "", folder]: readonly string[]): Promise<void> {
  const all = (await readdir(samples, { withFileTypes: true })).filter(
    (one) => one.isDirectory() && one.name !== "support",
  );
  if (folder === undefined || !all.some((one) => one.name === name))
    throw new Error(`Give a sample and a folder. Samples: ${all.map((one) => one.name).join(", ")}.`);
  if (await stat(folder).catch(() => undefined)) throw new Error(`${folder} exists already.`);
  await copySample(name, folder);
  console.log(`Copied to ${folder}. Run npm install there.`);
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  main(process.argv.slice(2)).catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
