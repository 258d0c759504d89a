import type { WireRequest } from "../protocol.js";

/** Chromium sends a Blob some fifteen times as fast as the same bytes; no browser sends it slower, but Node does. */
const IN_BROWSER = "document" in globalThis || "importScripts" in globalThis;

const agent = globalThis.navigator?.userAgent ?? "";

/**
 * Whether slices of a file go out faster unread than read ahead: in Chromium in two thirds of the time, in Firefox in half,
 * in WebKit in a third more, and in Node in as much (docs/benchmarks.md). Either way is right: names of browsers may err.
 */
export const sendsSlices = /(Chrome|Chromium|Firefox)\//.test(agent);

/** Firefox waits for a file that is gone until the range's time is over; the others say at once that it cannot be sent. */
export const waitsForLostFiles = /Firefox\//.test(agent);

/** Bytes. */
export function lengthOf(body: WireRequest["body"] = ""): number {
  return typeof body === "object" && "size" in body ? body.size : body.length;
}

/**
 * Node's own `fetch` copies bytes twice before they leave, but hands on what a stream gives as it is: a third of the time,
 * a third of the memory. Whatever has been put in its place may not know streams, or send them without a length.
 */
function isNodes(fetch: unknown): boolean {
  return typeof fetch === "function" && /internal\/deps\/undici/.test(Function.prototype.toString.call(fetch));
}

/** The members of a `RequestInit` that carry a body, in the form that goes out fastest here; `fetch` is to send it. */
export function bodyInit(
  body: WireRequest["body"],
  fetch: unknown,
): { body?: BodyInit; headers?: Record<string, string> } {
  if (typeof body !== "object" || "size" in body || body.length === 0) return { body: body as BodyInit | undefined };
  const bytes = body as Uint8Array<ArrayBuffer>;
  if (IN_BROWSER) return { body: new Blob([bytes]) };
  if (!isNodes(fetch)) return { body: bytes };
  const whole = new ReadableStream({
    pull(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
  const headers = { "Content-Length": String(bytes.length) };
  return { body: whole, headers, duplex: "half" } as ReturnType<typeof bodyInit>;
}
