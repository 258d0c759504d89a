// Ways to send 4 MiB PUTs, one after another, and what each of them costs the process.
import http from "node:http";
import { Agent, fetch as undiciFetch, request as undiciRequest, Client } from "undici";

const COUNT = 32;
const LENGTH = 4_194_304;
const WARM_UP = 4;
const bytes = new Uint8Array(LENGTH * COUNT).fill(7);
const piece = (index) => bytes.subarray(index * LENGTH, (index + 1) * LENGTH);

/** Work that sends every piece by `send(url, piece, headers)`. */
function puts(send) {
  return async ({ origin }) => {
    const url = `${origin}/sessions/attachmentSessions/1`;
    const one = (index) => {
      const start = index * LENGTH;
      const range = `bytes ${start}-${start + LENGTH - 1}/${COUNT * LENGTH}`;
      return send(url, piece(index), { "Content-Type": "application/octet-stream", "Content-Range": range });
    };
    const all = async (count) => {
      for (let index = 0; index < count; index++) await one(index);
    };
    return { warmUp: () => all(WARM_UP), work: () => all(COUNT) };
  };
}

function byFetch(init, { fetch = globalThis.fetch, body = (given) => given } = {}) {
  return puts(async (url, given, headers) => {
    const { signal } = new AbortController();
    const more = typeof init === "function" ? init(given) : init;
    const response = await fetch(url, {
      method: "PUT",
      body: body(given),
      headers: { ...headers, ...more.headers },
      signal,
      ...without(more),
    });
    if (!response.ok) throw new Error(`The service answered ${response.status}.`);
    await response.text();
  });
}
const without = ({ headers: _, ...others }) => others;

const lean = { redirect: "error", window: null };
const agent = new Agent();
const own = { fetch: undiciFetch };

/** A stream of a piece; undici pulls it as the socket drains. */
function streamed(chunk, type) {
  return (given) => {
    let at = 0;
    return new ReadableStream(
      {
        type,
        pull(controller) {
          if (at >= given.length) {
            controller.close();
            return;
          }
          const part = given.subarray(at, at + chunk);
          at += part.length;
          // a stream of bytes takes the buffer away, so that it gets a copy
          controller.enqueue(type === "bytes" ? part.slice() : part);
        },
      },
      { highWaterMark: 0 },
    );
  };
}
const sized = (given) => ({ duplex: "half", headers: { "Content-Length": String(given.length) } });
const leanSized = (given) => ({ ...lean, ...sized(given) });
async function* parts(given, chunk) {
  for (let at = 0; at < given.length; at += chunk) yield given.subarray(at, at + chunk);
}

export const now = byFetch({ redirect: "manual" });
export const follow = byFetch({});
export const error = byFetch({ redirect: "error" });
export const errorNoWindow = byFetch(lean);
export const keepalive = byFetch({ redirect: "manual", keepalive: true });
export const buffer = byFetch(
  { redirect: "manual" },
  { body: (given) => Buffer.from(given.buffer, given.byteOffset, given.length) },
);
export const blob = byFetch({ redirect: "manual" }, { body: (given) => new Blob([given]) });
export const blobLean = byFetch(lean, { body: (given) => new Blob([given]) });
export const stream64 = byFetch((given) => ({ redirect: "manual", ...sized(given) }), { body: streamed(65_536) });
export const stream64Lean = byFetch(leanSized, { body: streamed(65_536) });
export const stream256Lean = byFetch(leanSized, { body: streamed(262_144) });
export const streamWholeLean = byFetch(leanSized, { body: streamed(LENGTH) });
export const stream1024Lean = byFetch(leanSized, { body: streamed(1_048_576) });
export const stream256 = byFetch((given) => ({ redirect: "manual", ...sized(given) }), { body: streamed(262_144) });
export const streamWhole = byFetch((given) => ({ redirect: "manual", ...sized(given) }), { body: streamed(LENGTH) });
export const iterableLean = byFetch(leanSized, { body: (given) => parts(given, 262_144) });
export const iterableWholeLean = byFetch(leanSized, { body: (given) => parts(given, LENGTH) });
export const iterableWhole = byFetch((given) => ({ redirect: "manual", ...sized(given) }), {
  body: (given) => parts(given, LENGTH),
});
export const undiciFetchManual = byFetch({ redirect: "manual", dispatcher: agent }, own);
export const undiciFetchLean = byFetch({ ...lean, dispatcher: agent }, own);
export const undiciRequests = puts(async (url, body, headers) => {
  const response = await undiciRequest(url, { method: "PUT", body, headers, dispatcher: agent });
  await response.body.text();
});
const keptAlive = new http.Agent({ keepAlive: true });
export const nodeHttp = puts(
  (url, body, headers) =>
    new Promise((resolve, reject) => {
      const request = http.request(url, {
        method: "PUT",
        agent: keptAlive,
        headers: { ...headers, "Content-Length": body.length },
      });
      request.on("response", (response) => response.resume().on("end", resolve)).on("error", reject);
      request.end(body);
    }),
);
