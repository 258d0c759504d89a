import { createHash } from "node:crypto";
import { openAsBlob } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";

/** Opens a file, or its first `limit` bytes, without reading it. */
export async function openFile(path: string, limit = Infinity): Promise<File> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) throw new Error(`There is no file at ${path}.`);
  const blob = await openAsBlob(path);
  const part = blob.slice(0, Math.min(found.size, limit));
  return new File([part], basename(path), { lastModified: found.mtimeMs });
}

/** Computes the SHA-256 of a stream, in hex. */
export async function sha256(stream: ReadableStream<Uint8Array>): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of stream) hash.update(chunk);
  return hash.digest("hex");
}
