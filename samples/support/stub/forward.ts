import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { request } from "node:https";
import { buffer } from "node:stream/consumers";

/** An origin of the emulator that is reached by a path of the page's own origin. */
export interface Forwarded {
  /** With a slash at the end. */
  readonly target: string;
  readonly ca: string;
  /** What the emulator's URLs are called in the page. */
  readonly names: Readonly<Record<string, string>>;
}

/** What the emulator is known by, and until when it is waited for. */
interface Connection {
  readonly ca: string;
  readonly signal: AbortSignal;
}

/** Sent by browsers of themselves, or lost to CORS: neither a preflight nor the host behind hears of them. */
const unsent = /^(?:host|connection|cookie|referer|sec-.*|priority|accept-encoding|content-length)$/;
/** What a page may set or read across origins without being allowed to. */
const safeRequest = /^(?:accept|accept-language|origin|user-agent|transfer-encoding)$/;
const safeResponse = /^(?:cache-control|content-language|content-length|content-type|expires|last-modified|pragma)$/;

/**
 * Carries a request to the emulator, so that nobody has to trust its certificate first. Holds to CORS as the browser
 * would between two origins: asks by a preflight, and hands over only those headers that are exposed.
 */
export async function forward(
  from: IncomingMessage,
  to: ServerResponse,
  path: string,
  { target, ca, names }: Forwarded,
) {
  const gone = new AbortController();
  to.once("close", () => gone.abort()); // the page may have given the request up
  const { signal } = gone;
  try {
    const headers = Object.fromEntries(Object.entries(from.headers).filter(([name]) => !unsent.test(name)));
    headers.origin ??= "https://localhost:3000"; // a page sends none to its own origin with a GET
    const url = target + path.slice(1);
    const body = await buffer(from);
    if (!(await isAllowed(url, from.method!, headers, { ca, signal }))) return void to.destroy();
    const reply = await send(url, from.method!, { ...headers, "content-length": body.length }, { ca, signal }, body);
    const text = renamed(await buffer(reply), reply.headers, names);
    to.writeHead(reply.statusCode!, { ...exposed(reply.headers), "content-length": text.length }).end(text);
  } catch {
    to.destroy(); // as the emulator did
  }
}

/** Whether the host's CORS lets a page of another origin send this. */
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

/** The upload URL in a reply points to where the page can reach it. */
function renamed(body: Buffer, headers: IncomingHttpHeaders, names: Forwarded["names"]): Buffer {
  if (!headers["content-type"]?.startsWith("application/json")) return body;
  return Buffer.from(Object.entries(names).reduce((text, [from, to]) => text.replaceAll(from, to), body.toString()));
}

function send(url: string, method: string, headers: OutgoingHttpHeaders, by: Connection, body?: Buffer) {
  return new Promise<IncomingMessage>((resolve, reject) => {
    // The path as it is written: an upload URL is opaque.
    const { hostname, port } = new URL(url);
    const path = url.slice(url.indexOf("/", "https://".length));
    request({ hostname, port, path, method, headers, ...by }, resolve)
      .on("error", reject)
      .end(body);
  });
}
