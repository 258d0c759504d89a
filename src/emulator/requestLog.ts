import type { Reply, RequestKind, RequestLogEntry, SessionInfo } from "./api.js";
import type { Exchange, RequestHead } from "./call.js";

/** Longer bodies are not in the log. */
const LONGEST = 4000;

/** The log entry of a request on any origin, without its secrets. */
export function logEntry(head: RequestHead, kind: RequestKind, authorized: boolean, started: number): RequestLogEntry {
  const { authorization: _secret, cookie: _other, ...headers } = head.headers;
  return {
    origin: head.origin,
    method: head.method,
    path: withoutTokens(pathOf(head.url)),
    kind,
    headers,
    authorized,
    contentRange: head.headers["content-range"],
    bodyBytes: 0,
    started,
  };
}

/** Adds the body of a request to its entry, as far as people read it. */
export function noteBody(entry: RequestLogEntry, body: Buffer): void {
  const { "content-type": type = "" } = entry.headers;
  if (/\bjson\b/.test(type) && body.length <= LONGEST) entry.sent = withoutTokens(body.toString());
}

/** Adds the answer to an entry. */
export function noteReply(entry: RequestLogEntry, { status, headers, body }: Reply, ended: number): void {
  [entry.status, entry.ended] = [status, ended];
  const texts = Object.entries(headers).map(([name, value]) => [name, withoutTokens(value)]);
  const readable = /\b(?:json|text)\b/.test(headers["content-type"] ?? "") && body.length <= LONGEST;
  entry.reply = { headers: Object.fromEntries(texts), body: readable ? withoutTokens(body.toString()) : "" };
}

/** Finds the session and the item of each request. */
export class Subjects {
  private readonly sessions = new Map<string, string>();
  private latest: string | undefined;

  /** Call it for each new session. */
  add({ id, uploadUrl }: SessionInfo): void {
    this.sessions.set(keyOf(uploadUrl), id);
    this.latest = id;
  }

  clear(): void {
    this.sessions.clear();
  }

  /** Names the subjects of a request in its entry: what its URL names, and what its answer creates. */
  note(exchange: Exchange): Exchange {
    const { head, entry } = exchange;
    const item = itemIn(head.url);
    if (item !== undefined) entry.item = item;
    const session =
      this.sessions.get(keyOf(head.url)) ?? (head.origin === "azureDevOps" ? attachmentIn(head.url) : undefined);
    if (session !== undefined) entry.session = session;
    const answer: Exchange["answer"] = (body, keep) => {
      this.latest = undefined;
      const reply = exchange.answer(body, keep);
      const created = reply.status < 300 ? idIn(reply.body) : undefined;
      if (this.latest !== undefined) entry.session = this.latest;
      else if (created !== undefined && entry.kind === "draft") entry.item = created;
      else if (created !== undefined && head.origin === "azureDevOps" && entry.session === undefined)
        entry.session = created;
      return reply;
    };
    return { ...exchange, answer };
  }
}

const pathOf = (url: string): string => url.slice(url.indexOf("/", "https://".length));

/** Upload URLs of Outlook and print have a token in the query, those of a business drive a session as well. */
const keyOf = (url: string): string => {
  const plain = pathOf(url)
    .replace(/'|%27/g, "'")
    .replace(/\/content$/, "");
  return plain.replace(/[?&](?:temp)?auth(?:token)?=.*$/, "");
};

const itemIn = (url: string): string | undefined => {
  const path = decode(pathOf(url).split("?")[0]!);
  const [, key, quoted] =
    /\/(?:messages|events|tasks|documents|workitems)(?:\/([^/]+)|\('([^']+)'\))/i.exec(path) ?? [];
  return key ?? quoted;
};

const attachmentIn = (url: string): string | undefined =>
  /\/attachments\/([0-9a-f-]{36})/i.exec(pathOf(url))?.[1]?.toLowerCase();

function idIn(body: Buffer): string | undefined {
  if (body.length > LONGEST) return undefined;
  try {
    const { id } = JSON.parse(body.toString()) as { readonly id?: unknown };
    return typeof id === "string" ? id : undefined;
  } catch {
    return undefined;
  }
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Tokens of upload and download URLs. An upload URL of a personal drive is one as a whole. */
const withoutTokens = (text: string): string =>
  text
    .replace(/((?:temp)?auth(?:token)?=)[^&"\s]*/gi, "$1…")
    .replace(/(?<=(?:^|https:\/\/[^/"\s]+)\/up\/)[^?"\s]*/g, "…");
