import type { WireRequest } from "../protocol.js";

/** The headers that a request was given, in any form that `fetch` takes. */
export function headerEntries(headers: unknown): [name: string, value: string][] {
  const given = typeof headers === "object" && headers !== null ? headers : {};
  return Symbol.iterator in given
    ? [...(given as Iterable<[string, string]>)]
    : Object.entries(given as Record<string, string>);
}

/** What goes along of the caller's headers: not those that describe the body that was taken over. */
export function callersHeaders(headers: unknown): Record<string, string> {
  return Object.fromEntries(headerEntries(headers).filter(([name]) => !/^content-(type|length|encoding)$/i.test(name)));
}

/** What goes along with this request: conditions are of the write that was asked for, and a text may be wanted as it is kept. */
export function headersFor(callers: Record<string, string>, request: WireRequest): Record<string, string> {
  const { asKept, method } = request;
  const entries = Object.entries(callers)
    .filter(([name]) => method !== "GET" || !/^if-/i.test(name))
    .map(([name, value]) => [name, asKept && isPrefer(name) ? withoutForm(value) : value] as const);
  return Object.fromEntries(entries.filter(([name, value]) => value !== "" || !isPrefer(name)));
}

const isPrefer = (name: string) => /^prefer$/i.test(name);

/** Without the wish for texts in another form. */
function withoutForm(prefer: string): string {
  return prefer.replace(/(^|,)\s*outlook\.body-content-type\s*=[^,]*/gi, "").replace(/^\s*,/, "");
}
