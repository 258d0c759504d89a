import type { Context, GraphRequest, Middleware } from "@microsoft/microsoft-graph-client";
import { firstOf, sentThrough } from "./graphClient.js";

/** A call of the Graph client, and the rest of the chain that it goes through. */
export interface Call {
  readonly context: Context;
  readonly next: Middleware;
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

/** The URL of a request. */
export function urlOf({ request }: Context): string {
  return typeof request === "string" ? request : request.url;
}

/** The context that `request.post()` would send, and the chain that it would go through. Sends nothing. */
export async function callOf(request: GraphRequest): Promise<Call> {
  let context: Context | undefined;
  const sendRequest = async (sent: Context) =>
    Object.assign((context = sent), { response: new Response(null, { status: 204 }) });
  await sentThrough(request, { sendRequest }).post({});
  if (!context) throw new Error("The Graph client did not send the request.");
  return { context, next: firstOf(request) };
}
