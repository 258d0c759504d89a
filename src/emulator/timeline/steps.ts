import { STATUS_CODES } from "node:http";
import type { RequestKind, RequestLogEntry, StepOutcome, UploadStep } from "../api.js";

const labels: Partial<Record<RequestKind, string>> = {
  create: "Open a session",
  status: "Ask for the next byte",
  cancel: "Delete the session",
  post: "Send a file in one request",
  list: "Look for the file",
  read: "Look at the file",
  remove: "Delete the file",
  item: "Look at the item",
  draft: "Create the item",
  send: "Send it",
  mail: "Send a mail",
  patch: "Change the item",
  discard: "Delete the item",
  link: "Link the file",
  workItem: "Look at the work item",
  preflight: "The browser asks for permission",
  folder: "Create a folder",
  share: "Share the file",
  commit: "Create the file",
  chat: "Post the message",
};

/** Describes a request for people. */
export function describeStep(request: RequestLogEntry, number: number): UploadStep {
  return { number, request, label: labelOf(request), outcome: outcomeOf(request), result: resultOf(request) };
}

function labelOf({ kind, contentRange, method }: RequestLogEntry): string {
  const range = /^bytes (\d+)-(\d+)\//.exec(contentRange ?? "");
  if (range) return `Range ${megabytes(Number(range[1]))}–${megabytes(Number(range[2]) + 1)} MB`;
  return labels[kind] ?? `${method} request`;
}

function outcomeOf({ status, lost, ended }: RequestLogEntry): StepOutcome {
  if (lost) return "lost";
  if (status === undefined || ended === undefined) return "waiting";
  if (status === 0) return "lost";
  if (status < 400) return "done";
  return status === 429 || status >= 500 ? "failed" : "refused";
}

function resultOf({ status, lost, ended }: RequestLogEntry): string {
  if (lost === "request" || status === 0) return "Connection lost";
  if (status === undefined || ended === undefined) return "No answer yet";
  const answer = `${status} ${STATUS_CODES[status] ?? ""}`.trim();
  return lost ? `${answer}, reply lost` : answer;
}

/** Millions of bytes with one digit after the point: `3.9`. */
const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(1).replace(/\.0$/, "");

/** Bytes for people: `9 MB`. */
export const sizeText = (bytes: number): string => (bytes < 100_000 ? `${bytes} bytes` : `${megabytes(bytes)} MB`);
