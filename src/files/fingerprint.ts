import { read } from "./read.js";
import type { Content } from "../file.js";
import { sha256 } from "./sha256.js";

const EDGE = 65_536;

/**
 * Identifies a file by its size, the SHA-256 of its first and last 64 KiB, and the time of its last change if it is known; a
 * stream only by its size.
 */
export async function fingerprint(content: Content, signal?: AbortSignal): Promise<string> {
  const { size, modified } = content;
  if (!content.anywhere || size === 0) return `${size}`;
  const edges = new Uint8Array(2 * Math.min(EDGE, size));
  edges.set(await read(content, 0, Math.min(EDGE, size), signal));
  edges.set(await read(content, Math.max(0, size - EDGE), size, signal), Math.min(EDGE, size));
  return [size, await sha256(edges), ...(modified === undefined ? [] : [modified])].join(":");
}

/** The part of a fingerprint that stays when only the middle of a file changes. */
export function edgesIn(print: string): string {
  return print.split(":").slice(0, 2).join(":");
}

/** True if two fingerprints can belong to one file: everything that both of them tell is the same. */
export function sameFile(one: string, other: string): boolean {
  const others = other.split(":");
  return one.split(":").every((part, index) => part === (others[index] ?? part));
}
