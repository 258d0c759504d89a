import type { FaultMatcher, FaultScript, Reply, RequestLogEntry } from "../api.js";
import type { RequestHead } from "../call.js";
import { contentRangePattern } from "../uploadSession.js";

/** The scripted faults in order, and the starts of each session's ranges. */
export class FaultQueue {
  private pending: { readonly script: FaultScript; left: number }[] = [];
  private readonly starts = new Map<string, number[]>();

  add(scripts: readonly FaultScript[]): void {
    for (const script of scripts) this.pending.push({ script, left: script.times ?? 1 });
  }

  /** Takes the first fault that matches the request. */
  take(head: RequestHead, entry: RequestLogEntry): FaultScript | undefined {
    const index = this.rangeIndex(head);
    const found = this.pending.find(({ script, left }) => left > 0 && matches(script.on ?? {}, entry, index));
    if (!found) return undefined;
    found.left--;
    return found.script;
  }

  unused(): FaultScript[] {
    return this.pending.filter(({ left }) => left > 0).map(({ script }) => script);
  }

  verify(): void {
    const unused = this.unused();
    if (unused.length === 0) return;
    throw new Error(`No request met these faults:\n${unused.map((script) => `- ${describeFault(script)}`).join("\n")}`);
  }

  clear(): void {
    this.pending = [];
    this.starts.clear();
  }

  private rangeIndex(head: RequestHead): number | undefined {
    const start = contentRangePattern.exec(head.headers["content-range"] ?? "")?.[1];
    if (start === undefined) return undefined;
    const starts = this.starts.get(head.url) ?? [];
    this.starts.set(head.url, starts);
    if (!starts.includes(Number(start))) starts.push(Number(start));
    return starts.indexOf(Number(start));
  }
}

function matches(on: FaultMatcher, entry: RequestLogEntry, rangeIndex: number | undefined): boolean {
  if (on.method !== undefined && on.method.toUpperCase() !== entry.method) return false;
  if (on.origin !== undefined && on.origin !== entry.origin) return false;
  if (on.kind !== undefined && on.kind !== entry.kind) return false;
  if (on.path !== undefined && entry.path.search(on.path) < 0) return false;
  return on.range === undefined || matchesRange(on.range, entry.contentRange, rangeIndex);
}

function matchesRange(
  wanted: FaultMatcher["range"],
  contentRange: string | undefined,
  index: number | undefined,
): boolean {
  const match = contentRangePattern.exec(contentRange ?? "");
  if (!match) return false;
  const first = Number(match[1]) === 0;
  const last = Number(match[2]) === Number(match[3]) - 1;
  if (wanted === "first") return first;
  if (wanted === "last") return last;
  return wanted === "middle" ? !first && !last : wanted === index;
}

/** A fault in one line, for the log and for `verifyFaults`. */
export function describeFault(script: FaultScript): string {
  const show = (_key: string, value: unknown): unknown =>
    value instanceof RegExp ? String(value) : typeof value === "function" ? "function" : value;
  return JSON.stringify(script, show);
}

/** The reply of a fault with a status. */
export function faultReply(script: FaultScript): Reply {
  const { headers = {}, body } = script;
  const type: Record<string, string> =
    body === undefined ? {} : { "content-type": typeof body === "string" ? "text/html" : "application/json" };
  return { status: script.status ?? 500, headers: { ...type, ...lowerCase(headers) }, body: toBuffer(body) };
}

export function toBuffer(body: unknown): Buffer {
  if (body === undefined) return Buffer.alloc(0);
  if (body instanceof Uint8Array) return Buffer.from(body);
  return Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
}

const lowerCase = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
