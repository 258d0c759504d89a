import { UploadError } from "../errors.js";
import type { Reply, WireRequest } from "../protocol.js";
import { readReply } from "../reply.js";
import { onAbort, throwIfAborted } from "../signals.js";
import { originOf, parseUrl } from "../urls.js";
import { signsEverything, urlOf, type Call } from "./chain.js";
import { callersHeaders, headersFor } from "./headers.js";
import { networkFailure } from "./network.js";
import { contextFor, endsInFetch } from "./ownContext.js";
import { redacted } from "./redact.js";
import { NoReply } from "./refusal.js";
import { bodyInit, connectionIsFree } from "./requestBody.js";

/** Sends one request and reads its reply. Rejects with `NoReply`, with the signal's reason, or with an error that is not about the network. */
export type Send = (
  request: WireRequest,
  limits: { readonly timeout: number; readonly signal?: AbortSignal; readonly fetch?: typeof fetch },
) => Promise<Reply>;

/** Fetch options that belong to the caller's own request, or only to the API's origin. */
const NOT_FOR_UPLOADS = new Set(["credentials", "keepalive", "integrity", "referrer", "redirect"]);
/** As the Graph client follows at most. */
const MOST_REDIRECTS = 5;
const NEVER = new Set(["method", "body", "headers", "signal"]);

/**
 * Sends requests through the rest of a Graph client's chain, each in a context of its own. Requests to the API carry the
 * caller's headers and what `query` keeps of the caller's query, and follow a redirect within its origin. Requests to upload
 * URLs carry no such headers, carry no token, and follow no redirect.
 */
export function transport(call: Call, query: (url: string) => string = () => ""): Send {
  const { context, next } = call;
  const { options } = context;
  const callers = callersHeaders(options?.headers);
  const api = originOf(urlOf(context));
  const carried = query(urlOf(context));
  const inherited = (refused: ReadonlySet<string>): RequestInit =>
    Object.fromEntries(Object.entries(options ?? {}).filter(([name]) => !NEVER.has(name) && !refused.has(name)));
  const [forApi, forUploads] = [inherited(new Set()), inherited(NOT_FOR_UPLOADS)];
  const goesPast = signsEverything(call);
  return async (request, { timeout, signal, fetch }) => {
    const trusted = request.to === "api" && originOf(request.url) === api;
    const own = request.to === "upload" ? fetch : undefined;
    const send = own ?? (goesPast && !trusted ? globalThis.fetch : undefined);
    const offline = globalThis.navigator?.onLine === false;
    const through = async (url: string, options: RequestInit): Promise<Response> => {
      const sent = contextFor(context, { url, options, trusted, next });
      await next.execute(sent);
      if (!sent.response) throw new Error("The middleware chain of the Graph client gave no response.");
      return sent.response;
    };
    const once = async (url: string, stop: AbortSignal): Promise<Response> => {
      const { headers, ...body } = bodyInit(
        request.body,
        send ?? globalThis.fetch,
        (send !== undefined || endsInFetch(next)) && !(trusted && options?.keepalive), // which takes no stream
        request.sent,
      );
      const init: RequestInit & { readonly [SENT]?: () => void } = {
        ...(trusted ? forApi : forUploads),
        [SENT]: request.sent,
        redirect: "manual",
        method: request.method,
        ...body,
        ...(own && !(SENT in own) && ArrayBuffer.isView(body.body) ? { body: alone(body.body) } : {}),
        headers: { ...(trusted ? headersFor(callers, request) : {}), ...request.headers, ...headers },
        signal: stop,
      };
      const response = await (send ?? through)(url, init);
      mustHaveStayed(response, url);
      return response;
    };
    return withinTime({ timeout, signal, offline }, async (stop) => {
      const first = trusted ? withParameters(request.url, carried) : request.url;
      let response = await once(first, stop);
      for (let [hops, url] = [0, first]; trusted && hops < MOST_REDIRECTS; hops++) {
        const target = redirectWithin(response, url);
        if (target === undefined) break;
        url = target;
        await response.body?.cancel();
        response = await once(url, stop);
      }
      const reply = { ...(await readReply(response)), from: request.to };
      if (request.method === "PUT") await connectionIsFree(send ?? globalThis.fetch);
      return reply;
    });
  };
}

/** Stops an upload that a `fetch` without manual redirects, such as that of React Native, has taken to another origin. */
function mustHaveStayed({ redirected, url }: Response, sent: string): void {
  if (redirected !== false && url && originOf(url) !== originOf(sent)) throw new UploadError("invalid", FOLLOWED);
}

const FOLLOWED =
  'The upload was stopped, because fetch followed a redirect to another origin. Set the option { fetch } to one that heeds redirect: "manual".';

/**
 * A `fetch` that has this member, such as `rangeFetch`, sends the bytes that a view shows, so that they need no copy, and calls
 * the same member of its second argument when they have left.
 */
const SENT: unique symbol = Symbol.for("graph-large-attachments.sent");

/** Bytes with no others behind them: axios, for one, sends the whole buffer of a view. */
function alone({ buffer, byteOffset, byteLength }: ArrayBufferView<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  return byteLength === buffer.byteLength ? bytes : bytes.slice();
}

/** Adds the parameters that the URL does not have. */
function withParameters(url: string, query: string): string {
  if (query === "") return url;
  const has = new Set(new URL(url).searchParams.keys());
  const more = query
    .slice(1)
    .split("&")
    .filter(
      (one) =>
        one !== "" && ![...new URLSearchParams(one).keys()].some((name) => has.has(name) || name.startsWith("@")),
    );
  return more.length === 0 ? url : `${url}${url.includes("?") ? "&" : "?"}${more.join("&")}`;
}

/** Where a reply sends the same request, if that is the same origin. */
function redirectWithin({ status, headers }: Response, url: string): string | undefined {
  const location = headers.get("Location");
  const target = status === 307 || status === 308 ? parseUrl(location ?? "", url)?.href : undefined;
  return location && target !== undefined && originOf(target) === originOf(url) ? target : undefined;
}

interface Limits {
  readonly timeout: number;
  readonly signal?: AbortSignal;
  readonly offline: boolean;
}

/** Runs `work` until it settles, time runs out, or `signal` aborts, even if the work does not listen. */
async function withinTime<T>(
  { timeout, signal, offline }: Limits,
  work: (stop: AbortSignal) => Promise<T>,
): Promise<T> {
  throwIfAborted(signal);
  const controller = new AbortController();
  let leave = () => {};
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stopped = new Promise<never>((_, reject) => {
    const stop = (reason: unknown) => {
      reject(reason);
      controller.abort(reason);
    };
    leave = onAbort(signal, stop);
    timer = setTimeout(
      () => stop(new NoReply(`No reply came within ${timeout} ms.`, false, false, undefined, true)),
      timeout,
    );
  });
  try {
    return await Promise.race([work(controller.signal), stopped]);
  } catch (error) {
    throwIfAborted(signal);
    throw networkFailure(error, offline) ?? redacted(error);
  } finally {
    clearTimeout(timer);
    leave();
  }
}
