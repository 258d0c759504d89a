import type { Content } from "./open.js";

const EDGE = 65_536;

/** Tells files apart by their size and the SHA-256 of their first and last 64 KiB; a stream only by its size. */
export async function fingerprint(content: Content): Promise<string> {
  const { size } = content;
  if (!content.anywhere || size === 0) return `${size}`;
  const first = await content.read(0, Math.min(EDGE, size));
  const last = await content.read(Math.max(0, size - EDGE), size);
  const edges = new Uint8Array(first.length + last.length);
  edges.set(first);
  edges.set(last, first.length);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", edges));
  return `${size}:${[...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** Whether two fingerprints can be of one file: where one of them is of a stream, the sizes decide. */
export function sameFile(one: string, other: string): boolean {
  return one === other || ((!one.includes(":") || !other.includes(":")) && one.split(":")[0] === other.split(":")[0]);
}
