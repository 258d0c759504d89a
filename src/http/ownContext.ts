import {
  AuthenticationHandlerOptions,
  RedirectHandlerOptions,
  RetryHandlerOptions,
} from "@microsoft/microsoft-graph-client";
import type { Context, MiddlewareOptions } from "@microsoft/microsoft-graph-client";

/** Marks the requests of an upload, so that no handler takes over what another one has sent. */
class OwnRequest {}

export function isOwn(context: Context): boolean {
  return context.middlewareControl?.getMiddlewareOptions(OwnRequest) !== undefined;
}

/**
 * A context of its own for a request of an upload. The chain's own retry is off, because it repeats what it does not
 * understand and cannot be aborted; so are its redirects, which could take a file or a token elsewhere. `trusted`: the request
 * goes to the API's own origin; no other gets a token.
 */
export function contextFor(context: Context, url: string, options: RequestInit, trusted: boolean): Context {
  const { middlewareControl, customHosts } = context;
  return {
    request: url,
    options,
    middlewareControl: middlewareControl && controlFor(middlewareControl, trusted),
    customHosts: trusted ? customHosts : undefined,
  };
}

type MiddlewareControl = NonNullable<Context["middlewareControl"]>;

/** The caller's middleware options, but for those that an upload decides. */
function controlFor(callers: MiddlewareControl, trusted: boolean): MiddlewareControl {
  const own = new Map<unknown, MiddlewareOptions>([
    [OwnRequest, new OwnRequest()],
    [RetryHandlerOptions, new RetryHandlerOptions(0, 0)],
    [RedirectHandlerOptions, new RedirectHandlerOptions(0, () => false)],
  ]);
  // the client signs requests to every Graph host that it knows
  const noToken = new AuthenticationHandlerOptions({ getAccessToken: async () => "" });
  if (!trusted) own.set(AuthenticationHandlerOptions, noToken);
  return Object.create(callers, {
    getMiddlewareOptions: { value: (kind: typeof OwnRequest) => own.get(kind) ?? callers.getMiddlewareOptions(kind) },
    setMiddlewareOptions: { value: (kind: typeof OwnRequest, option: MiddlewareOptions) => void own.set(kind, option) },
  });
}
