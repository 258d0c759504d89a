import { isObject } from "../isObject.js";
import type { WireRequest } from "../protocol.js";

/** The headers of a request, in any form that `fetch` takes. */
export function headerEntries(headers: unknown): [name: string, value: string][] {
  if (!isObject(headers)) return [];
  const entries: Iterable<unknown> = isIterable(headers) ? headers : Object.entries(headers);
  return [...entries].flatMap((entry) => (Array.isArray(entry) ? [[String(entry[0]), String(entry[1])]] : []));
}

/** True if the headers say that the body is text, as Graph takes a message in MIME (docs: outlook-send-mime-message). */
export function isPlainText(headers: unknown): boolean {
  return headerEntries(headers).some(
    ([name, value]) => /^content-type$/i.test(name) && /^\s*text\/plain\b/i.test(value),
  );
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value;
}

/** The caller's headers without those that describe the body that was taken over. */
export function callersHeaders(headers: unknown): Record<string, string> {
  return Object.fromEntries(headerEntries(headers).filter(([name]) => !/^content-(type|length|encoding)$/i.test(name)));
}

/** Sends `If-*` only on writes; drops `Prefer: outlook.body-content-type` where the stored form is needed. */
export function headersFor(callers: Record<string, string>, request: WireRequest): Record<string, string> {
  const { asStored, method } = request;
  const entries = Object.entries(callers)
    .filter(([name]) => method !== "GET" || !/^if-/i.test(name))
    .map(([name, value]) => [name, asStored && isPrefer(name) ? withoutBodyType(value) : value] as const);
  return Object.fromEntries(entries.filter(([name, value]) => value !== "" || !isPrefer(name)));
}

const isPrefer = (name: string) => /^prefer$/i.test(name);

function withoutBodyType(prefer: string): string {
  return prefer.replace(/(^|,)\s*outlook\.body-content-type\s*=[^,]*/gi, "").replace(/^\s*,/, "");
}
