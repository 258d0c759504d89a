import type { ClientRequest, IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { WholeResponse } from "./wholeResponse.js";

/** Statuses whose responses have no body. */
const EMPTY = new Set([204, 205, 304]);
/** Although no compression is asked for: some gateways compress everything. */
const DECODERS: Readonly<Record<string, () => NodeJS.ReadWriteStream & Readable>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

interface Reading {
  readonly signal?: AbortSignal;
  readonly redirect?: RequestRedirect;
  /** Called when nothing more is read. */
  readonly leave: () => void;
}

/** The response as `fetch` would give it. Rejects if it has no form there. */
export async function responseOf(
  incoming: IncomingMessage,
  request: ClientRequest,
  reading: Reading,
): Promise<Response> {
  const { statusCode: status = 0, statusMessage: statusText, rawHeaders } = incoming;
  if (status < 200 || status > 599)
    throw Object.assign(new Error(`${status} is not a status.`), { code: "HPE_INVALID_STATUS" });
  if (reading.redirect === "error" && status >= 300 && status < 400 && incoming.headers.location !== undefined)
    throw new TypeError("fetch failed", { cause: new Error("unexpected redirect") });
  const headers = rawHeaders.flatMap((name, at): [string, string][] =>
    at % 2 === 0 ? [[name, String(rawHeaders[at + 1])]] : [],
  );
  const init = { status, statusText, headers };
  const bodyless = EMPTY.has(status) || request.method === "HEAD";
  const decoder = DECODERS[incoming.headers["content-encoding"]?.toLowerCase() ?? ""];
  await new Promise(process.nextTick); // what came with the head has been parsed then
  if (incoming.complete && !incoming.destroyed && !decoder) {
    const bytes = (incoming.read() ?? Buffer.alloc(0)) as Buffer;
    await new Promise<void>((resolve) => onEnd(incoming, request, resolve));
    reading.leave();
    return new WholeResponse(bodyless ? null : bytes, init);
  }
  const source: Readable = decoder && !bodyless ? incoming.pipe(decoder()) : incoming;
  const body = streamOf(source, incoming, request, reading);
  return new Response(bodyless ? null : body, init);
}

/** Calls `end` when all of a response was read and its connection can serve the next request. */
function onEnd(source: Readable, request: ClientRequest, end: () => void): void {
  source.once("end", () => {
    if (request.writableFinished) return end();
    // what has just left is reported a turn later; the rest of a body that the service did not wait for is of no use
    setImmediate(() => {
      if (!request.writableFinished) request.destroy();
      end();
    });
  });
  source.resume();
}

/** The body of a response, read by pull, so that a slow reader slows the service. */
function streamOf(source: Readable, incoming: IncomingMessage, request: ClientRequest, { signal, leave }: Reading) {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      let ended = false;
      const end = (finish: () => void) => {
        if (ended) return;
        ended = true;
        leave();
        finish();
      };
      const fail = (cause: unknown) =>
        end(() => controller.error(signal?.aborted ? signal.reason : new TypeError("terminated", { cause })));
      source.on("data", (chunk: Buffer) => {
        controller.enqueue(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length));
        if ((controller.desiredSize ?? 0) <= 0) source.pause();
      });
      onEnd(source, request, () => end(() => controller.close()));
      source.on("error", fail);
      if (source !== incoming) incoming.on("error", fail);
    },
    pull: () => void source.resume(),
    cancel() {
      leave();
      incoming.destroy();
    },
  });
}
