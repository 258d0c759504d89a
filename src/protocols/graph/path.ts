/** A key as a segment or in parentheses. Each character can be read in one way only, so no text is slow to read. */
const graphId = "(?:/[^/?#]+|\\((?:'|%27)(?:(?!%27)[^'?#/]|''|%27%27)*(?:'|%27)\\))";

/** Matches the text before a mailbox in a URL: a host, a version, a gateway's path. Paths of a drive have colons and do not match. */
export const BEFORE = "(?:https?://[^/]+)?[^:]*";

/** A matcher of item paths below a mailbox. `{}` stands for a key, as a segment or in parentheses. Letter case is ignored. */
export function pathPattern(path: string): RegExp {
  return new RegExp(`^(${BEFORE}${keyed(path)})(/attachments)?/?$`, "i");
}

/** The source of a pattern in which `{}` stands for a key. */
export function keyed(path: string): string {
  return path.replaceAll("{}", graphId);
}

/** Splits a URL without its fragment into its path and its query. */
export function splitUrl(url: string): readonly [path: string, query: string | undefined] {
  const hash = url.indexOf("#");
  const whole = hash < 0 ? url : url.slice(0, hash);
  const mark = whole.indexOf("?");
  return mark < 0 ? [whole, undefined] : [whole.slice(0, mark), whole.slice(mark + 1)];
}

/** The parameters of a query that are not OData's: those do not fit the requests of an upload. */
export function withoutOData(query: string | undefined): string {
  if (!query) return "";
  const kept = query.split("&").filter((parameter) => parameter !== "" && !/^(\$|%24)/.test(parameter));
  return kept.length > 0 ? `?${kept.join("&")}` : "";
}

/** The collection of a URL whose path fits one of the patterns. */
export function collectionOf(url: string, patterns: readonly RegExp[]): string | undefined {
  const [path, query] = splitUrl(url);
  for (const pattern of patterns) {
    const [, item, written = "/attachments"] = pattern.exec(path) ?? [];
    if (item !== undefined) return item + written + withoutOData(query);
  }
  return undefined;
}

/** Appends a path to a URL, before its query. */
export function below(collection: string, path: string): string {
  const [base, query] = splitUrl(collection);
  return `${base}${path}${query === undefined ? "" : `?${query}`}`;
}

export function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

/** The id of the item that a collection belongs to, however its path is written. */
export function lastKey(collection: string): string {
  const path = splitUrl(collection)[0].replace(/(?:\/event)?\/attachments\/?$/i, "");
  const last = path.slice(path.lastIndexOf("/") + 1);
  const key = /^[a-z]+\((?:'|%27)(.*)(?:'|%27)\)$/i.exec(last)?.[1];
  return decoded(key?.replaceAll("''", "'") ?? last);
}

const MAILBOX = new RegExp(`^.*?/(?:me|(?:users|groups)${graphId})(?=/)`, "i");

/** The URL of the user or group that a URL belongs to. */
export function mailboxUrl(url: string): string {
  return MAILBOX.exec(url)?.[0] ?? url;
}

const OWNER = new RegExp(
  `^(.*?)/(?:me|(users|groups|sites|drives|shares|teams|chats|print/\\w+)(${graphId}))(?=[/?#]|$)`,
  "i",
);

/**
 * The mailbox, drive, team or chat that a URL belongs to, in one spelling: v1.0 and beta, both forms of a key, letter case and
 * escapes make no difference. `me`: the user behind `/me`.
 */
export function mailboxOf(url: string, me?: string): string {
  const [, before, kind, key = ""] = OWNER.exec(url) ?? [];
  if (before === undefined) return splitUrl(url)[0].toLowerCase();
  const bare = decoded(key.slice(1).replace(/^(?:'|%27)(.*)(?:'|%27)\)$/i, "$1")).replaceAll("''", "'");
  const owner = kind === undefined ? (me === undefined ? "me" : `users/${me}`) : `${kind}/${bare}`;
  return `${before.replace(/\/beta$/i, "/v1.0")}/${owner}`.toLowerCase();
}

export function withQuery(url: string, query: string): string {
  return query === "" ? url : `${url}${url.includes("?") ? "&" : "?"}${query}`;
}
