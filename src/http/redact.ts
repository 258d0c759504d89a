// Upload URLs and tokens are secret. Nothing that people print contains them.
import { isObject, type Members } from "../isObject.js";

const WITHHELD = "(address withheld)";
/** Addresses as they are, percent-encoded, or in JSON that escapes slashes. */
const ADDRESS = /https?(?::|%3a)(?:\\?\/|%2f){2}[^\s"'<>]*(?:'[^\s"'<>]*)*/gi;
/** Addresses that people follow or know, and that hold no secret. */
const PUBLIC =
  /^https?:\/\/(aka\.ms|(go|learn|docs|developer|support)\.microsoft\.com|dev\.azure\.com|(dod-)?graph\.microsoft\.(com|us)|microsoftgraph\.chinacloudapi\.cn)(?=[/?#\s.,;)]|$)/i;
const TOKEN = /([?&;]\w*(?:token|auth|sig)\w*=)[^\s&"'<>]*/gi;
const DEEPEST = 20;

/** Removes from a service's own words what may be an upload URL: services quote their own URLs. */
export function withoutTokens(words: string): string {
  return words
    .replace(/\b(Bearer|Basic)\s+[\w.~+/=-]{16,}/gi, "$1 (withheld)")
    .replace(ADDRESS, (address) => (PUBLIC.test(address) && address.search(TOKEN) < 0 ? address : WITHHELD))
    .replace(TOKEN, "$1(withheld)");
}

/** Removes URLs and tokens: some runtimes name the URL of a failed request, or the header that could not be sent. */
export function withoutAddresses(words: string): string {
  return words
    .replace(/https?(?::|%3a)(?:\\?\/|%2f){2}\S+/gi, WITHHELD)
    .replace(TOKEN, "$1(withheld)")
    .replace(/\b(Bearer|Basic)\s[^"]*/gi, "$1 (withheld)");
}

/** `withoutTokens` for all members of an object in a reply. */
export function membersWithoutTokens(value: Members, depth = 0): Members {
  const safe = (one: unknown): unknown => {
    if (typeof one === "string") return withoutTokens(one);
    if (!isObject(one)) return one;
    if (depth === DEEPEST) return "(withheld)";
    return Array.isArray(one) ? one.map(safe) : membersWithoutTokens(one, depth + 1);
  };
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [withoutTokens(name), safe(one)]));
}

/** A copy of headers without those that name an address. A redirect of an upload host may carry its own token. */
export function headersWithoutTokens(headers: Headers): Headers {
  const telling = [...headers].filter(([name, value]) => name === "location" || withoutTokens(value) !== value);
  if (telling.length === 0) return headers;
  const copy = new Headers(headers);
  for (const [name] of telling) copy.delete(name);
  return copy;
}

/**
 * Removes URLs and tokens from an error that is not this package's, and from its causes. Members that quote an address stay
 * for code, but do not appear when the error is printed.
 */
export function redacted(error: unknown, seen = new Set<unknown>()): unknown {
  if (!isObject(error) || seen.has(error)) return error;
  seen.add(error);
  const { message, stack } = error;
  for (const name of new Set(["message", ...Object.getOwnPropertyNames(error)])) {
    const value = name === "stack" ? undefined : error[name];
    if (value instanceof Error || Array.isArray(value)) redacted(value, seen);
    else if (typeof value === "string") set(error, name, value, withoutAddresses(value));
    else if (quotes(value))
      Reflect.defineProperty(error, name, { value, enumerable: false, configurable: true, writable: true });
  }
  // not more of the stack, because that of a browser names the scripts
  if (typeof message === "string" && typeof stack === "string")
    set(
      error,
      "stack",
      stack,
      stack.replace(message, () => withoutAddresses(message)),
    );
  return error;
}

function set(error: object, name: string, value: string, safe: string): void {
  if (safe !== value) Reflect.defineProperty(error, name, { value: safe, configurable: true, writable: true });
}

/** True if an object, such as the request of another client, shows an address when it is printed. */
function quotes(value: unknown, depth = 0): boolean {
  if (typeof value === "string") return withoutAddresses(value) !== value;
  if (!isObject(value) || depth > 5) return depth > 5 && isObject(value);
  return [value["url"], value["href"], ...Object.values(value)].some((one) => quotes(one, depth + 1));
}
