import http from "node:http";
import https from "node:https";
import { UploadError } from "../index.js";
import { readBody, type Outgoing } from "./outgoing.js";
import { routes } from "./proxy.js";
import type { RangeFetchOptions } from "./rangeFetchOptions.js";
import { responseOf } from "./response.js";

/** A `fetch` for the option `fetch`. */
export type RangeFetch = typeof fetch & {
  /** Closes the connections that are kept. An idle one does not keep the process alive, so a program may leave this out. */
  close(): void;
};

/** Milliseconds until a connection must stand, as with Node's own `fetch`. */
const CONNECT_TIMEOUT = 10_000;
/** Bytes. TLS encrypts a piece while the one before travels; in one piece, nothing travels until all is encrypted. */
const TLS_PIECE = 524_288;
/** Marks this `fetch` as one that sends views without a copy, and reports when a range has left. */
const SENT = Symbol.for("graph-large-attachments.sent");
const NAMES = ["ca", "proxy", "agent"];

/**
 * Sends ranges over Node's own `https` on kept connections, with a fraction of the CPU and memory of Node's `fetch`:
 * `withLargeAttachments(client, { fetch: rangeFetch() })`. Create one for a process, not one for each upload.
 *
 * It uses `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` as Node 24 spells them, and `NODE_EXTRA_CA_CERTS`. It follows no redirect
 * and adds no token. It rejects as `fetch` does, with a `TypeError` whose `cause` has Node's error code. A kept connection that
 * turns out to be closed is replaced, unless the service can have the whole request.
 *
 * For Node 20.9 and later. On Bun and Deno, use their own `fetch`.
 *
 * @throws `UploadError` of code `invalid` for options and proxies that it cannot use
 */
export function rangeFetch(options: RangeFetchOptions = {}): RangeFetch {
  const unknown = Object.keys(options).find((name) => !NAMES.includes(name));
  if (unknown !== undefined)
    throw new UploadError("invalid", `rangeFetch has no option ${unknown}. Its options are ${NAMES.join(", ")}.`);
  const route = routes(options, process.env);
  const send = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const outgoing = await outgoingOf(input, init);
    const { url, signal } = outgoing;
    const { secure, ...way } = options.agent
      ? { secure: url.protocol === "https:", options: { agent: options.agent }, headers: undefined }
      : route.to(url);
    for (;;) {
      const request = (secure ? https : http).request(url, {
        ...way.options,
        method: outgoing.method,
        headers: { ...way.headers, ...outgoing.headers },
      });
      try {
        const sent: unknown = Reflect.get(init, SENT);
        if (typeof sent === "function") request.once("finish", () => sent());
        return await exchange(request, outgoing);
      } catch (error) {
        if (signal?.aborted) throw signal.reason;
        if (!isStale(request, outgoing.method, error)) throw asOfFetch(error);
      }
    }
  };
  return Object.assign(send, { close: () => route.close(), [SENT]: true });
}

async function outgoingOf(input: string | URL | Request, init: RequestInit): Promise<Outgoing> {
  const request = typeof input === "object" && "headers" in input ? input : undefined;
  const signal = init.signal ?? request?.signal ?? undefined;
  signal?.throwIfAborted();
  const url = parse(request?.url ?? String(input));
  const headers = headersOf(init.headers ?? request?.headers);
  const method = (init.method ?? request?.method ?? "GET").toUpperCase();
  const body = await readBody(init.body ?? request?.body, headers);
  for (const name of ["connection", "expect", "transfer-encoding"]) delete headers[name];
  if (body.length > 0 || /^P/.test(method)) headers["content-length"] = String(body.length);
  return { url, method, headers, body, signal, redirect: init.redirect ?? request?.redirect };
}

/** The headers of a request, by names in lower case, and those that `fetch` adds. A plain object needs no `Headers`. */
function headersOf(given: HeadersInit = {}): Record<string, string> {
  const entries = Symbol.iterator in given ? new Headers(given) : Object.entries(given);
  const headers: Record<string, string> = { accept: "*/*", "accept-encoding": "identity", "user-agent": "node" };
  for (const [name, value] of entries) headers[name.toLowerCase()] = String(value);
  return headers;
}

/** The URL is secret, and Node's own error would quote it. */
function parse(input: string): URL {
  const url = URL.canParse(input) ? new URL(input) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password)
    throw new TypeError("rangeFetch takes only http and https URLs without a user name.");
  return url;
}

/** Sends a request and waits for the head of the response. The signal is heard until the response has been read. */
function exchange(request: http.ClientRequest, { url, body, signal, redirect }: Outgoing): Promise<Response> {
  return new Promise((resolve, reject) => {
    const abort = () => request.destroy();
    const late = request.reusedSocket ? undefined : setTimeout(giveUpConnecting, CONNECT_TIMEOUT, request);
    const leave = () => {
      clearTimeout(late);
      signal?.removeEventListener("abort", abort);
    };
    request.on("error", (error) => {
      leave();
      reject(error);
    });
    request.on("response", (incoming) => {
      clearTimeout(late);
      responseOf(incoming, request, { signal, redirect, leave }).then(resolve, (error: unknown) => {
        leave();
        request.destroy();
        reject(error);
      });
    });
    signal?.addEventListener("abort", abort, { once: true });
    write(request, body, url.protocol === "https:" ? TLS_PIECE : Infinity);
  });
}

/** Ends a request whose connection does not stand yet. */
function giveUpConnecting(request: http.ClientRequest): void {
  const socket: { connecting?: boolean; secureConnecting?: boolean } | null = request.socket;
  if (!socket || socket.connecting || socket.secureConnecting)
    request.destroy(Object.assign(new Error("connect ETIMEDOUT: no connection in 10 s"), { code: "ETIMEDOUT" }));
}

/** Hands the bytes themselves to the socket. */
function write(request: http.ClientRequest, body: Uint8Array, piece: number): void {
  let at = 0;
  const more = (): void => {
    while (body.length - at > piece) {
      const going = request.write(body.subarray(at, (at += piece)));
      if (!going) return void request.once("drain", more);
    }
    request.end(at === 0 ? body : body.subarray(at));
  };
  more();
}

/**
 * True if a kept connection was closed before the service can have had the whole request, or if the request only reads. No
 * response has come. The next connection may be closed too, but the last one is always a new one.
 */
function isStale(request: http.ClientRequest, method: string, error: unknown): boolean {
  const closed = /^(ECONNRESET|EPIPE)$/.test(codeOf(error) ?? "");
  return closed && request.reusedSocket && (!request.writableFinished || method === "GET" || method === "HEAD");
}

/** In the shape of an error of `fetch`. What came over the line stays out: it may name an address that is secret. */
function asOfFetch(error: unknown): unknown {
  if (codeOf(error) === undefined) return error;
  Reflect.deleteProperty(error as object, "rawPacket");
  return new TypeError("fetch failed", { cause: error });
}

function codeOf(error: unknown): string | undefined {
  const code: unknown = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}
