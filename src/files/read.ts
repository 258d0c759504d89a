import { orAborted, throwIfAborted } from "../signals.js";
import type { Content } from "../protocol.js";

/** Reads a file by range. The only way in which a file is read, so that an abort is heard even if the source is stuck. */
export function read(content: Content, start: number, end: number, signal?: AbortSignal): Promise<Uint8Array> {
  throwIfAborted(signal);
  return orAborted(content.read(start, end), signal);
}

/** A small stream that can be read again, because its bytes are kept once they were read. */
export function remembered(content: Content): Content {
  let bytes: Promise<Uint8Array> | undefined;
  return {
    size: content.size,
    name: content.name,
    type: content.type,
    anywhere: true,
    read: async (start, end) => (await (bytes ??= content.read(0, content.size))).subarray(start, end),
    close: (reason) => content.close(reason),
  };
}
