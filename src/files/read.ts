import type { Content } from "../file.js";
import { orAborted, throwIfAborted } from "../signals.js";

/** Reads a file by range. The only way in which a file is read, so that an abort is heard even if the source is stuck. */
export function read(content: Content, start: number, end: number, signal?: AbortSignal): Promise<Uint8Array> {
  throwIfAborted(signal);
  return orAborted(content.read(start, end), signal);
}

/** Resolves when a read has ended, even if it failed. Unlike the read, it does not hold the bytes. */
export function endOf(read: Promise<unknown>): Promise<void> {
  const end = () => {};
  return read.then(end, end);
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

/** A file whose first bytes can be read before they are asked for. They are kept until then. */
export function readAhead(content: Content): Content {
  if (content.begin) return content;
  let early: Promise<Uint8Array> | undefined;
  let end: (() => void) | undefined;
  const ended = () => {
    end?.();
    end = undefined;
  };
  return {
    size: content.size,
    name: content.name,
    type: content.type,
    modified: content.modified,
    anywhere: content.anywhere,
    slice: content.slice?.bind(content),
    release: content.release?.bind(content),
    close(reason) {
      ended();
      content.close(reason);
    },
    begin(length, done) {
      if (early) return done?.();
      ended();
      end = done;
      early = content.read(0, length);
      early.catch(() => {}); // reported to the one that asks for them
    },
    async read(start, end) {
      ended();
      if (!early) return content.read(start, end);
      const begun = early;
      early = undefined;
      const first = await begun;
      if (end < first.length) early = begun;
      if (end <= first.length) return first.subarray(start, end);
      const rest = await content.read(Math.max(start, first.length), end);
      if (start >= first.length) return rest;
      const whole = new Uint8Array(end - start);
      whole.set(first.subarray(start));
      whole.set(rest, first.length - start);
      return whole;
    },
  };
}
