import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { request } from "node:https";
import { buffer } from "node:stream/consumers";

/** An origin of the emulator that the page reaches by a path of its own origin. */
export interface Forwarded {
  /** Ends with a slash. */
  readonly target: string;
  readonly ca: string;
  /** The emulator's URLs and their replacements for the page. */
  readonly names: Readonly<Record<string, string>>;
}

/** The certificate of the emulator, and the signal that ends a request. */
interface Connection {
  readonly ca: string;
  readonly signal: AbortSignal;
}

/** Headers that browsers add themselves. They appear in no preflight and are not forwarded. */
const unsent = /^(?:host|connection|cookie|referer|sec-.*|priority|accept-encoding|content-length)$/;
/** Headers that a page may set or read across origins without permission. */
const safeRequest = /^(?:accept|accept-language|origin|user-agent|transfer-encoding)$/;
const safeResponse = /^(?:cache-control|content-language|content-length|content-type|expires|last-modified|pragma)$/;

/**
 * Forwards a request to the emulator, so that the browser need not trust its certificate. Follows CORS as between two
 * origins: it sends a preflight, and returns only exposed headers.
 */
export async function forward(
  from: IncomingMessage,
  to: ServerResponse,
  path: string,
  { target, ca, names }: Forwarded,
) {
  const gone = new AbortController();
  to.once("close", () => gone.abort()); // The page may cancel the request.
  const { signal } = gone;
  try {
    const headers = Object.fromEntries(Object.entries(from.headers).filter(([name]) => !unsent.test(name)));
    headers.origin ??= "https://localhost:3000"; // A GET to the same origin has none.
    const url = target + path.slice(1);
    const body = await buffer(from);
    if (!(await isAllowed(url, from.method!, headers, { ca, signal }))) return void to.destroy();
    const reply = await send(url, from.method!, { ...headers, "content-length": body.length }, { ca, signal }, body);
    const text = renamed(await buffer(reply), reply.headers, names);
    to.writeHead(reply.statusCode!, { ...exposed(reply.headers), "content-length": text.length }).end(text);
  } catch {
    to.destroy(); // The emulator closed the connection too.
  }
}

/** Checks by a preflight that a page of another origin may send this. */
async function isAllowed(url: string, method: string, headers: IncomingHttpHeaders, by: Connection): Promise<boolean> {
  const custom = Object.keys(headers).filter((name) => !safeRequest.test(name));
  if (method === "GET" && custom.length === 0) return true;
  const asked = {
    origin: headers.origin,
    "access-control-request-method": method,
    "access-control-request-headers": custom.join(","),
  };
  const reply = await send(url, "OPTIONS", asked, by);
  reply.resume();
  return reply.headers["access-control-allow-origin"] !== undefined;
}

function exposed(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const names = String(headers["access-control-expose-headers"] ?? "").toLowerCase();
  const allowed = new Set(names.split(",").map((name) => name.trim()));
  return Object.fromEntries(Object.entries(headers).filter(([name]) => safeResponse.test(name) || allowed.has(name)));
}

/** Replaces the upload URL in a reply by one that the page can reach. */
function renamed(body: Buffer, headers: IncomingHttpHeaders, names: Forwarded["names"]): Buffer {
  if (!headers["content-type"]?.startsWith("application/json")) return body;
  return Buffer.from(Object.entries(names).reduce((text, [from, to]) => text.replaceAll(from, to), body.toString()));
}

function send(url: string, method: string, headers: OutgoingHttpHeaders, by: Connection, body?: Buffer) {
  return new Promise<IncomingMessage>((resolve, reject) => {
    // Upload URLs are opaque, so the path stays as written.
    const { hostname, port } = new URL(url);
    const path = url.slice(url.indexOf("/", "https://".length));
    request({ hostname, port, path, method, headers, ...by }, resolve)
      .on("error", reject)
      .end(body);
  });
}
