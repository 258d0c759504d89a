// Files for clients that work on folders, and how they are compared.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash, randomFillSync } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

export const bytes = (length) => randomFillSync(Buffer.alloc(length));
export const sha256 = (content) => createHash("sha256").update(content).digest("hex");

/** Writes files by their paths in a folder. */
export function fill(folder, files) {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** The SHA-256 of each file in a folder, by path. */
export function hashesIn(folder) {
  const paths = readdirSync(folder, { recursive: true }).filter((path) => statSync(join(folder, path)).isFile());
  return Object.fromEntries(
    paths.sort().map((path) => [relative(".", path), sha256(readFileSync(join(folder, path)))]),
  );
}

/** The SHA-256 of each file in the emulator's drive below a folder, by path. */
export function hashesInDrive({ drive }, folder = "") {
  const below = drive.files().filter(({ filePath }) => filePath.startsWith(`${folder}/`));
  const pairs = below.map(({ filePath, sha256 }) => [filePath.slice(folder.length + 1), sha256]);
  return Object.fromEntries(pairs.sort(([one], [other]) => (one < other ? -1 : 1)));
}

export const same = (one, other) => assert.deepEqual(one, other);

/** Runs a program, and shows what it says if it fails. */
export async function program(name, args, options = {}) {
  try {
    return await execute(name, args, { timeout: 120_000, maxBuffer: 50_000_000, ...options });
  } catch (error) {
    throw new Error(`${name} ${args.join(" ")}\n${error.stdout}\n${error.stderr}`.slice(0, 6000));
  }
}
