import { isObject } from "./isObject.js";
import { member, text } from "./json.js";
import type { Reply } from "./protocol.js";

/** The meaning of a status, for replies that say nothing themselves. */
const MEANINGS: Readonly<Record<number, string>> = {
  400: "the request is not valid",
  401: "the sign-in is missing or has expired",
  403: "access is denied",
  404: "nothing is there, or you have no access to it",
  405: "the service does not take this request there",
  408: "the request took too long",
  409: "it conflicts with something that is there or under way",
  410: "it is no longer there",
  412: "it has changed, or a condition of the request does not hold",
  413: "the request is too large",
  416: "the service expects another range",
  423: "it is locked",
  429: "there were too many requests",
  507: "the storage is full",
};

function meaningOf(status: number): string {
  if (status >= 500) return MEANINGS[status] ?? "the service has a fault of its own";
  if (status >= 300 && status < 400) return "it has moved";
  return MEANINGS[status] ?? (status < 300 ? "the reply could not be read" : "the request was refused");
}

/** The longest text that is taken for a message. Characters. */
const LONGEST = 300;

/** A service's own words: the message of an error in JSON, the title of a page, or a short text. */
function saidIn(body: unknown): string | undefined {
  if (typeof body !== "string") {
    const error = member(body, "error");
    const said = isObject(error)
      ? member(error, "message")
      : (member(body, "error_description") ?? member(body, "message"));
    return text(said)?.trim() || undefined;
  }
  const title = /<title[^>]*>([^<]{1,300})<\/title/i.exec(body)?.[1]?.replace(/\s+/g, " ").trim();
  if (title || /^\s*[<{[]/.test(body) || body.length > LONGEST) return title || undefined;
  return body.trim() || undefined;
}

/** The text of a refusal. If the service gave none: the status, the code, and their meaning. Never empty. */
export function wordsOf({ status, body }: Reply): string {
  const said = saidIn(body);
  if (said !== undefined) return said;
  const code = text(member(member(body, "error"), "code"));
  return `The service answered ${status}${code === undefined ? "" : ` (${code})`}: ${meaningOf(status)}.`;
}

/** Puts a sentence after a text that may lack its full stop. */
export function andThen(before: string, after: string): string {
  return `${before}${/[.!?…:]["'”’)]*$/.test(before) ? "" : "."} ${after}`;
}
