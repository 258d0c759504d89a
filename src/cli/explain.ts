import { GraphError } from "@microsoft/microsoft-graph-client";
import { UploadError, type UploadErrorCode } from "../index.js";
import { CommandError, EXIT, type Failure } from "./failure.js";
import { sentence } from "./format.js";

/** Facts about the step that failed. */
export interface Situation {
  /** The file that the step is about. */
  readonly file?: string;
  /** The command that resumes the upload, if it can be resumed. */
  readonly resume?: string;
  /** Names the source of the token, as the subject of a sentence. */
  readonly credential: string;
  /** Advice for a file that is too large. */
  readonly tooLarge?: string;
  /** Where to look when nobody knows whether the step was done. */
  readonly check: string;
}

const EXITS: Partial<Record<UploadErrorCode, number>> = {
  uncertain: EXIT.uncertain,
  leftBehind: EXIT.uncertain,
  interrupted: EXIT.interrupted,
  stalled: EXIT.interrupted,
  lost: EXIT.interrupted,
};

/** Describes any error for the user. */
export function explain(error: unknown, situation: Situation): Failure {
  if (error instanceof CommandError) return error.failure;
  if (error instanceof UploadError) return explainUpload(error, situation);
  if (error instanceof GraphError && error.statusCode > 0) return explainRefusal(error, situation);
  const network = networkFailure(error);
  if (network) return network;
  const { message, name } = error instanceof Error ? error : new Error(String(error));
  return {
    exitCode: EXIT.refused,
    code: name,
    message: withFile(situation, sentence(message || name)),
    hint: "Run the command again with --verbose for details.",
  };
}

function explainUpload(error: UploadError, situation: Situation): Failure {
  const { code } = error;
  const exitCode = EXITS[code] ?? EXIT.usage;
  const hint = uploadHint(code, situation) + (error.item === undefined ? "" : ` Its id is ${error.item}.`);
  // The first sentence tells what happened. The rest is advice to programmers.
  if (code !== "interrupted" && code !== "stalled")
    return { exitCode, code, message: withFile(situation, error.message.split(/(?<=\.) /)[0]!), hint };
  const cause = error.cause as { message?: string; code?: string; statusCode?: number } | undefined;
  const status = cause instanceof GraphError && cause.statusCode > 0 ? cause.statusCode : undefined;
  const reason = status ? `the service answers ${status}` : (cause?.code ?? cause?.message ?? "no data gets through");
  return { exitCode, code, message: withFile(situation, `The upload stopped after retries: ${reason}.`), hint, status };
}

function uploadHint(code: UploadErrorCode, { resume, tooLarge, check }: Situation): string {
  const later = resume ? `Resume it with: ${resume}` : "Nothing was attached or sent. Try again later.";
  const hints: Partial<Record<UploadErrorCode, string>> = {
    tooLarge: tooLarge ?? "",
    source: "Check that the file can be read and does not change during the upload. Then try again.",
    unsupported: "Run graph-large-attachments attach --help for what can be attached where.",
    invalid: "Run the command with --help for the paths and options it takes.",
    otherFile: "Give the same file as before, or leave out --resume.",
    uncertain: check,
    notSynced: "Attach it again when the draft shows in Outlook on the web.",
    leftBehind: "Delete what is left by hand.",
    lost: "Run the command again without --resume.",
    interrupted: later,
    stalled: later,
  };
  return hints[code] ?? "";
}

function explainRefusal(error: GraphError, situation: Situation): Failure {
  const { statusCode: status, requestId } = error;
  const conflict = /nameAlreadyExists|upload_name_conflict/i.test(error.code ?? "");
  const policy = /application access policy/i.test(error.message);
  const reason = conflict ? "the folder has a file of this name" : error.message || error.code || "no reason given";
  return {
    exitCode: EXIT.refused,
    code: error.code ?? "refused",
    message: withFile(situation, sentence(`The service answered ${status}: ${reason}`)),
    hint: conflict
      ? "Add --conflict replace or --conflict rename to the command."
      : policy
        ? ""
        : refusalHint(status, situation),
    status,
    ...(requestId ? { requestId } : {}),
  };
}

function refusalHint(status: number, { credential, tooLarge }: Situation): string {
  const hints: Record<number, string> = {
    401: `${credential} is not valid, has expired, or is for another service. Get a new one.`,
    403: `${credential} lacks the permission for this.`,
    404: "The item does not exist, or you have no access to it. Check the path or URL.",
    413: tooLarge ?? "",
    429: "Try again later.",
  };
  if (status >= 500) return "Try again later.";
  return hints[status] ?? "Check the arguments. --verbose prints the request id for the service's support.";
}

/** Puts the name of the file first, unless the message has it. */
function withFile({ file }: Situation, message: string): string {
  return file === undefined || message.includes(file) ? message : `${file}: ${message}`;
}

const CERTIFICATE = /CERT|SIGNATURE|ISSUER|ERR_TLS|ERR_SSL|SELF_SIGNED/;

/** Describes a failed connection or an untrusted certificate; `undefined` for any other error. */
export function networkFailure(error: unknown, host = "the service"): Failure | undefined {
  const codes = [error, (error as { cause?: unknown } | undefined)?.cause].map((one) =>
    String((one as { code?: unknown } | undefined)?.code ?? ""),
  );
  const code = codes.find((one) => CERTIFICATE.test(one) || /^(E[A-Z]+|EAI_\w+|UND_ERR_\w+)$/.test(one));
  const reason = code ?? ((error as { message?: string } | undefined)?.message === "fetch failed" ? "" : undefined);
  if (reason === undefined) return undefined;
  if (CERTIFICATE.test(reason)) {
    const message = `The certificate of ${host} is not trusted (${reason}).`;
    const hint = "Give the certificate of its authority with --ca, or in NODE_EXTRA_CA_CERTS.";
    return { exitCode: EXIT.interrupted, code: "certificate", message, hint };
  }
  const message = `There is no connection to ${host}${reason ? ` (${reason})` : ""}.`;
  const hint = "Check the network and the address, then run the command again.";
  return { exitCode: EXIT.interrupted, code: "network", message, hint };
}
