import { GraphError } from "@microsoft/microsoft-graph-client";
import type { Reply } from "../protocol.js";

/** The service's refusal, on its way to becoming the caller's `GraphError`. */
export class Refusal extends Error {
  constructor(readonly reply: Reply) {
    super(`The service answered ${reply.status}.`);
  }
}

/** No reply came: the connection failed, or `timeout` ran out. Holds no address, for upload URLs are secrets. */
export class NoReply extends Error {
  readonly code?: string;
  override readonly name = "NoReply";

  constructor(reason: unknown) {
    const { message, code, cause } = (reason ?? {}) as { message?: unknown; code?: unknown; cause?: unknown };
    super(withoutAddresses(String(message ?? reason)));
    const inner = (cause as { code?: unknown } | undefined)?.code ?? code;
    if (typeof inner === "string") this.code = inner;
  }
}

/** Some runtimes name the URL in a failed request's message, or the header that could not be sent. */
function withoutAddresses(message: string): string {
  return message
    .replace(/https?:\/\/\S+/gi, "(address withheld)")
    .replace(/\b(Bearer|Basic)\s[^"]*/gi, "$1 (withheld)");
}

/** Services quote their own URLs; an upload URL has its token in its query. */
function withoutTokens(message: string): string {
  return message.replace(/https?:\/\/[^\s"']*(?:'[^\s"']*)*/gi, (address) =>
    /[?&;]\w*(token|auth|sig)\w*=/i.test(address) ? "(address withheld)" : address,
  );
}

/** The members of a Graph error body, made up where the reply has none (HTML, empty, cut). */
export function errorBody({ status, body }: Reply): {
  code: string;
  message: string;
  innerError?: Record<string, unknown>;
} {
  const error = (body as { error?: Record<string, unknown> } | undefined)?.error;
  const text = (value: unknown) => (typeof value === "string" ? value : undefined);
  const made = `The service answered ${status} without an error in JSON.`;
  if (typeof error !== "object" || error === null) return { code: "UnknownError", message: made };
  const message = withoutTokens(text(error["message"]) ?? "");
  return { ...error, code: text(error["code"]) ?? "UnknownError", message };
}

/** The error that the Graph client itself makes of such a reply. */
export function graphError(reply: Reply): GraphError {
  const body = errorBody(reply);
  const innerError = (typeof body.innerError === "object" ? body.innerError : undefined) ?? {};
  const error = new GraphError(reply.status, body.message);
  const id = innerError["request-id"] ?? innerError["requestId"];
  error.code = body.code;
  error.requestId = typeof id === "string" ? id : reply.headers.get("request-id");
  if (typeof innerError["date"] === "string") error.date = new Date(innerError["date"]);
  error.body = JSON.stringify(body);
  error.headers = headersOf(reply);
  return error;
}

/** A redirect of an upload host may name an address that carries its own token. */
function headersOf({ headers }: Reply): Headers {
  if (headers.get("Location") === null) return headers as Headers;
  const copy = new Headers(headers as Headers);
  copy.delete("Location");
  return copy;
}

/** Lets a service's refusal reach the caller as the client's own error. */
export async function asGraphError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof Refusal ? graphError(error.reply) : error;
  }
}
