import { GraphClientError, GraphError } from "@microsoft/microsoft-graph-client";
import type { Reply, UploadSession } from "./protocol.js";

/**
 * Why an upload ended on this side:
 *
 * - `invalid`: something was asked that cannot be done; nothing was sent, or what had begun was discarded
 * - `tooLarge`: the file is over what the service takes
 * - `unsupported`: the service has no such call
 * - `source`: the file could not be read, or was not as long as said; `cause` says why
 * - `otherFile`: a session was to be restored with another file
 * - `interrupted`: retries ran out; `session` can go on later
 * - `stalled`: the service answers but takes no bytes; `session` can go on later
 * - `lost`: the session is gone and the upload could not begin again
 * - `uncertain`: the service may or may not have the file; look before attaching again
 * - `cancelled`: the task was cancelled
 * - `leftBehind`: what was made on the way could not be deleted again; `item` is its id, and the message says what it is
 */
export type UploadErrorCode =
  | "invalid"
  | "tooLarge"
  | "unsupported"
  | "source"
  | "otherFile"
  | "interrupted"
  | "stalled"
  | "lost"
  | "uncertain"
  | "cancelled"
  | "leftBehind";

/** An error of this package. What a service refuses is the Graph client's own `GraphError` instead. */
export class UploadError extends GraphClientError {
  override readonly name: string = "UploadError";
  readonly code: UploadErrorCode;
  /** Where the upload can go on: see `LargeAttachmentTask.restore`. A secret, so it is left out when the error is printed. */
  declare readonly session?: UploadSession;

  /** Id of the message or event that was left behind, or of which it is not known whether it was sent. */
  readonly item?: string;

  constructor(
    code: UploadErrorCode,
    message: string,
    details: { readonly cause?: unknown; readonly session?: UploadSession; readonly item?: string } = {},
  ) {
    super(message);
    Object.setPrototypeOf(this, UploadError.prototype); // GraphClientError's constructor has put its own there
    this.code = code;
    if (details.item !== undefined) this.item = details.item;
    if (details.cause !== undefined) Object.defineProperty(this, "cause", { value: details.cause, configurable: true });
    Object.defineProperty(this, "session", { value: details.session, configurable: true });
  }
}

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
