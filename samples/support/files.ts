import { createHash } from "node:crypto";
import { openAsBlob } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";

/** A file on disk, or its first `most` bytes. Nothing is read until its bytes are wanted. */
export async function openFile(path: string, most = Infinity): Promise<File> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) throw new Error(`There is no file at ${path}.`);
  const blob = await openAsBlob(path);
  return new File([blob.slice(0, Math.min(found.size, most))], basename(path));
}

/** The SHA-256 of a stream of bytes, in hex. */
export async function sha256(stream: ReadableStream<Uint8Array>): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of stream) hash.update(chunk);
  return hash.digest("hex");
}
