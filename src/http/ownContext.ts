import {
  AuthenticationHandler,
  AuthenticationHandlerOptions,
  HTTPMessageHandler,
  RedirectHandler,
  RedirectHandlerOptions,
  RetryHandler,
  RetryHandlerOptions,
  TelemetryHandler,
} from "@microsoft/microsoft-graph-client";
import type { Context, Middleware, MiddlewareOptions } from "@microsoft/microsoft-graph-client";
import { UploadError } from "../errors.js";
import { originOf } from "../urls.js";
import { optionsIn } from "./chain.js";
import { NEXT } from "./graphClient.js";

/** Marks the requests of an upload, so that no handler, also of another copy of this package, takes over what one has sent. */
const OWN = Symbol.for("graph-large-attachments.own");

export function isOwn({ middlewareControl }: Context): boolean {
  return middlewareControl !== undefined && OWN in middlewareControl;
}

/**
 * A context of its own for a request of an upload. The chain's own retry is off, because it repeats what it does not
 * understand and cannot be aborted; so are its redirects, which could take a file or a token elsewhere. `trusted`: the request
 * goes to the API's own origin; no other gets a token.
 */
export function contextFor(
  { middlewareControl, customHosts }: Context,
  { url, options, trusted, next }: OwnRequest,
): Context {
  const control = middlewareControl && controlFor(middlewareControl, trusted, optionsIn(next));
  if (!trusted && options.headers) Object.setPrototypeOf(options.headers, NO_TOKEN);
  const own = { options, middlewareControl: control, customHosts: trusted ? customHosts : undefined, request: url };
  return staying(own, url);
}

/** A request of an upload. `trusted`: it goes to the API's own origin. `next`: the chain that it goes through. */
export interface OwnRequest {
  readonly url: string;
  readonly options: RequestInit;
  readonly trusted: boolean;
  readonly next: Middleware;
}

/** Whatever the chain does, no request of an upload leaves for another origin. */
function staying(context: Context, url: string): Context {
  let request: Context["request"] = url;
  return Object.defineProperty(context, "request", {
    enumerable: true,
    configurable: true,
    get: () => request,
    set(value: Context["request"]) {
      if (originOf(typeof value === "string" ? value : value.url) !== originOf(url))
        throw new UploadError("invalid", ELSEWHERE);
      request = value;
    },
  });
}

const ELSEWHERE =
  "The Graph client's chain wanted to follow a redirect of an upload to another origin, so nothing was sent there. Remove its RedirectHandler.";

/**
 * Drops the token that handlers of another copy of the Graph client set: `fetch` reads own members only. It passes for the
 * prototype of a plain object, because axios takes no other headers.
 */
const NO_TOKEN: object = Object.create(null, {
  ...Object.getOwnPropertyDescriptors(Object.prototype),
  Authorization: { get: () => undefined, set: () => {} },
});

type MiddlewareControl = NonNullable<Context["middlewareControl"]>;

/** The caller's middleware options, but for those that an upload decides. */
function controlFor(callers: MiddlewareControl, trusted: boolean, chains: readonly object[]): MiddlewareControl {
  const own = new Map<unknown, MiddlewareOptions>([
    ...chains.flatMap(withoutRepeating),
    [RetryHandlerOptions, new RetryHandlerOptions(0, 0)],
    [RedirectHandlerOptions, new RedirectHandlerOptions(0, () => false)],
  ]);
  // the client signs requests to every Graph host that it knows
  const noToken = new AuthenticationHandlerOptions({ getAccessToken: async () => "" });
  if (!trusted) own.set(AuthenticationHandlerOptions, noToken);
  const decided = (kind: Kind) =>
    own.get(kind) ??
    ("MAX_MAX_RETRIES" in kind || "MAX_MAX_REDIRECTS" in kind ? Object.create(kind.prototype, OFF) : undefined) ??
    (!trusted && kind.name === "AuthenticationHandlerOptions" ? noToken : undefined);
  return Object.create(callers, {
    [OWN]: { value: true },
    getMiddlewareOptions: { value: (kind: Kind) => decided(kind) ?? callers.getMiddlewareOptions(kind) },
    setMiddlewareOptions: { value: (kind: Kind, option: MiddlewareOptions) => void own.set(kind, option) },
  });
}

/**
 * True if a chain passes each body on once, as it came, to the global `fetch`: all its handlers are the Graph client's
 * own. A handler of the application may repeat a request, or send it by other means.
 */
export function endsInFetch(first: Middleware): boolean {
  const passing = [AuthenticationHandler, RetryHandler, RedirectHandler, TelemetryHandler];
  for (let one: unknown = first; one instanceof Object;) {
    const execute: unknown = Reflect.get(one, "execute");
    if (execute === HTTPMessageHandler.prototype.execute) return true;
    const known = passing.some(({ prototype }) => prototype.execute === execute);
    one = NEXT in one ? one[NEXT] : known ? Reflect.get(one, "nextMiddleware") : undefined;
  }
  return false;
}

/** For the options of retries and redirects of any copy of the Graph client, which a chain may hide. */
const OFF = { maxRetries: { value: 0 }, maxRedirects: { value: 0 } };

type Kind = Parameters<MiddlewareControl["getMiddlewareOptions"]>[0];

/** The options of a handler that retries or redirects, under their own class and switched off. */
function withoutRepeating(options: object): [unknown, MiddlewareOptions][] {
  const repeats = Object.keys(OFF).some((name) => name in options);
  return repeats ? [[options.constructor, Object.create(options, OFF)]] : [];
}
