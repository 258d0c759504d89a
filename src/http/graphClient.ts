// The only file that knows the Graph client's private members.
import { GraphRequest } from "@microsoft/microsoft-graph-client";
import type { Client, Context, GraphRequestCallback, Middleware } from "@microsoft/microsoft-graph-client";
import { UploadError } from "../errors.js";

interface HttpClient {
  middleware: Middleware;
}

/** Private members of the Graph client and of its requests. */
interface Privates {
  readonly httpClient: HttpClient;
  readonly _headers?: object;
  readonly _middlewareOptions?: readonly object[];
}

/** An object that holds a Graph client as `client`, such as SharePoint's `MSGraphClientV3`. */
export interface ClientWrapper {
  api(path: string): object;
}

const privatesOf = (owner: Client | GraphRequest) => owner as unknown as Privates;
const hasChain = (owner: unknown): owner is Client =>
  Boolean((owner as Partial<Privates> | undefined)?.httpClient?.middleware);

/** Finds the object with the chain: the client or request itself, or the client in a wrapper, as `client` or another member. */
export function clientIn(given: Client | ClientWrapper | GraphRequest): Client {
  const inside = (given as { readonly client?: unknown } | undefined)?.client;
  const members: readonly unknown[] = Object.values(given ?? {});
  const found = [given, inside, ...members].find(hasChain);
  if (found) return found;
  const missing = Object.keys(NOT_YET).find((member) => typeof Reflect.get(Object(given), member) === "function");
  throw new UploadError("invalid", `This is not a Graph client: ${NOT_YET[missing ?? ""] ?? GIVE}.`);
}

const GIVE = "give a Client of @microsoft/microsoft-graph-client, or a wrapper that holds one as client";
/** Objects that give a client only later, by the method that reveals them. */
const NOT_YET: Readonly<Record<string, string>> = {
  then: "it is a promise of one, so await it first",
  getClient: "give what its getClient(…) resolves to",
};

/** The first middleware of the chain of a client or of a request. */
export function firstOf(owner: Client | ClientWrapper | GraphRequest): Middleware {
  return privatesOf(clientIn(owner)).httpClient.middleware;
}

/** Puts a middleware first in a client's chain. */
export function putFirst(client: Client | ClientWrapper, handler: Middleware): void {
  const { httpClient } = privatesOf(clientIn(client));
  handler.setNext?.(httpClient.middleware);
  httpClient.middleware = handler;
}

/** Adds methods to the requests of a client. Other clients of the same copy of the Graph client get them as well. */
export function addMethods<C extends Client | ClientWrapper>(
  client: Client | ClientWrapper,
  methods: Readonly<Record<string, unknown>>,
): C {
  define(Object.getPrototypeOf(clientIn(client).api("/")), methods);
  return client as C;
}

function define(requests: object, methods: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(requests, name, { value, configurable: true, writable: true });
  }
}

const forgotten = (name: string) =>
  new UploadError("invalid", `${name} needs withLargeAttachments(client) once, before its first use.`);

// Explains to people who forget withLargeAttachments why there is no attach. Without these: "attach is not a function".
if (!("attach" in GraphRequest.prototype)) {
  define(GraphRequest.prototype, {
    attach: async () => {
      throw forgotten("attach");
    },
    withAttachments: () => {
      throw forgotten("withAttachments");
    },
  });
}

/** Adds a middleware option to the next `post` of a request, next to those that `middlewareOptions(…)` sets. */
export function addOptionToPost(request: GraphRequest, option: object): void {
  const { post } = Object.getPrototypeOf(request) as GraphRequest;
  request.post = (content: unknown, callback?: GraphRequestCallback) => {
    const given = privatesOf(request)._middlewareOptions ?? [];
    request.middlewareOptions([...given, option] as Parameters<GraphRequest["middlewareOptions"]>[0]);
    return post.call(request, content, callback);
  };
}

/** A copy of a request that is sent through another client. */
export function sentThrough(request: GraphRequest, client: object): GraphRequest {
  const { _headers } = privatesOf(request);
  return Object.create(request, { httpClient: { value: client }, _headers: { value: { ..._headers } } });
}

/** The member in which a handler that passes an upload's own requests on as they are names the next one. */
export const NEXT: unique symbol = Symbol("next");

/** The signal that a request carries itself. */
export function signalOf({ options }: Context): AbortSignal | undefined {
  return options?.signal ?? undefined;
}
