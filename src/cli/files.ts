import { openAsBlob } from "node:fs";
import { access, constants, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import mime from "mime";
import type { AttachmentSource } from "../index.js";
import { misused } from "./failure.js";

/** What is said of the files beside their paths. */
export interface FileOptions {
  readonly name?: string;
  readonly contentType?: string;
  /** Bytes, of standard input. */
  readonly size?: number;
}

/** A file that was opened; nothing is read yet. */
export interface OpenedFile {
  readonly source: AttachmentSource;
  readonly name: string;
  /** Whether the user has said the name; otherwise a URL may name the file instead. */
  readonly named: boolean;
  readonly size: number;
  readonly contentType: string;
  /** Tells it from other files, and from what it was before; absent for standard input, which is read once. */
  readonly identity?: string;
}

/** Opens all files before anything is sent, so that a wrong path costs nothing. */
export async function openFiles(paths: readonly string[], options: FileOptions): Promise<OpenedFile[]> {
  const piped = paths.filter((path) => path === "-").length;
  if (piped > 1) throw misused("Standard input can be one file only.", 'Give "-" once.');
  if (options.name !== undefined && paths.length > 1)
    throw misused("--name is for one file only.", "Give the files one by one, each with its name.");
  if (options.size !== undefined && piped === 0)
    throw misused("--size is for standard input only.", "Leave it out: a file knows its size.");
  const files = [];
  for (const path of paths) files.push(path === "-" ? standardInput(options) : await openFile(path, options));
  return files;
}

function standardInput({ name, size, contentType }: FileOptions): OpenedFile {
  if (name === undefined || size === undefined)
    throw misused(
      "Standard input has neither a name nor a known size.",
      "Give both: --name report.zip --size 20000000, in bytes.",
    );
  if (process.stdin.isTTY)
    throw misused("Standard input is the terminal.", "Pipe the file into the command, or give its path.");
  return { source: process.stdin, name, named: true, size, contentType: contentType ?? typeOf(name) };
}

async function openFile(path: string, options: FileOptions): Promise<OpenedFile> {
  const { name = basename(path), contentType } = options;
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error) {
    if (found.code === "ENOENT" || found.code === "ENOTDIR")
      throw misused(`There is no file at ${path}.`, "Check the path; it is read from the current folder.");
    throw misused(`${path} cannot be read (${found.code}).`, "Check who may read the file and its folders.");
  }
  if (found.isDirectory())
    throw misused(`${path} is a folder.`, "Give the files in it, or pack it into an archive first.");
  if (!found.isFile()) throw misused(`${path} is no file.`, 'Pipe it in, with "-" in its place, --name and --size.');
  await access(path, constants.R_OK).catch(() => {
    throw misused(`${path} cannot be read.`, "Check who may read the file.");
  });
  const type = contentType ?? typeOf(name);
  return {
    source: new File([await openAsBlob(path)], name, { type }),
    name,
    named: options.name !== undefined,
    size: found.size,
    contentType: type,
    identity: [resolve(path), name, found.size, found.mtimeMs].join("\n"),
  };
}

function typeOf(name: string): string {
  return mime.getType(name) ?? "application/octet-stream";
}
