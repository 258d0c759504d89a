// Ways to send PUT requests of a known length, one after another.
import http from "node:http";
import https from "node:https";
import net from "node:net";
import tls from "node:tls";
import { Agent, fetch as fetchOfUndici, request } from "undici";
import { rangeFetch } from "../../dist/esm/node/index.js";
import { bytesOf } from "../support/source.mjs";

const WARM_UP = 4;

/** Creates work that sends every piece of a file by `send(url, piece, headers)`, which returns a status. */
function puts(send) {
  return ({ origin, count, length }) => {
    const bytes = bytesOf(count * length);
    const all = async (most) => {
      for (let start = 0; start < most * length; start += length) {
        const range = `bytes ${start}-${start + length - 1}/${bytes.length}`;
        const headers = { "Content-Type": "application/octet-stream", "Content-Range": range };
        const piece = new Uint8Array(bytes.buffer, bytes.byteOffset + start, length);
        const status = await send(`${origin}/sessions/drive/any`, piece, headers);
        if (status >= 300) throw new Error(`The service answered ${status}.`);
      }
    };
    return { warmUp: () => all(WARM_UP), work: () => all(count) };
  };
}

/** Sends by `fetch` with more options and a body made from the bytes. */
function byFetch(more = {}, bodyOf = (piece) => piece, fetch = globalThis.fetch) {
  return puts(async (url, piece, headers) => {
    const { signal } = new AbortController();
    const sized = more.duplex ? { "Content-Length": String(piece.length) } : {};
    const options = { redirect: "manual", signal, ...more, headers: { ...headers, ...sized } };
    const response = await fetch(url, { method: "PUT", body: bodyOf(piece), ...options });
    await response.text();
    return response.status;
  });
}

/** A stream of the bytes themselves, without copies. */
const streamed = (most) => (piece) => {
  let at = 0;
  const pull = (controller) => {
    controller.enqueue(piece.subarray(at, (at += most)));
    if (at >= piece.length) controller.close();
  };
  return new ReadableStream({ pull }, { highWaterMark: 0 });
};
async function* once(piece) {
  yield piece;
}

const noClone = { redirect: "error", window: null };
const half = { duplex: "half" };
const dispatcher = new Agent();
const agent = new http.Agent({ keepAlive: true });
const secureAgent = new https.Agent({ keepAlive: true });
/** Bytes that are encrypted at once. */
const TLS_PIECE = 524_288;

export const bytes = byFetch();
export const noRedirect = byFetch({ redirect: "error" });
const bytesNoClone = byFetch(noClone);
export { bytesNoClone as noClone };
export const keepalive = byFetch({ keepalive: true });
export const blob = byFetch({}, (piece) => new Blob([piece]));
export const streamOfSmall = byFetch(half, streamed(65_536));
export const streamOfOne = byFetch(half, streamed(Infinity));
export const streamOfOneNoClone = byFetch({ ...half, ...noClone }, streamed(Infinity));
export const iterableOfOne = byFetch(half, once);
export const undiciFetch = byFetch({ dispatcher }, undefined, fetchOfUndici);
export const undiciRequest = puts(async (url, body, headers) => {
  const response = await request(url, { method: "PUT", body, headers, dispatcher });
  await response.body.text();
  return response.statusCode;
});
export const lean = byFetch({}, undefined, rangeFetch());
export const nodeHttp = puts(
  (url, body, headers) =>
    new Promise((resolve, reject) => {
      const sized = { ...headers, "Content-Length": body.length };
      const secure = url.startsWith("https:");
      const options = { method: "PUT", agent: secure ? secureAgent : agent, headers: sized };
      const sent = (secure ? https : http).request(url, options, (response) => {
        response.resume().on("end", () => resolve(response.statusCode));
      });
      sent.on("error", reject).end(body);
    }),
);

let kept;
/** HTTP by hand over one socket: what the kernel, the socket and TLS cost without any client. */
export const socket = puts(async (url, body, headers) => {
  const { protocol, hostname: host, port, pathname } = new URL(url);
  const secure = protocol === "https:";
  kept ??= secure ? tls.connect({ host, port }) : net.connect({ host, port, noDelay: true });
  const sized = { Host: host, ...headers, "Content-Length": body.length };
  const lines = Object.entries(sized).map(([name, value]) => `${name}: ${value}`);
  const answered = new Promise((resolve, reject) => {
    let text = "";
    const hear = (chunk) => {
      text += chunk;
      const head = text.indexOf("\r\n\r\n");
      if (head < 0 || text.length - head - 4 < Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0)) return;
      kept.off("data", hear).off("error", reject);
      resolve(Number(text.slice(9, 12)));
    };
    kept.on("data", hear).on("error", reject);
  });
  kept.write(`PUT ${pathname} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
  for (let at = 0, most = secure ? TLS_PIECE : body.length; at < body.length; at += most) {
    if (!kept.write(body.subarray(at, at + most))) await new Promise((resolve) => kept.once("drain", resolve));
  }
  return answered;
});
