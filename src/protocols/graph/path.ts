/** A key as a segment or in parentheses; each character can be read in one way only, so that no text is slow to read. */
const graphId = "(?:/[^/?#]+|\\((?:'|%27)(?:(?!%27)[^'?#/]|''|%27%27)*(?:'|%27)\\))";

/** What stands before a mailbox in a URL: a host, a version, a gateway's path; no path of a drive, which has colons. */
export const BEFORE = "(?:https?://[^/]+)?[^:]*";

/** A matcher of item paths below a mailbox. `{}` stands for a key, as a segment or in parentheses; letter case is ignored. */
export function pathPattern(path: string): RegExp {
  return new RegExp(`^(${BEFORE}${keyed(path)})(/attachments)?/?$`, "i");
}

/** The source of a pattern in which `{}` stands for a key. */
export function keyed(path: string): string {
  return path.replaceAll("{}", graphId);
}

/** The collection of a URL whose path fits one of the patterns, without OData parameters, which the new requests cannot take. */
export function collectionOf(url: string, patterns: readonly RegExp[]): string | undefined {
  const [path, query] = halves(url.split("#", 1)[0]!);
  const item = patterns.find((pattern) => pattern.test(path))?.exec(path)?.[1];
  if (item === undefined) return undefined;
  const kept = (query ?? "").split("&").filter((parameter) => parameter !== "" && !/^(\$|%24)/.test(parameter));
  const written = /\/attachments(?=\/?$)/i.exec(path)?.[0] ?? "/attachments";
  return item + written + (kept.length > 0 ? `?${kept.join("&")}` : "");
}

/** What stands before the query of a URL, and that. */
function halves(url: string): [path: string, query?: string] {
  const mark = url.indexOf("?");
  return mark < 0 ? [url] : [url.slice(0, mark), url.slice(mark + 1)];
}

export function below(collection: string, path: string): string {
  const [base, query] = halves(collection);
  return `${base}${path}${query === undefined ? "" : `?${query}`}`;
}

export function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

/** The id of the item that a collection belongs to, however its path is spelled. */
export function lastKey(collection: string): string {
  const segments = collection
    .split("?", 1)[0]!
    .replace(/(?:\/event)?\/attachments\/?$/i, "")
    .split("/");
  const last = segments.at(-1)!;
  const key = /^[a-z]+\((?:'|%27)(.*)(?:'|%27)\)$/i.exec(last)?.[1];
  return decoded(key?.replaceAll("''", "'") ?? last);
}

const MAILBOX = new RegExp(`^.*?/(?:me|(?:users|groups)${graphId})(?=/)`, "i");

/** The URL of the user or group that a URL is about. */
export function mailboxUrl(url: string): string {
  return MAILBOX.exec(url)?.[0] ?? url;
}

/** The mailbox that a URL is about: each takes four requests at once (docs: throttling-limits, Outlook service). */
export function mailboxOf(url: string): string {
  return mailboxUrl(url).toLowerCase();
}

export function withQuery(url: string, query: string): string {
  return query === "" ? url : `${url}${url.includes("?") ? "&" : "?"}${query}`;
}
