// Installs the packed tarball, the runtimes and the bundlers in their own folder, on demand. They are not dependencies of
// the project, because they take more than a gigabyte.
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));

/** The oldest Node that package.json allows, and the newest of each major version. */
export const nodes = ["20.9.0", "20.20.2", "22.23.3", "24.21.0", "26.10.0"];
export const versions = {
  bun: "1.4.5",
  deno: "2.9.6",
  jsdom: "26.1.0",
  "whatwg-fetch": "3.6.20",
  workerd: "1.20261117.1",
  vite: "8.3.8",
  webpack: "5.112.2",
  esbuild: "0.28.2",
  rollup: "4.68.7",
  "@rollup/plugin-node-resolve": "16.0.3",
  "@rollup/plugin-commonjs": "29.0.3",
  "@rollup/plugin-terser": "1.0.2",
};

/** Folders with a Graph client of their own, and what is installed there next to the package. */
export const others = {
  lowest: { "@microsoft/microsoft-graph-client": "3.0.2" },
  sharepoint: { "@microsoft/sp-http-msgraph": "1.23.2" },
  teams: { "@microsoft/teamsfx": "4.0.3" },
};
/** The version that the older copy of the package says it has. */
export const older = "0.0.1";

/** The packages with Node's binaries. The package `node` only downloads them by a script. */
const nodePackage = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;

/** Packs the project and installs it, the runtimes and the bundlers into the folder `home`, next to the suite. */
export async function install(home) {
  const { peerDependencies, devDependencies } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const [peer] = Object.keys(peerDependencies);
  const dependencies = {
    [peer]: devDependencies[peer],
    ...versions,
    ...Object.fromEntries(nodes.map((version) => [`node-${version}`, `npm:${nodePackage}@${version}`])),
  };
  await writeFile(join(home, "package.json"), JSON.stringify({ private: true, dependencies }));
  const quietly = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"];
  const packing = mkdtemp(join(home, "packed-"));
  await Promise.all([
    packing.then((folder) => npm(root, "pack", "--pack-destination", folder)),
    npm(home, "install", ...quietly),
  ]);
  const [tarball] = await readdir(await packing);
  await npm(home, "install", ...quietly, join(await packing, tarball));
  await run(process.execPath, ["install.js"], { cwd: join(home, "node_modules/bun") }); // installs its binary
  await cp(join(root, "__tests__/runtimes"), home, { recursive: true });
  await copyOlder(home);
  for (const [name, dependencies] of Object.entries(others)) {
    const folder = join(home, name);
    await mkdir(folder);
    const all = { ...dependencies, "graph-large-attachments": `file:${join(await packing, tarball)}` };
    await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, dependencies: all }));
    await npm(folder, "install", ...quietly);
    await cp(join(root, "__tests__/runtimes"), folder, { recursive: true });
  }
}

/** Puts a copy of the package with another version below a dependency. */
async function copyOlder(home) {
  const name = "graph-large-attachments";
  const dependency = join(home, "node_modules/a-dependency");
  const copy = join(dependency, "node_modules", name);
  await cp(join(home, "node_modules", name), copy, { recursive: true });
  await writeFile(join(dependency, "package.json"), JSON.stringify({ name: "a-dependency", version: "1.0.0" }));
  const own = JSON.parse(await readFile(join(copy, "package.json"), "utf8"));
  await writeFile(join(copy, "package.json"), JSON.stringify({ ...own, version: older }));
}

/** Runs npm on this Node, and prints its output only if it fails. */
async function npm(cwd, ...args) {
  const PATH = `${dirname(process.execPath)}${delimiter}${process.env.PATH}`;
  await run("npm", args, { cwd, env: { ...process.env, PATH }, maxBuffer: 100_000_000 });
}
