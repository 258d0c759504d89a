import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { root, run } from "./run";

/** Packs what users get into a folder, and returns the tarball's path. Builds first, unless `dist` is of these very sources. */
export async function pack(folder: string): Promise<string> {
  const scripts = (await isBuilt()) ? ["--ignore-scripts"] : [];
  const { code, stderr } = await run("npm", ["pack", ...scripts, "--pack-destination", folder]);
  if (code !== 0) throw new Error(stderr);
  const [name] = await readdir(folder);
  return join(folder, name!);
}

/** True if the last file that a build writes is younger than everything that goes into it. */
export async function isBuilt(): Promise<boolean> {
  const [settings, sources] = await Promise.all([readdir(root), readdir(join(root, "src"), { recursive: true })]);
  const inputs = [
    ...["package.json", "package-lock.json", "scripts/build.mjs", "scripts/bundle.mjs"],
    ...settings.filter((name) => /^tsconfig.*\.json$/.test(name)),
    ...["src", ...sources.map((name) => join("src", name))], // a folder tells of files that were removed
  ];
  const times = await Promise.all(inputs.map(modified));
  return (await modified("dist/THIRD-PARTY-NOTICES.txt").catch(() => 0)) > Math.max(...times);
}

async function modified(path: string): Promise<number> {
  return (await stat(join(root, path))).mtimeMs;
}
