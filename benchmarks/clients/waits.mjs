// The parts of an upload from a stream, each on its own.
import { rangeFetch } from "../../dist/esm/node/index.js";
import { task } from "./ours.mjs";
import { uploads } from "../support/source.mjs";

/** Reads only. */
export function source(parameters) {
  return uploads(parameters, async (stream) => {
    for await (const _ of stream);
  });
}

/**
 * Sends the same range repeatedly by `fetch`, in its fastest form for Node, or with `lean` by `rangeFetch`. No client that
 * sends by these is faster.
 */
export function senderAlone({ origin, size, rangeSize, lean }) {
  const sender = lean ? rangeFetch() : fetch;
  const range = new Uint8Array(rangeSize).fill(1);
  const send = async (total) => {
    for (let start = 0; start < total; start += rangeSize) {
      const bytes = range.subarray(0, Math.min(rangeSize, total - start));
      const headers = {
        "Content-Length": String(bytes.length),
        "Content-Range": `bytes ${start}-${start + bytes.length - 1}/${total}`,
      };
      const body = lean ? bytes : streamed(bytes);
      const response = await sender(`${origin}/sessions/drive/1`, { method: "PUT", headers, body, duplex: "half" });
      if (!response.ok) throw new Error(`The service answered ${response.status}.`);
      await response.text();
    }
  };
  return { warmUp: () => send(4 * rangeSize), work: () => send(size) };
}

const streamed = (bytes) =>
  new ReadableStream({
    pull(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });

/** Copies chunks of 64 KiB into one block, as a range of a stream is collected. */
export function copyAlone({ size, rangeSize }) {
  const chunk = new Uint8Array(65_536).fill(1);
  const block = new Uint8Array(rangeSize);
  const copy = (total) => {
    for (let start = 0; start < total; start += chunk.length) block.set(chunk, start % (rangeSize - chunk.length));
  };
  return { warmUp: () => copy(4 * rangeSize), work: () => copy(size) };
}

/** Sends only, from memory. */
export const service = (parameters) => task({ ...parameters, stream: false });
