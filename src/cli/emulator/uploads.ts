import type { Emulator, RequestLogEntry } from "graph-large-attachments/emulator";
import type { ShownUpload } from "./snapshot.js";

/** Upload sessions of Outlook, To Do, drives and print. */
export function graphUploads({ sessions, requests }: Emulator): ShownUpload[] {
  return sessions.map(({ id, protocol, name, size, offset, state, uploadUrl }) => {
    const { pathname } = new URL(uploadUrl); // The query is a credential, and not in the log.
    const pending = state === "open" ? arrivingBytes(requests, pathname) : 0;
    const known = size > 0 ? { size } : {}; // A drive learns the size with the first range.
    return { id, service: protocol, name, ...known, stored: offset, arriving: pending, state };
  });
}

/** An upload to Azure DevOps, and the work items that link to it. */
export interface Blob extends ShownUpload {
  readonly sha256: string;
  readonly linkedTo: readonly number[];
}

/** Uploads to Azure DevOps. Listing them hashes all bytes, so the list is renewed only after an answered request. */
export class AzureDevOpsUploads {
  #answered = -1;
  #blobs: readonly Blob[] = [];

  constructor(private readonly emulator: Emulator) {}

  get all(): Blob[] {
    const requests = this.emulator.requests.filter(({ origin }) => origin === "azureDevOps");
    const answered = requests.filter(({ status }) => status !== undefined).length;
    if (answered !== this.#answered) this.#blobs = this.#list(requests);
    this.#answered = answered;
    return this.#blobs.map((blob) => ({ ...blob, arriving: arrivingBytes(requests, blob.id) }));
  }

  #list(requests: readonly RequestLogEntry[]): Blob[] {
    return this.emulator.azureDevOps.attachments().map(({ id, fileName, bytes, sha256, complete, linkedTo }) => ({
      ...{ id, service: "azureDevOps", name: fileName ?? id, sha256, linkedTo },
      ...{ stored: bytes.length, arriving: 0, size: complete ? bytes.length : totalOf(requests, id) },
      state: complete ? "complete" : "open",
    }));
  }
}

/** Bytes of the ranges that are arriving at a session. A range that was sent again counts once. */
function arrivingBytes(requests: readonly RequestLogEntry[], session: string): number {
  const latest = new Map<string | undefined, RequestLogEntry>();
  for (const entry of requests)
    if (entry.kind === "range" && entry.path.includes(session)) latest.set(entry.contentRange, entry);
  return [...latest.values()].reduce((sum, { status, bodyBytes }) => (status === undefined ? sum + bodyBytes : sum), 0);
}

function totalOf(requests: readonly RequestLogEntry[], id: string): number | undefined {
  const range = requests.find(({ path, contentRange }) => contentRange !== undefined && path.includes(id));
  return range && Number(range.contentRange!.split("/")[1]);
}
