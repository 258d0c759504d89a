import { GraphError } from "@microsoft/microsoft-graph-client";
import { UploadError, type UploadErrorCode } from "graph-large-attachments";

/** What files are attached to. */
export type Kind = "message" | "event" | "task";

/** A failure in words for the person at the pane, and whether trying again can help. */
export interface Explanation {
  readonly text: string;
  readonly canRetry: boolean;
}

/** A failure that already has its words. */
export class Explained extends Error {
  constructor(
    message: string,
    readonly canRetry = true,
  ) {
    super(message);
  }
}

const service = (kind: Kind) => (kind === "task" ? "To Do" : "Outlook");
/** Megabytes as people count them; the library checks the bytes. */
export const limit = (kind: Kind) => (kind === "task" ? 25 : 150);

const again = (text: string): Explanation => ({ text, canRetry: true });
const final = (text: string): Explanation => ({ text, canRetry: false });

const tooLarge = (kind: Kind) => final(`The file is too large: ${limit(kind)} MB at most. Share a link to it instead.`);
const busy = (kind: Kind) => again(`${service(kind)} isn’t available right now. Wait a little, then retry.`);
const offline = again("There’s no connection. Check your network, then retry.");
const signedOut = again("You aren’t signed in. Retry to sign in.");
const full = again("Your mailbox is full. Make room in it, then retry.");

const ofCode: Record<UploadErrorCode, (kind: Kind) => Explanation> = {
  tooLarge,
  invalid: () => final("This file can’t be attached."),
  unsupported: (kind) => final(`${service(kind)} can’t do this.`),
  source: () => final("The file can’t be read. It may have been moved, changed or deleted. Choose it again."),
  otherFile: () => final("The file has changed since the upload began. Choose it again."),
  interrupted: () => again("The upload was interrupted. Retry goes on from where it stopped."),
  stalled: (kind) => again(`${service(kind)} isn’t taking the file. Retry later: it goes on from where it stopped.`),
  lost: () => again("The upload was lost. Retry starts it again."),
  uncertain: (kind) => final(`The file may be attached already. Look at the ${kind} before you add it again.`),
  cancelled: () => again("Canceled."),
  notLoaded: () => again("A part of this app couldn’t be loaded. Retry, or close the app and open it again."),
  leftBehind: (kind) => final(`The file wasn’t attached, but part of it stayed behind. Look at the ${kind}.`),
};

const ofStatus: Record<number, (kind: Kind) => Explanation> = {
  401: () => signedOut,
  403: (kind) => final(`You don’t have permission to add files to this ${kind}.`),
  404: (kind) =>
    kind === "message"
      ? final("This message is no longer a draft. It may have been sent or deleted.")
      : final(`This ${kind} is gone. It may have been deleted.`),
  412: (kind) => again(`The ${kind} was changed at the same time. Retry.`),
  413: tooLarge,
  429: (kind) => again(`${service(kind)} is busy. Wait a minute, then retry.`),
  507: () => full,
};
ofStatus[409] = ofStatus[412]!;
ofStatus[410] = ofStatus[404]!;

/** Interrupted before there was anything to go on with. */
function notBegun({ cause }: UploadError, kind: Kind): Explanation {
  const explained = cause instanceof GraphError ? explain(cause, kind) : offline;
  return explained.canRetry ? explained : busy(kind);
}

/** What an upload's failure means for somebody who attaches a file to a message, event or task. */
export function explain(error: unknown, kind: Kind): Explanation {
  const { name, code = "", statusCode } = (error ?? {}) as { name?: string; code?: string | null; statusCode?: number };
  if (error instanceof Explained) return { text: error.message, canRetry: error.canRetry };
  if (error instanceof UploadError && (error.code !== "interrupted" || error.session)) return ofCode[error.code](kind);
  if (error instanceof UploadError) return notBegun(error, kind);
  if (name === "AbortError" || code === "AbortError") return ofCode.cancelled(kind);
  if (/(Auth|Interaction\w*)Error$/.test(`${name} ${code}`)) return signedOut;
  if (!(error instanceof GraphError)) return again("Something went wrong. Retry.");
  if (/quota/i.test(code ?? "")) return full;
  if (/Size(Limit)?Exceeded/i.test(code ?? "")) return tooLarge(kind);
  if (statusCode === -1) return offline;
  if (statusCode! >= 500 && statusCode !== 507) return busy(kind);
  return ofStatus[statusCode!]?.(kind) ?? final(`${service(kind)} didn’t accept the file (${code || statusCode}).`);
}
