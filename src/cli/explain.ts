import { GraphError } from "@microsoft/microsoft-graph-client";
import { UploadError, type UploadErrorCode } from "../index.js";
import { CommandError, EXIT, sentence, type Failure } from "./failure.js";

/** What is known where an error arrives. */
export interface Situation {
  /** The command that goes on, where one can. */
  readonly goOn?: string;
  /** Where the token comes from, for what to do when it is refused. */
  readonly credential: string;
}

const HINTS: Partial<Record<UploadErrorCode, string>> = {
  tooLarge: "Share a link to the file instead: attach does so with --link.",
  source: "Check that the file can be read and does not change meanwhile, then try again.",
  unsupported: "See docs/cli.md for what can be attached where.",
  invalid: "Check the arguments; --help tells what they can be.",
  otherFile: "Give the same file as before, or leave out --resume.",
  uncertain: "Look there before you try again: it may be done.",
  leftBehind: "Look there, and delete by hand what is left over.",
  lost: "Start it again; a file, unlike standard input, can be read twice.",
};
const EXITS: Partial<Record<UploadErrorCode, number>> = {
  uncertain: EXIT.uncertain,
  leftBehind: EXIT.uncertain,
  interrupted: EXIT.brokeOff,
  stalled: EXIT.brokeOff,
  lost: EXIT.brokeOff,
};

/** Puts any error into a user's words. */
export function explain(error: unknown, situation: Situation): Failure {
  if (error instanceof CommandError) return error.failure;
  if (error instanceof UploadError) return explainUpload(error, situation);
  if (error instanceof GraphError && error.statusCode > 0) return explainRefusal(error, situation);
  const network = networkFailure(error);
  if (network) return network;
  const { message, name } = error instanceof Error ? error : new Error(String(error));
  return { exitCode: EXIT.refused, code: name, message: sentence(message || name), hint: "Try again with --verbose." };
}

function explainUpload(error: UploadError, { goOn }: Situation): Failure {
  const { code } = error;
  const exitCode = EXITS[code] ?? EXIT.usage;
  const [first = ""] = error.message.split(/(?<=\.) /); // what follows it is for programmers
  if (code !== "interrupted" && code !== "stalled")
    return { exitCode, code, message: code === "tooLarge" ? first : error.message, hint: HINTS[code] ?? "" };
  const cause = error.cause as { message?: string; code?: string; statusCode?: number } | undefined;
  const status = cause instanceof GraphError && cause.statusCode > 0 ? cause.statusCode : undefined;
  const why = status ? `the service answered ${status}` : (cause?.code ?? cause?.message ?? "no more bytes were taken");
  const hint = goOn ? `Go on with: ${goOn}` : "Nothing was attached or sent; try again later.";
  return { exitCode, code, message: `The upload broke off, also after retries: ${why}.`, hint, status };
}

function explainRefusal(error: GraphError, { credential }: Situation): Failure {
  const { statusCode: status, requestId } = error;
  const said = error.message || error.code || "no reason given";
  return {
    exitCode: EXIT.refused,
    code: error.code ?? "refused",
    message: sentence(`The service refused with ${status}: ${said}`),
    hint: refusalHint(status, credential),
    status,
    ...(requestId ? { requestId } : {}),
  };
}

function refusalHint(status: number, credential: string): string {
  if (status === 401) return `Sign in again: ${credential} is not valid, has run out, or is for another service.`;
  if (status === 403) return `Ask for the permission: ${credential} may not do this there.`;
  if (status === 404) return "Check the path or URL: nothing that you may see is there.";
  if (status === 413) return "Share a link to the file instead.";
  if (status === 429 || status >= 500) return "Try again later.";
  return "Check what was asked for; --verbose tells the request's id for the service's support.";
}

const CERTIFICATE = /CERT|SIGNATURE|ISSUER|ERR_TLS|ERR_SSL|SELF_SIGNED/;

/** What `fetch` and sockets reject with, told apart: no network, and a certificate that is not trusted. */
export function networkFailure(error: unknown, host = "the service"): Failure | undefined {
  const codes = [error, (error as { cause?: unknown } | undefined)?.cause].map((one) =>
    String((one as { code?: unknown } | undefined)?.code ?? ""),
  );
  const code = codes.find((one) => CERTIFICATE.test(one) || /^(E[A-Z]+|EAI_\w+|UND_ERR_\w+)$/.test(one));
  const failed = code ?? ((error as { message?: string } | undefined)?.message === "fetch failed" ? "" : undefined);
  if (failed === undefined) return undefined;
  if (CERTIFICATE.test(failed)) {
    const message = `The certificate of ${host} is not trusted (${failed}).`;
    const hint = "Give the certificate of its authority with --ca, or with NODE_EXTRA_CA_CERTS in the environment.";
    return { exitCode: EXIT.brokeOff, code: "certificate", message, hint };
  }
  const message = `There is no connection to ${host}${failed ? ` (${failed})` : ""}.`;
  const hint = "Check the network and the address, then run the same command again.";
  return { exitCode: EXIT.brokeOff, code: "network", message, hint };
}
