// Installs the clients: Debian's where they are missing and may be installed, those from npm into a temporary folder.
import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export const isInstalled = (program) =>
  (process.env.PATH ?? "").split(":").some((folder) => existsSync(join(folder, program)));

/** Installs the Debian packages of the clients, if this is Debian and its administrator. */
export function installDebian(clients) {
  const missing = clients.flatMap(({ debian = [] }) => debian).filter((program) => !isInstalled(program));
  if (missing.length === 0 || process.getuid?.() !== 0 || !isInstalled("apt-get")) return;
  console.log(`Installing ${missing.join(", ")}`);
  const apt = (...args) => execFileSync("apt-get", ["-qq", ...args], { stdio: ["ignore", "ignore", "inherit"] });
  apt("update");
  apt("install", "--yes", "--no-install-recommends", ...missing);
}

/** Says why a Debian package is not there. */
export const needs = (program) =>
  isInstalled(program)
    ? undefined
    : `${program} is not installed, and only the administrator of a Debian can install it.`;

/** Installs the packages of the clients that are not dependencies of the project. */
export async function installNpm(home, clients) {
  const dependencies = Object.assign({}, ...clients.map(({ npm = {} }) => npm));
  writeFileSync(join(home, "package.json"), JSON.stringify({ private: true, dependencies }));
  if (Object.keys(dependencies).length > 0) {
    const quietly = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
    await run("npm", ["install", ...quietly], { cwd: home, maxBuffer: 100_000_000 });
  }
  const alone = clients.flatMap(({ unpacked = {} }) => Object.entries(unpacked));
  for (const [spec, files] of alone) await unpack(home, spec, files);
}

/** Unpacks some files of a package without its dependencies. */
async function unpack(home, spec, files) {
  const name = spec.replace(/@[^@]+$/, "");
  const folder = join(home, "node_modules", name);
  mkdirSync(folder, { recursive: true });
  await run("npm", ["pack", "--silent", spec], { cwd: home });
  const tarball = readdirSync(home).find((file) => file.startsWith(name.replace("/", "-")) && file.endsWith(".tgz"));
  const paths = files.map((file) => `package/${file}`);
  await run("tar", ["xzf", tarball, "-C", folder, "--strip-components=1", "--wildcards", ...paths], { cwd: home });
}

/** The version of a package in a folder of packages. */
export const versionOf = (folder, name) =>
  JSON.parse(readFileSync(join(folder, "node_modules", name, "package.json"), "utf8")).version;
