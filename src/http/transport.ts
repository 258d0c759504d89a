import { UploadError } from "../errors.js";
import type { Reply, WireRequest } from "../protocol.js";
import { readReply } from "../reply.js";
import { onAbort, throwIfAborted } from "../signals.js";
import { originOf, parseUrl } from "../urls.js";
import { signsEverything, urlOf, type Call } from "./graphClient.js";
import { callersHeaders, headersFor } from "./headers.js";
import { networkFailure } from "./network.js";
import { contextFor, endsInFetch } from "./ownContext.js";
import { redacted } from "./redact.js";
import { NoReply } from "./refusal.js";
import { bodyInit } from "./requestBody.js";

/** Sends one request and reads its reply. Rejects with `NoReply`, with the signal's reason, or with what is no network failure. */
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
  const inherited = (trusted: boolean): RequestInit =>
    Object.fromEntries(
      Object.entries(options ?? {}).filter(([name]) => !NEVER.has(name) && (trusted || !NOT_FOR_UPLOADS.has(name))),
    );
  return async (request, { timeout, signal, fetch }) => {
    const trusted = request.to === "api" && originOf(request.url) === api;
    const past = !trusted && signsEverything(call) ? globalThis.fetch : undefined;
    const send = (request.to === "upload" ? fetch : undefined) ?? past;
    const offline = globalThis.navigator?.onLine === false;
    const once = async (url: string, stop: AbortSignal): Promise<Response> => {
      const { headers, ...body } = bodyInit(
        request.body,
        send ?? globalThis.fetch,
        send !== undefined || endsInFetch(next),
      );
      const init: RequestInit = {
        ...inherited(trusted),
        redirect: "manual",
        method: request.method,
        ...body,
        headers: { ...(trusted ? headersFor(callers, request) : {}), ...request.headers, ...headers },
        signal: stop,
      };
      const own = contextFor(context, { url, options: init, trusted, next });
      if (send) own.response = await send(url, init);
      else await next.execute(own);
      if (!own.response) throw new Error("The middleware chain of the Graph client gave no response.");
      mustHaveStayed(own.response, url);
      return own.response;
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
      return { ...(await readReply(response)), from: request.to };
    });
  };
}

/** Stops an upload that a `fetch` without manual redirects, such as that of React Native, has taken to another origin. */
function mustHaveStayed({ redirected, url }: Response, sent: string): void {
  if (redirected !== false && url && originOf(url) !== originOf(sent)) throw new UploadError("invalid", FOLLOWED);
}

const FOLLOWED =
  'The upload was stopped, because fetch followed a redirect to another origin. Set the option { fetch } to one that heeds redirect: "manual".';

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
