import { GraphError } from "@microsoft/microsoft-graph-client";
import { UploadError } from "../errors.js";
import { isObject } from "../isObject.js";
import { member, text } from "../json.js";
import type { Reply, Verdict } from "../protocol.js";
import { andThen, wordsOf } from "../words.js";
import { headersWithoutTokens, membersWithoutTokens, withoutAddresses, withoutTokens } from "./redact.js";

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

  /** `unsent`: nothing can have reached the service. `untrusted`: because of its certificate, so no retry helps. */
  constructor(
    reason: unknown,
    readonly unsent = false,
    readonly untrusted = false,
    words = String((isObject(reason) ? reason["message"] : undefined) ?? reason),
    /** The connection may stand, but the reply took too long. */
    readonly timedOut = false,
  ) {
    super(withoutAddresses(words));
    const code = member(member(reason, "cause"), "code") ?? member(reason, "code");
    if (typeof code === "string") this.code = code;
  }
}

/** The outcome of one attempt at a request. `unsent`: it did not reach the service. `unheard`: it may have been done. */
export type Answer =
  | { readonly reply: Reply; readonly verdict: Verdict }
  | { readonly reply?: undefined; readonly verdict: "unsent" | "unheard"; readonly cause: NoReply };

export function noAnswer(cause: NoReply): Answer {
  return { verdict: cause.unsent ? "unsent" : "unheard", cause };
}

/** True if a service did not find an item. It may not know yet what was just created (field reports). */
export function isMissing({ reply }: Answer): boolean {
  return reply !== undefined && (reply.status === 404 || /^ErrorNonExistentMailbox$/i.test(errorBody(reply).code));
}

/** True if the same request may succeed later. A success that cannot be read was cut off. */
export function comesBack({ verdict }: Pick<Answer, "verdict">): boolean {
  return verdict === "busy" || verdict === "unsent" || mayBeDone({ verdict });
}

/** True if the service may have done what was asked, although no result arrived. */
export function mayBeDone({ verdict }: Pick<Answer, "verdict">): boolean {
  return verdict === "passing" || verdict === "unsure" || verdict === "unheard";
}

/** True if an error means that the service certainly did not do what was asked. */
export function isUndone(error: unknown): boolean {
  return error instanceof Refusal || (error instanceof UploadError && error.code === "interrupted");
}

/** The error behind an answer. */
export function causeOf(answer: Answer): Error {
  return answer.reply ? graphError(answer.reply) : answer.cause;
}

/** The error in a reply. Made up if the reply has none because it is HTML, empty or cut off. */
export function errorBody(reply: Reply): {
  readonly code: string;
  readonly message: string;
  readonly innerError?: unknown;
} {
  const error = member(reply.body, "error");
  const message = withoutTokens(wordsOf(reply));
  if (!isObject(error)) return { code: "UnknownError", message };
  const code = withoutTokens(text(member(error, "code")) ?? "UnknownError");
  return { ...membersWithoutTokens(error), code, message };
}

/** A refusal with our words after the service's own. */
export function withWords({ reply, verdict }: Refusal, words: string): Refusal {
  const error = errorBody(reply);
  const message = andThen(wordsOf(reply), words);
  return new Refusal({ ...reply, body: { error: { ...error, message } } }, verdict);
}

/** True if an upload host refuses a token, which nobody but the application's own code can have sent there. */
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
  error.headers = headersWithoutTokens(reply.headers);
  return error;
}

/** Gives the caller the service's refusal as the client's own error. */
export async function asGraphError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof Refusal ? graphError(error.reply) : error;
  }
}
