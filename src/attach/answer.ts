import type { Context } from "@microsoft/microsoft-graph-client";
import { headerEntries } from "../http/headers.js";
import { errorBody, Refusal } from "../http/refusal.js";

/** A copy of the context as it is now: later handlers add to its headers, which would then be doubled in the upload's requests. */
export function pristine(context: Context): Context {
  const headers = Object.fromEntries(headerEntries(context.options?.headers));
  return { ...context, options: { ...context.options, headers } };
}

/** The response that the client gets instead of the service's own to one POST. */
export function created(body: unknown, location?: string): Response {
  const headers = new Headers({ "Content-Type": "application/json" });
  if (location !== undefined) headers.set("Location", location);
  return new Response(JSON.stringify(body), { status: 201, headers });
}

/** The response for a refusal, from which the client makes its own error. Throws any other error again. */
export function refused(error: unknown): Response {
  if (!(error instanceof Refusal)) throw error;
  const { status: given, headers: from } = error.reply;
  const status = given >= 300 && given < 600 && given !== 304 ? given : 502; // a Response cannot have every status
  const headers = new Headers({ "Content-Type": "application/json" });
  for (const name of ["request-id", "client-request-id", "Retry-After", "Date"]) {
    const value = from.get(name);
    if (value) headers.set(name, value);
  }
  return new Response(JSON.stringify({ error: errorBody(error.reply) }), { status, headers });
}
