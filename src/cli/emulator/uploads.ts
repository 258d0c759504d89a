import type { Emulator, RequestLogEntry } from "graph-large-attachments/emulator";
import type { ShownRequest, ShownUpload } from "./snapshot.js";

/** How many requests the page shows; the latest. */
const SHOWN = 100;

export function shownRequests({ requests }: Emulator): ShownRequest[] {
  const first = Math.max(0, requests.length - SHOWN);
  return requests.slice(first).map((entry, index) => ({
    number: first + index + 1,
    service: entry.origin,
    method: entry.method,
    path: entry.path,
    kind: entry.kind,
    range: entry.contentRange,
    received: entry.bodyBytes,
    status: entry.status,
    fault: inWords(entry.fault),
  }));
}

/** What a fault does, without which requests it was for. */
function inWords(fault: string | undefined): string | undefined {
  if (fault === undefined) return undefined;
  const { on: _, times: __, body: ___, headers, ...effects } = JSON.parse(fault) as Record<string, unknown>;
  const named = Object.entries({ ...effects, ...(headers as object | undefined) });
  return named.map(([name, value]) => `${name} ${String(value)}`).join(", ");
}

/** The upload sessions of Outlook, To Do, drives and print. */
export function graphUploads({ sessions, requests }: Emulator): ShownUpload[] {
  return sessions.map(({ id, protocol, name, size, offset, state, uploadUrl }) => {
    const { pathname } = new URL(uploadUrl); // the rest of it is a credential, and not in the log
    const onItsWay = state === "open" ? arriving(requests, pathname) : 0;
    const known = size > 0 ? { size } : {}; // a drive hears it with the first range
    return { id, service: protocol, name, ...known, kept: offset, arriving: onItsWay, state };
  });
}

/** An upload of Azure DevOps, with what its work items show of it. */
export interface Blob extends ShownUpload {
  readonly sha256: string;
  readonly linkedTo: readonly number[];
}

/** What Azure DevOps holds. Every look has it hash all bytes, so it is looked at again only when a request was answered. */
export class AzureDevOpsUploads {
  #answered = -1;
  #held: readonly Blob[] = [];

  constructor(private readonly emulator: Emulator) {}

  get all(): Blob[] {
    const requests = this.emulator.requests.filter(({ origin }) => origin === "azureDevOps");
    const answered = requests.filter(({ status }) => status !== undefined).length;
    if (answered !== this.#answered) this.#held = this.#look(requests);
    this.#answered = answered;
    return this.#held.map((blob) => ({ ...blob, arriving: arriving(requests, blob.id) }));
  }

  #look(requests: readonly RequestLogEntry[]): Blob[] {
    return this.emulator.azureDevOps.attachments().map(({ id, fileName, bytes, sha256, complete, linkedTo }) => ({
      ...{ id, service: "azureDevOps", name: fileName ?? id, sha256, linkedTo },
      ...{ kept: bytes.length, arriving: 0, size: complete ? bytes.length : totalOf(requests, id) },
      state: complete ? "complete" : "open",
    }));
  }
}

/** Bytes of the ranges that are on their way to a session; one that was sent again counts as it is now. */
function arriving(requests: readonly RequestLogEntry[], session: string): number {
  const latest = new Map<string | undefined, RequestLogEntry>();
  for (const entry of requests)
    if (entry.kind === "range" && entry.path.includes(session)) latest.set(entry.contentRange, entry);
  return [...latest.values()].reduce((sum, { status, bodyBytes }) => (status === undefined ? sum + bodyBytes : sum), 0);
}

function totalOf(requests: readonly RequestLogEntry[], id: string): number | undefined {
  const range = requests.find(({ path, contentRange }) => contentRange !== undefined && path.includes(id));
  return range && Number(range.contentRange!.split("/")[1]);
}
