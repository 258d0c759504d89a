import type { Content } from "../protocol.js";
import { sha256 } from "./bytes.js";
import { read } from "./read.js";

const EDGE = 65_536;

/** Identifies a file by its size and the SHA-256 of its first and last 64 KiB; a stream only by its size. */
export async function fingerprint(content: Content, signal?: AbortSignal): Promise<string> {
  const { size } = content;
  if (!content.anywhere || size === 0) return `${size}`;
  const edges = new Uint8Array(2 * Math.min(EDGE, size));
  // copied before the next read: a source may use its memory again
  edges.set(await read(content, 0, Math.min(EDGE, size), signal));
  edges.set(await read(content, Math.max(0, size - EDGE), size, signal), Math.min(EDGE, size));
  return `${size}:${await sha256(edges)}`;
}

/** Tells whether two fingerprints can belong to one file. If one of them is of a stream, the sizes decide. */
export function sameFile(one: string, other: string): boolean {
  return one === other || ((!one.includes(":") || !other.includes(":")) && one.split(":")[0] === other.split(":")[0]);
}
