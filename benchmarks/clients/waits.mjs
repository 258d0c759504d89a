// The parts of an upload from a stream, each on its own.
import { task } from "./ours.mjs";
import { uploads } from "../support/source.mjs";

/** Reads only. */
export function source(parameters) {
  return uploads(parameters, async (stream) => {
    for await (const _ of stream);
  });
}

/** Sends the same range repeatedly by `fetch`, in its fastest form for Node. No client that uses `fetch` is faster. */
export function fetchAlone({ origin, size, rangeSize }) {
  const range = new Uint8Array(rangeSize).fill(1);
  const send = async (total) => {
    for (let start = 0; start < total; start += rangeSize) {
      const bytes = range.subarray(0, Math.min(rangeSize, total - start));
      const headers = {
        "Content-Length": String(bytes.length),
        "Content-Range": `bytes ${start}-${start + bytes.length - 1}/${total}`,
      };
      const body = new ReadableStream({
        pull(controller) {
          controller.enqueue(bytes);
          controller.close();
        },
      });
      const response = await fetch(`${origin}/sessions/drive/1`, { method: "PUT", headers, body, duplex: "half" });
      if (!response.ok) throw new Error(`The service answered ${response.status}.`);
      await response.text();
    }
  };
  return { warmUp: () => send(4 * rangeSize), work: () => send(size) };
}

/** Sends only, from memory. */
export const service = (parameters) => task({ ...parameters, stream: false });
