// The only file that knows the Graph client's private members.
import { GraphRequest } from "@microsoft/microsoft-graph-client";
import type { Client, Context, GraphRequestCallback, Middleware } from "@microsoft/microsoft-graph-client";
import { UploadError } from "../errors.js";

/** A call of the Graph client, and the rest of the chain that it goes through. */
export interface Call {
  readonly context: Context;
  readonly next: Middleware;
}

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

/** Members that handlers of the Graph client have. */
interface Handler {
  readonly execute: unknown;
  readonly options?: unknown;
  readonly authenticationProvider?: unknown;
}

const isHandler = (value: unknown): value is Handler =>
  typeof value === "object" && value !== null && "execute" in value && typeof value.execute === "function";

/** The handlers of a chain, whatever the member is called in which each one keeps the next. */
function handlersOf(first: Middleware): Handler[] {
  const found = new Set<Handler>([first]);
  for (const handler of found) for (const member of Object.values(handler)) if (isHandler(member)) found.add(member);
  return [...found];
}

/** The options of the handlers of a chain. Their classes are those of the chain's own copy of the Graph client. */
export function optionsIn(first: Middleware): object[] {
  return handlersOf(first).flatMap(({ options }) => (typeof options === "object" && options !== null ? [options] : []));
}

/**
 * True if a chain sends its token to every host, as that of a Graph client 2 does. Later ones ask for `customHosts`. Where
 * functions show no source, as in Hermes, their requests tell: they name `customHosts`, if only as undefined.
 */
export function signsEverything({ context, next }: Call): boolean {
  return handlersOf(next).some(({ authenticationProvider, execute }) => {
    const source = String(execute);
    const isNew = /customHosts/.test(source) || (!/getAccessToken/.test(source) && "customHosts" in context);
    return Boolean(authenticationProvider) && !isNew;
  });
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

/** The context that `request.post()` would send, and the chain that it would go through. Sends nothing. */
export async function callOf(request: GraphRequest): Promise<Call> {
  const { httpClient, _headers } = privatesOf(request);
  let context: Context | undefined;
  const sendRequest = async (sent: Context) =>
    Object.assign((context = sent), { response: new Response(null, { status: 204 }) });
  const probe: GraphRequest = Object.create(request, {
    httpClient: { value: { sendRequest } },
    _headers: { value: { ..._headers } },
  });
  await probe.post({});
  if (!context) throw new Error("The Graph client did not send the request.");
  return { context, next: httpClient.middleware };
}

/** The member in which a handler that passes an upload's own requests on as they are names the next one. */
export const NEXT: unique symbol = Symbol("next");

/** The URL of a request. */
export function urlOf({ request }: Context): string {
  return typeof request === "string" ? request : request.url;
}

/** The signal that a request carries itself. */
export function signalOf({ options }: Context): AbortSignal | undefined {
  return options?.signal ?? undefined;
}
