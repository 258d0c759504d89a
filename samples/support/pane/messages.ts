import { GraphError } from "@microsoft/microsoft-graph-client";
import { UploadError, type UploadErrorCode } from "graph-large-attachments";

/** The kind of item that gets the files. */
export type Kind = "message" | "event" | "task";

/** A failure as the user reads it. `canRetry` is true if a retry can help. */
export interface Explanation {
  readonly text: string;
  readonly canRetry: boolean;
}

/** An error whose message is written for the user. */
export class Explained extends Error {
  constructor(
    message: string,
    readonly canRetry = true,
  ) {
    super(message);
  }
}

const service = (kind: Kind) => (kind === "task" ? "To Do" : "Outlook");
/** Megabytes. The library checks the exact bytes. */
export const limit = (kind: Kind) => (kind === "task" ? 25 : 150);

const retry = (text: string): Explanation => ({ text, canRetry: true });
const final = (text: string): Explanation => ({ text, canRetry: false });

const tooLarge = (kind: Kind) => final(`The file is too large: ${limit(kind)} MB at most. Share a link to it instead.`);
const refusedSize = (kind: Kind) =>
  final(`${service(kind)} refused the file: the ${kind} would become too large. Share a link to it instead.`);
const busy = (kind: Kind) => retry(`${service(kind)} isn’t available right now. Wait a little, then retry.`);
const offline = retry("There’s no connection. Check your network, then retry.");
const signedOut = retry("You aren’t signed in. Retry to sign in.");
const full = retry("Your mailbox is full. Make room in it, then retry.");

const byCode: Record<UploadErrorCode, (kind: Kind) => Explanation> = {
  tooLarge,
  invalid: () => final("This file can’t be attached."),
  unsupported: (kind) => final(`${service(kind)} can’t do this.`),
  source: () => final("The file can’t be read. It may have been moved, changed or deleted. Choose it again."),
  otherFile: () => final("The file has changed since the upload began. Choose it again."),
  interrupted: () => retry("The upload was interrupted. Retry continues where it stopped."),
  stalled: (kind) => retry(`${service(kind)} isn’t taking the file. Retry later to continue where it stopped.`),
  lost: () => retry("The upload was lost. Retry to start it again."),
  uncertain: (kind) => final(`The file may be attached already. Check the ${kind} before you add it again.`),
  takenOver: () => retry("Another window is attaching this file. Retry to see the result."),
  cancelled: () => retry("Canceled."),
  notLoaded: () => retry("A part of this app couldn’t be loaded. Retry, or close the app and open it again."),
  notSynced: (kind) => retry(`Outlook hasn’t synchronized the ${kind} yet. Save it in its window, then retry.`),
  leftBehind: (kind) => final(`The file wasn’t attached, but part of it is left. Check the ${kind}.`),
};

const byStatus: Record<number, (kind: Kind) => Explanation> = {
  401: () => signedOut,
  403: (kind) => final(`You don’t have permission to add files to this ${kind}.`),
  404: (kind) =>
    kind === "message"
      ? final("This message is no longer a draft. It may have been sent or deleted.")
      : final(`This ${kind} is gone. It may have been deleted.`),
  412: (kind) => retry(`The ${kind} was changed at the same time. Retry.`),
  413: refusedSize,
  429: (kind) => retry(`${service(kind)} is busy. Wait a minute, then retry.`),
  507: () => full,
};
byStatus[409] = byStatus[412]!;
byStatus[410] = byStatus[404]!;

/** Explains an upload that failed before it started. */
function explainStart({ cause }: UploadError, kind: Kind): Explanation {
  const explained = cause instanceof GraphError ? explain(cause, kind) : offline;
  return explained.canRetry ? explained : busy(kind);
}

/** Explains a failed upload to the user. */
export function explain(error: unknown, kind: Kind): Explanation {
  const { name, code = "", statusCode } = (error ?? {}) as { name?: string; code?: string | null; statusCode?: number };
  if (error instanceof Explained) return { text: error.message, canRetry: error.canRetry };
  if (error instanceof UploadError && (error.code !== "interrupted" || error.session)) return byCode[error.code](kind);
  if (error instanceof UploadError) return explainStart(error, kind);
  if (name === "AbortError" || code === "AbortError") return byCode.cancelled(kind);
  if (/(Auth|Interaction\w*)Error$/.test(`${name} ${code}`)) return signedOut;
  if (!(error instanceof GraphError)) return retry("Something went wrong. Retry.");
  if (/quota/i.test(code ?? "")) return full;
  if (/Size(Limit)?Exceeded/i.test(code ?? "")) return refusedSize(kind);
  if (statusCode === -1) return offline;
  if (statusCode! >= 500 && statusCode !== 507) return busy(kind);
  return byStatus[statusCode!]?.(kind) ?? final(`${service(kind)} didn’t accept the file (${code || statusCode}).`);
}
