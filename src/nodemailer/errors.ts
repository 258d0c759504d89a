import { UploadError, type UploadErrorCode } from "../index.js";

/** An error as nodemailer's users know it. `cause` is the error of this package, or the `GraphError` of the service. */
export interface MailError extends Error {
  /** nodemailer's code, such as `EAUTH`, `EENVELOPE`, `EMESSAGE`, `ESTREAM` or `ECONNECTION`. */
  code: string;
  /** The HTTP status of the answer, if there was one. */
  responseCode?: number;
  /** The service's answer. */
  response?: string;
  command?: string;
}

/** `ECONNECTION` and `ETIMEDOUT` invite to try again, so only what was certainly not sent has them. */
const CODES: Readonly<Record<UploadErrorCode, string>> = {
  invalid: "EMESSAGE",
  tooLarge: "EMESSAGE",
  unsupported: "EMESSAGE",
  source: "ESTREAM",
  otherFile: "EMESSAGE",
  interrupted: "ECONNECTION",
  stalled: "ETIMEDOUT",
  lost: "ECONNECTION",
  uncertain: "EMESSAGE",
  cancelled: "EABORT",
  notLoaded: "ECONFIG",
  leftBehind: "EMESSAGE",
  takenOver: "EMESSAGE",
  notSynced: "EMESSAGE",
};

/** Refuses a message before anything is sent. `code` is nodemailer's. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly reason: UploadErrorCode = "unsupported",
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

/** Gives an error nodemailer's code. Sending as somebody else is explained. */
export function toMailError(error: unknown, signal?: AbortSignal): MailError {
  if (signal?.aborted)
    return withCode(new Error("Message sending aborted", { cause: signal.reason }), "EABORT", "AbortError");
  if (error instanceof Refused) {
    const cause = new UploadError(error.reason, error.message, { cause: error.cause });
    return withCode(new Error(error.message, { cause }), error.code);
  }
  const { message, statusCode, code } = details(error);
  const mail: MailError = withCode(new Error(message, { cause: error }), codeOf(error, statusCode, code));
  const answered = statusCode ?? details(details(error).cause).statusCode;
  if (answered === undefined) return mail;
  return Object.assign(mail, { responseCode: answered, response: `${answered} ${code ?? ""} ${message}`.trim() });
}

function codeOf(error: unknown, status: number | undefined, code: string | undefined): string {
  if (error instanceof UploadError) {
    const { cause } = error;
    const timedOut = error.code === "interrupted" && /No reply came within/.test(details(cause).message);
    return timedOut ? "ETIMEDOUT" : CODES[error.code];
  }
  if (status === undefined) return code && /^E[A-Z0-9]+$/.test(code) ? code : "ECONNECTION";
  if (/SendAs|SendOnBehalf|InvalidRecipients|InvalidUser|NonExistentMailbox|MailboxNotEnabled/i.test(code ?? ""))
    return "EENVELOPE";
  if (status === 401 || status === 403) return "EAUTH";
  if (status === 404) return "EENVELOPE";
  return status === 429 || status >= 500 ? "ECONNECTION" : "EMESSAGE";
}

/** The text of an error of any kind. The client itself gives the status -1 if no answer came. */
function details(error: unknown): {
  readonly message: string;
  readonly statusCode?: number;
  readonly code?: string;
  readonly cause?: unknown;
} {
  const { message, statusCode, code, cause } = Object(error) as Record<string, unknown>;
  return {
    message: typeof message === "string" ? message : String(error),
    statusCode: typeof statusCode === "number" && statusCode > 0 ? statusCode : undefined,
    code: typeof code === "string" ? code : undefined,
    cause,
  };
}

function withCode(error: Error, code: string, name = error.name): MailError {
  return Object.assign(error, { name, code, command: "API" });
}
