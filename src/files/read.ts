import { orAborted } from "../signals.js";
import type { Content } from "../protocol.js";

/** Reads a file by range. The only way in which a file is read, so that an abort is heard even if the source is stuck. */
export function read(content: Content, start: number, end: number, signal?: AbortSignal): Promise<Uint8Array> {
  signal?.throwIfAborted();
  return orAborted(content.read(start, end), signal);
}
