import { Readable } from "node:stream";

const CHUNK = 65_536;
/** Milliseconds. Timers are not finer than this. */
const LEAST_WAIT = 2;

/** Creates bytes that no allocator can share or skip. */
export function bytesOf(size) {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at += 1024) bytes[at] = at >> 10;
  return bytes;
}

/**
 * Creates a Node stream like that of a file or a socket, with new chunks of 64 KiB. With `reused`, it repeats one chunk and
 * leaves no garbage. `pace`: milliseconds to read `every` bytes, evenly, and only while there is a reader.
 */
export function streamOf(size, { pace = 0, every = size, reused = false } = {}) {
  let at = 0;
  const memory = reused ? Buffer.alloc(CHUNK) : undefined;
  let owed = 0;
  const filled = () => Buffer.allocUnsafe(CHUNK).fill(at >> 16);
  return new Readable({
    highWaterMark: CHUNK,
    read() {
      const chunk = at < size ? (memory ?? filled()).subarray(0, size - at) : null;
      at += CHUNK;
      owed += (pace * (chunk?.length ?? 0)) / every;
      if (owed < LEAST_WAIT) return void this.push(chunk);
      const before = performance.now();
      setTimeout(() => {
        owed -= performance.now() - before;
        this.push(chunk);
      }, owed);
    },
  });
}

/** Creates the file to upload, as a stream if `parameters.stream` is set. */
export function sourceOf(size, { stream, pace, rangeSize, reused }) {
  return stream ? streamOf(size, { pace, every: rangeSize, reused }) : bytesOf(size);
}

/**
 * Creates the work of a client: `upload(source, size)` for a few ranges as a warm-up, then for the whole file. The bytes of
 * a file in memory exist before the measurement starts.
 */
export function uploads(parameters, upload) {
  const { size, rangeSize } = parameters;
  const little = Math.min(size, 4 * rangeSize);
  const first = sourceOf(little, parameters);
  const all = sourceOf(size, parameters);
  return { warmUp: () => upload(first, little), work: () => upload(all, size) };
}
