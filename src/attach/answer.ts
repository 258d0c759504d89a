import type { Context } from "@microsoft/microsoft-graph-client";
import { headerEntries } from "../http/headers.js";
import { errorBody, Refusal } from "../http/refusal.js";

/** The context as it is now: handlers further on add to its headers, which would be doubled in the upload's requests. */
export function pristine(context: Context): Context {
  const headers = Object.fromEntries(headerEntries(context.options?.headers));
  return { ...context, options: { ...context.options, headers } } as Context;
}

/** What the client gets in place of the service's own answer to one POST. */
export function created(body: object, location?: string): Response {
  const headers = { "Content-Type": "application/json", ...(location === undefined ? {} : { Location: location }) };
  return new Response(JSON.stringify(body), { status: 201, headers });
}

/** What the service refused, for the client to make its own error of; any other error is thrown again. */
export function refused(error: unknown): Response {
  if (!(error instanceof Refusal)) throw error;
  const { headers: given } = error.reply;
  const { status: told } = error.reply;
  const status = told >= 300 && told < 600 && told !== 304 ? told : 502; // a Response cannot have every one
  const headers = new Headers({ "Content-Type": "application/json" });
  for (const name of ["request-id", "client-request-id", "Retry-After", "Date"]) {
    const value = given.get(name);
    if (value) headers.set(name, value);
  }
  return new Response(JSON.stringify({ error: errorBody(error.reply) }), { status, headers });
}
