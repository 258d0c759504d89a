import {
  AuthenticationHandlerOptions,
  RedirectHandlerOptions,
  RetryHandlerOptions,
} from "@microsoft/microsoft-graph-client";
import type { Context, GraphRequest, Middleware } from "@microsoft/microsoft-graph-client";
import { NoReply } from "./refusal.js";
import { callersHeaders, headersFor } from "./headers.js";
import type { Reply, WireRequest } from "../protocol.js";
import { bodyInit } from "./requestBody.js";

/** Sends one request and reads its reply. Rejects with `NoReply`, or with the signal's reason. */
export type Send = (
  request: WireRequest,
  limits: { readonly timeout: number; readonly signal?: AbortSignal; readonly fetch?: typeof fetch },
) => Promise<Reply>;

/** A call of the Graph client, and the rest of the chain that it was going through. */
export interface Call {
  readonly context: Context;
  readonly next: Middleware;
}

/** Marks the requests of an upload, so that no handler takes over what another one of its kind has sent. */
class OwnRequest {}

export function isOwn(context: Context): boolean {
  return context.middlewareControl?.getMiddlewareOptions(OwnRequest) !== undefined;
}

/** The context that `request.post()` would send, and the chain that it would go through; nothing is sent. */
export async function callOf(request: GraphRequest): Promise<Call> {
  const client = request["httpClient"] as { readonly middleware: Middleware };
  let context: Context | undefined;
  const sendRequest = async (sent: Context) =>
    Object.assign((context = sent), { response: new Response(null, { status: 204 }) });
  const probe = Object.create(request, {
    httpClient: { value: { sendRequest } },
    _headers: { value: { ...(request["_headers"] as object) } },
  }) as GraphRequest;
  await probe.post({});
  return { context: context!, next: client.middleware };
}

/** Fetch options that belong to the caller's own request or only to the API's origin. */
const NOT_FOR_UPLOADS = ["credentials", "keepalive", "integrity", "referrer", "redirect"];

/**
 * Sends requests through the rest of a Graph client's chain, each in a context of its own. Requests to the API carry the
 * caller's headers; those to upload URLs carry none of them, and are not known as a custom host, so that no handler adds a
 * token. None follows a redirect, which could take file or token elsewhere. The chain's own retry is off: it repeats what it does not understand, and cannot be aborted.
 */
export function transport({ context, next }: Call): Send {
  const {
    method: _,
    body: __,
    headers,
    signal: ___,
    ...fetchOptions
  } = (context.options ?? {}) as Record<string, unknown>;
  const callers = callersHeaders(headers);
  const api = originOf(context.request as string);
  return async (request, { timeout, signal, fetch }) => {
    const trusted = request.to === "api" && originOf(request.url) === api;
    const send = request.to === "upload" && request.method === "PUT" ? fetch : undefined;
    const body = bodyInit(request.body, send ?? globalThis.fetch);
    const own = {
      request: request.url,
      options: {
        ...(trusted ? fetchOptions : without(fetchOptions, NOT_FOR_UPLOADS)),
        redirect: "manual",
        method: request.method,
        ...body,
        headers: { ...(trusted ? headersFor(callers, request) : {}), ...request.headers, ...body.headers },
      },
      middlewareControl: controlOf(context, trusted),
      customHosts: trusted ? context.customHosts : undefined,
    } as unknown as Context;
    return withinTime(timeout, signal, async (stop) => {
      own.options!.signal = stop;
      if (send) own.response = await send(request.url, own.options as RequestInit);
      else await next.execute(own);
      return read(own.response as Response);
    });
  };
}

function controlOf({ middlewareControl }: Context, trusted: boolean): Context["middlewareControl"] {
  if (!middlewareControl) return undefined;
  const given = (middlewareControl as unknown as { middlewareOptions: Map<unknown, object> }).middlewareOptions;
  const ours = [
    new OwnRequest(),
    new RetryHandlerOptions(0, 0),
    new RedirectHandlerOptions(0, () => false),
    // the client signs requests to every Graph host that it knows: here to none but the API's own
    ...(trusted ? [] : [new AuthenticationHandlerOptions({ getAccessToken: async () => "" })]),
  ];
  const Control = middlewareControl.constructor as new (options: object[]) => NonNullable<Context["middlewareControl"]>;
  return new Control([...given.values(), ...ours]);
}

function without(options: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !names.includes(name)));
}

function originOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).origin : undefined;
}

/** Runs `work` until it settles, time runs out, or `signal` aborts, even where the work does not listen. */
async function withinTime<T>(
  timeout: number,
  signal: AbortSignal | undefined,
  work: (stop: AbortSignal) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  let abort = () => {};
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stopped = new Promise<never>((_, reject) => {
    const stop = (reason: unknown) => {
      reject(reason);
      controller.abort(reason);
    };
    abort = () => stop(signal!.reason);
    signal?.addEventListener("abort", abort, { once: true });
    timer = setTimeout(() => stop(new NoReply(new Error(`No reply came within ${timeout} ms.`))), timeout);
  });
  try {
    return await Promise.race([work(controller.signal), stopped]);
  } catch (error) {
    signal?.throwIfAborted();
    throw !(error instanceof NoReply) && isNetworkFailure(error) ? new NoReply(error) : error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

const NETWORK_CODE =
  /^(E(?!RR_)[A-Z_]+|UND_ERR_\w+|ERR_(HTTP2|NETWORK|SOCKET|SSL|STREAM|TLS)\w*|Connection\w+|FailedToOpenSocket)$/;

/** Cloudflare Workers reject with a plain `Error` (cloudflare/workerd, issue 7195), so that only the words tell. */
const NETWORK_WORDS = /^(Network connection lost|internal error; reference = )/;

/** What `fetch` rejects with, in any runtime; anything else (a sign-in that failed, say) is the caller's to know. */
function isNetworkFailure(error: unknown): boolean {
  const { name, code, message } = (error ?? {}) as { name?: unknown; code?: unknown; message?: unknown };
  return (
    ["TypeError", "FetchError", "NetworkError"].includes(String(name)) ||
    NETWORK_CODE.test(String(code)) ||
    NETWORK_WORDS.test(String(message))
  );
}

/** A body that was cut is no body: the status and the headers of such a reply still count. */
async function read(response: Response): Promise<Reply> {
  const body = await response.text().then(parsed, () => undefined);
  return { status: response.status, headers: response.headers, body };
}

function parsed(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
