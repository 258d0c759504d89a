import { GraphError } from "@microsoft/microsoft-graph-client";
import { isObject, member, text } from "../json.js";
import type { Reply, Verdict } from "../protocol.js";

/** A refusal by the service, before it becomes the caller's `GraphError`. */
export class Refusal extends Error {
  constructor(
    readonly reply: Reply,
    readonly verdict: Verdict,
  ) {
    super(`The service answered ${reply.status}.`);
  }
}

/** No reply came: the connection failed, or `timeout` ran out. Contains no address, because upload URLs are secret. */
export class NoReply extends Error {
  readonly code?: string;
  override readonly name = "NoReply";

  /** `unsent`: nothing can have reached the service. */
  constructor(
    reason: unknown,
    readonly unsent = false,
  ) {
    super(withoutAddresses(String((isObject(reason) ? reason["message"] : undefined) ?? reason)));
    const code = member(member(reason, "cause"), "code") ?? member(reason, "code");
    if (typeof code === "string") this.code = code;
  }
}

/** What one attempt at a request came to. `unsent`: it did not reach the service. `unheard`: it may have been done. */
export type Answer =
  | { readonly reply: Reply; readonly verdict: Verdict }
  | { readonly reply?: undefined; readonly verdict: "unsent" | "unheard"; readonly cause: NoReply };

export function noAnswer(cause: NoReply): Answer {
  return { verdict: cause.unsent ? "unsent" : "unheard", cause };
}

/** The error behind an answer. */
export function causeOf(answer: Answer): Error {
  return answer.reply ? graphError(answer.reply) : answer.cause;
}

/** Removes URLs and tokens from an error that is not this package's. Some runtimes quote the header that cannot be sent. */
export function redacted(error: unknown): unknown {
  if (!isObject(error)) return error;
  const { message, stack } = error;
  const safe = typeof message === "string" ? withoutAddresses(message) : message;
  if (typeof message !== "string" || typeof safe !== "string" || safe === message) return error;
  const shown = typeof stack === "string" ? stack.replace(message, () => safe) : stack;
  return Object.defineProperties(error, {
    message: { value: safe, configurable: true, writable: true },
    stack: { value: shown, configurable: true, writable: true },
  });
}

/** Removes URLs and tokens: some runtimes name the URL of a failed request, or the header that could not be sent. */
function withoutAddresses(message: string): string {
  return message
    .replace(/https?:\/\/\S+/gi, "(address withheld)")
    .replace(/\b(Bearer|Basic)\s[^"]*/gi, "$1 (withheld)");
}

/** Removes URLs with tokens in their query: services quote their own URLs. */
function withoutTokens(message: string): string {
  return message.replace(/https?:\/\/[^\s"']*(?:'[^\s"']*)*/gi, (address) =>
    /[?&;]\w*(token|auth|sig)\w*=/i.test(address) ? "(address withheld)" : address,
  );
}

/** The error in a reply. Made up if the reply has none because it is HTML, empty or cut off. */
export function errorBody({ status, body }: Reply): {
  readonly code: string;
  readonly message: string;
  readonly innerError?: unknown;
} {
  const error = isObject(body) ? body["error"] : undefined;
  if (!isObject(error)) {
    return { code: "UnknownError", message: `The service answered ${status} without an error in JSON.` };
  }
  const { code, message } = error;
  return { ...error, code: text(code) ?? "UnknownError", message: withoutTokens(text(message) ?? "") };
}

/** Tells whether an upload host refuses a token, which nobody but the application's own code can have sent there. */
export function refusesToken({ status, body }: Reply): boolean {
  const error = member(body, "error");
  return status === 401 && isObject(error) && !/expired/i.test(JSON.stringify(error));
}

/** Adds to such a refusal what helps. `past`: the request went past the chain. */
export function withTokenAdvice(reply: Reply, past: boolean): Reply {
  if (!refusesToken(reply)) return reply;
  const error = errorBody(reply);
  const advice = past
    ? "Upload hosts take no token: the function in the option fetch must add none."
    : "Upload hosts take no token. If a middleware adds one, set the option { fetch }, which sends past the middleware.";
  return { ...reply, body: { error: { ...error, message: `${error.message} ${advice}`.trim() } } };
}

/** The error that the Graph client itself makes of such a reply. */
export function graphError(reply: Reply): GraphError {
  const body = errorBody(reply);
  const inner = isObject(body.innerError) ? body.innerError : {};
  const error = new GraphError(reply.status, body.message);
  error.code = body.code;
  error.requestId = text(inner["request-id"]) ?? text(inner["requestId"]) ?? reply.headers.get("request-id");
  const date = text(inner["date"]);
  if (date !== undefined) error.date = new Date(date);
  error.body = JSON.stringify(body);
  error.headers = withoutLocation(reply.headers);
  return error;
}

/** A redirect of an upload host may name an address that carries its own token. */
function withoutLocation(headers: Headers): Headers {
  if (headers.get("Location") === null) return headers;
  const copy = new Headers(headers);
  copy.delete("Location");
  return copy;
}

/** Gives the caller the service's refusal as the client's own error. */
export async function asGraphError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof Refusal ? graphError(error.reply) : error;
  }
}
