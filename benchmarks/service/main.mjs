// A local service in its own process. It implements the minimum of each protocol and discards all bodies.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { azureBlob } from "./azureBlob.mjs";
import { azureDevOps } from "./azureDevOps.mjs";
import { gcs } from "./gcs.mjs";
import { graph } from "./graph.mjs";
import { s3 } from "./s3.mjs";
import { tus } from "./tus.mjs";

const protocols = { v1: graph, sessions: graph, devops: azureDevOps, tus, upload: gcs, blob: azureBlob, s3 };
/** "tls", the address to listen on, and the files of a key and a certificate. */
const [scheme = "http", address = "127.0.0.1", ...files] = process.argv.slice(3);
/** Milliseconds between the last byte of a range and its reply. */
let serviceTime = Number(process.argv[2] ?? 0);
/** The script of the page, if there is one. */
let script = "";
/** The host of upload URLs, if it is another one. */
let uploadHost;
/** A connection is closed after each range, as some proxies do. */
let closes = false;
let seen = fresh();

function fresh() {
  return { ranges: 0, bytes: 0, largest: 0, firstRange: undefined };
}

const serve = async (request, response) => {
  const [, first] = request.url.split(/[/?:.]/);
  if (first === "stats") return reply(response, { status: 200, body: { ...seen } });
  if (first === "reset") {
    seen = fresh();
    return reply(response, { status: 200, body: {} });
  }
  if (first === "page") return page(request, response);
  if (isRange(request)) return reply(response, { status: 411 }); // The real services do so too.
  const carriesFile = Number(request.headers["content-length"] ?? 0) > 100_000;
  if (carriesFile) {
    seen.firstRange ??= String(process.hrtime.bigint());
    seen.ranges++;
  }
  const { length, body } = carriesFile ? { length: await discard(request) } : await read(request);
  if (!request.complete) return; // The line broke, and an incomplete range does not count.
  if (carriesFile) {
    seen.bytes += length;
    seen.largest = Math.max(seen.largest, length);
    if (serviceTime > 0) await new Promise((resolve) => setTimeout(resolve, serviceTime));
  }
  const { host } = request.headers;
  const protocol = scheme === "tls" ? "https" : "http";
  const [origin, uploads] = [host, uploadHost ?? host].map((one) => `${protocol}://${one}`);
  const answer = protocols[first]?.({ request, length, body, origin, uploads, headers: request.headers });
  if (closes && carriesFile) response.setHeader("Connection", "close");
  reply(response, answer ?? { status: 204 });
};
const server = scheme === "tls" ? createTlsServer(await certificate(), serve) : createServer(serve);

/** The certificate that was given, or one that the emulator makes. */
async function certificate() {
  const [key, cert] = files.map((file) => readFileSync(file));
  if (cert) return { key, cert };
  const { startEmulator } = await import("../../dist/esm/emulator/index.js");
  const emulator = await startEmulator();
  await emulator.close();
  return emulator.certificate;
}

/** A page of the same origin, so that browsers send no preflight. */
function page({ url }, response) {
  const asked = url.endsWith(".js");
  response.setHeader("Content-Type", asked ? "text/javascript" : "text/html");
  response.end(asked ? script : '<!doctype html><input type="file"><script src="/page.js"></script>');
}

function isRange({ method, headers }) {
  return (method === "PUT" || method === "PATCH") && headers["transfer-encoding"] !== undefined;
}

/** Discards a body and returns its number of bytes. */
function discard(request) {
  return new Promise((resolve) => {
    let length = 0;
    request.on("data", (chunk) => (length += chunk.length));
    request.on("close", () => resolve(length));
    request.on("error", () => {});
  });
}

/** Reads a small body as text. */
function read(request) {
  return new Promise((resolve) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("close", () => {
      const whole = Buffer.concat(chunks);
      resolve({ length: whole.length, body: whole.toString() });
    });
    request.on("error", () => {});
  });
}

function reply(response, { status, headers = {}, body }) {
  if (response.destroyed) return;
  const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
  const type = typeof body === "string" ? "application/xml" : "application/json";
  const described = text ? { "Content-Type": type, "Content-Length": Buffer.byteLength(text) } : {};
  response.writeHead(status, { ...(status === 204 ? {} : { "Content-Length": 0 }), ...described, ...headers });
  response.end(text);
}

server.keepAliveTimeout = 60_000;
server.requestTimeout = 0;
server.listen(0, address, () => process.send(server.address().port));
process.on("message", (message) => {
  ({ serviceTime, script, uploadHost, closes } = { serviceTime, script, uploadHost, closes, ...message });
  process.send(message.asks ? seen : "changed");
});
process.on("disconnect", () => process.exit());
