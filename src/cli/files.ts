import { openAsBlob } from "node:fs";
import { access, constants, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import mime from "mime";
import type { AttachmentSource } from "../index.js";
import { usageError } from "./failure.js";

export interface FileOptions {
  readonly name?: string;
  readonly contentType?: string;
  /** Size of standard input in bytes. */
  readonly size?: number;
}

/** A file from the command line. Nothing is read from it yet. */
export interface InputFile {
  /** The path as the user gave it. */
  readonly path: string;
  readonly source: AttachmentSource;
  readonly name: string;
  /** True if the user gave the name with `--name`. */
  readonly hasGivenName: boolean;
  /** Bytes. */
  readonly size: number;
  readonly contentType: string;
  /** Differs between files and between versions of a file. Standard input has none, because it can be read only once. */
  readonly identity?: string;
}

/** Opens all files before anything is sent, so that a wrong path is found first. */
export async function openFiles(paths: readonly string[], options: FileOptions): Promise<InputFile[]> {
  const piped = paths.filter((path) => path === "-").length;
  if (piped > 1) throw usageError('"-" stands for standard input and can be given only once.', 'Give "-" once.');
  if (options.name !== undefined && paths.length > 1)
    throw usageError("--name is for one file only.", "Run the command once for each file that needs another name.");
  if (options.size !== undefined && piped === 0)
    throw usageError("--size is for standard input only.", "Leave out --size.");
  const files = [];
  for (const path of paths) files.push(path === "-" ? standardInput(options) : await openFile(path, options));
  return files;
}

function standardInput({ name, size, contentType }: FileOptions): InputFile {
  if (name === undefined || size === undefined)
    throw usageError(
      "Standard input needs a name and a size.",
      "Give both, the size in bytes: --name report.zip --size 20000000",
    );
  if (process.stdin.isTTY)
    throw usageError("Standard input is the terminal.", "Pipe the file into the command, or give its path.");
  return { path: "-", source: process.stdin, name, hasGivenName: true, size, contentType: contentType ?? typeOf(name) };
}

async function openFile(path: string, options: FileOptions): Promise<InputFile> {
  const { name = basename(path), contentType = typeOf(name) } = options;
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error) {
    if (found.code === "ENOENT" || found.code === "ENOTDIR")
      throw usageError(`${path} does not exist.`, "Check the path. It starts from the current folder.");
    throw usageError(`${path} cannot be read (${found.code}).`, "Check the permissions of the file and its folders.");
  }
  if (found.isDirectory())
    throw usageError(`${path} is a folder.`, "Give the files in it, or pack it into an archive first.");
  if (!found.isFile())
    throw usageError(`${path} is not a regular file.`, 'Pipe it in: give "-" as the path, with --name and --size.');
  await access(path, constants.R_OK).catch(() => {
    throw usageError(`${path} cannot be read.`, "Check the permissions of the file.");
  });
  return {
    path,
    source: new File([await openAsBlob(path)], name, { type: contentType, lastModified: found.mtimeMs }),
    name,
    hasGivenName: options.name !== undefined,
    size: found.size,
    contentType,
    identity: [resolve(path), name, found.size, found.mtimeMs].join("\n"),
  };
}

function typeOf(name: string): string {
  return mime.getType(name) ?? "application/octet-stream";
}
