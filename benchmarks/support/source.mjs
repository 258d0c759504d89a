import { Readable } from "node:stream";

const CHUNK = 65_536;
/** Milliseconds; timers are no finer. */
const LEAST_WAIT = 2;

/** Bytes that no allocator can share or leave out. */
export function bytesOf(size) {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at += 1024) bytes[at] = at >> 10;
  return bytes;
}

/**
 * A Node stream as of a file or a socket: fresh chunks of 64 KiB, or, `reused`, always the same one, which leaves no rubbish
 * behind. `pace`: milliseconds that reading `every` bytes takes, evenly, and only while somebody reads.
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

/** What a client is to upload: `parameters.stream` says whether as a stream. */
export function sourceOf(size, { stream, pace, rangeSize, reused }) {
  return stream ? streamOf(size, { pace, every: rangeSize, reused }) : bytesOf(size);
}

/**
 * Work of a client: `upload(source, size)` once for a few ranges as a warm-up, then for the whole file. The bytes of a file
 * in memory are there before anything is measured.
 */
export function uploads(parameters, upload) {
  const { size, rangeSize } = parameters;
  const little = Math.min(size, 4 * rangeSize);
  const first = sourceOf(little, parameters);
  const all = sourceOf(size, parameters);
  return { warmUp: () => upload(first, little), work: () => upload(all, size) };
}
