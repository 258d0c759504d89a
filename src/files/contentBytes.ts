import type { Content } from "../file.js";
import { UploadError } from "../errors.js";
import { REQUEST_LIMIT } from "../settings.js";
import { mistakeAt, openBase64, PIECE } from "./base64.js";
import { isObject, type Members } from "../isObject.js";
import type { Part } from "../middlewareOptions.js";
import { member, parseJson, text } from "../json.js";

/** A JSON body: its members, and its base64 as a file. */
export interface OpenedBody {
  /** All members except `contentBytes`. */
  readonly members: Readonly<Record<string, unknown>>;
  readonly content: Content;
}

/**
 * Opens the body of an attachment without decoding or copying its base64: finds `contentBytes` by the quotes around it and
 * parses the rest without it. `undefined` if the body is not a JSON object with one such string.
 */
export function openBody(body: string): OpenedBody | undefined {
  const all = findContentBytes(body).filter(({ depth }) => depth === 1);
  const exact = all.some(({ key }) => key === CONTENT_BYTES);
  const [value, another] = exact ? all.filter(({ key }) => key === CONTENT_BYTES) : all;
  if (!isText(value) || another) return undefined;
  const members = parseJson(body.slice(0, value.start) + body.slice(value.end));
  if (!isObject(members)) return undefined;
  const others = Object.entries(members).filter(([key]) => key !== value.key);
  const text = textOf(body, value);
  const content = text === undefined ? undefined : openBase64(text, !value.plain);
  return content && { members: Object.fromEntries(others), content };
}

/** A body whose `contentBytes` were all cut out. Each holds the index of its text instead. */
export interface CutBody {
  readonly value: object;
  readonly texts: readonly string[];
}

/** Parses a body without its base64, at any depth. `undefined` if it is not JSON. */
export function cutBody(body: string): CutBody | undefined {
  const texts: string[] = [];
  let rest = "";
  let end = 0;
  for (const value of findContentBytes(body).filter(isText)) {
    const text = textOf(body, value);
    if (text === undefined) return undefined;
    rest += body.slice(end, value.start) + texts.length;
    texts.push(text);
    end = value.end;
  }
  const value = parseJson(rest + body.slice(end));
  return isObject(value) ? { value, texts } : undefined;
}

/** Puts the texts that were cut out back into a part of a body. */
export function join(part: unknown, texts: readonly string[]): unknown {
  if (Array.isArray(part)) return part.map((element) => join(element, texts));
  return isObject(part) ? joinMembers(part, texts) : part;
}

/** Puts the texts that were cut out back into an object. */
export function joinMembers(part: object, texts: readonly string[]): Record<string, unknown> {
  const joined = Object.entries(part).map(([key, value]) => [
    key,
    isContentBytes(key) && typeof value === "string" ? texts[Number(value)] : join(value, texts),
  ]);
  return Object.fromEntries(joined);
}

/** A string in JSON: where it ends, and whether it has neither escapes nor spaces. */
interface Ending {
  readonly end: number;
  readonly plain: boolean;
}

/** A member `contentBytes` and the position of its value. Without `end`, the value is not a string. */
interface Found extends Partial<Ending> {
  readonly depth: number;
  readonly key: string;
  readonly start: number;
}

type FoundText = Found & Ending;

function isText(found: Found | undefined): found is FoundText {
  return found?.end !== undefined;
}

/**
 * Finds every member `contentBytes` of a body, at any depth, in order. Finds none if the body breaks off. Throws an
 * `UploadError` for one that is not base64 at all, in a body that no request can carry.
 */
function findContentBytes(body: string): Found[] {
  const found: Found[] = [];
  let depth = 0;
  let due: string | undefined; // the key whose value comes next, if it is contentBytes in any letter case
  for (let at = 0; at < body.length; at++) {
    const mark = body.charAt(at);
    const begins: string | undefined = /[\s:]/.test(mark) ? undefined : due;
    if (begins && mark !== '"') found.push({ depth, key: begins, start: at });
    if (mark === '"') {
      const ending = endOfString(body, at + 1);
      if (!ending) return [];
      const { end } = ending;
      if (begins) found.push({ depth, key: begins, start: at + 1, ...ending });
      due = !begins && isKey(body, end) ? contentBytesIn(body.slice(at + 1, end)) : undefined;
      const mistake = due && body.length > REQUEST_LIMIT ? mistakeAt(body, at) : undefined;
      if (mistake) throw new UploadError("invalid", mistake);
      at = end;
    } else {
      if (begins) due = undefined;
      if (mark === "{" || mark === "[") depth++;
      if (mark === "}" || mark === "]") depth--;
    }
  }
  return found;
}

/** True if a colon follows the string that ends here. */
function isKey(body: string, end: number): boolean {
  let at = end + 1;
  while (/\s/.test(body[at] ?? "")) at++;
  return body[at] === ":";
}

const CONTENT_BYTES = "contentBytes";

function isContentBytes(key: string): boolean {
  return key.length === CONTENT_BYTES.length && key.toLowerCase() === CONTENT_BYTES.toLowerCase();
}

/** The key, if it is contentBytes. It may be written with escapes. */
function contentBytesIn(key: string): string | undefined {
  if (key.length > 100) return undefined;
  const read = key.includes("\\") ? parseJson(`"${key}"`) : key;
  return typeof read === "string" && isContentBytes(read) ? read : undefined;
}

/** The closing quote of a string that begins at `start`: one with an even number of backslashes before it. */
function endOfString(body: string, start: number): Ending | undefined {
  let plain = true;
  for (let from = start; from < body.length; from += PIECE) {
    const piece = body.slice(from, from + PIECE);
    for (let at = -1; ;) {
      at = piece.indexOf('"', at + 1);
      const inside = at < 0 ? piece : piece.slice(0, at);
      plain &&= !inside.includes("\\") && !inside.includes(" ");
      if (at < 0) break;
      let slashes = 0;
      while (body.charCodeAt(from + at - 1 - slashes) === 0x5c) slashes++;
      if (slashes % 2 === 0) return { end: from + at, plain };
    }
  }
  return undefined;
}

// Characters that JSON does not allow in a string. Decoding finds those further in.
const CONTROL = /[\u0000-\u001f]/;
const LOOKED_AT = 1_024;

/** The text without JSON's escapes. Usually it has neither these nor spaces, and is not copied. */
function textOf(body: string, { start, end, plain }: FoundText): string | undefined {
  const text = body.slice(start, end);
  if (CONTROL.test(text.slice(0, LOOKED_AT))) return undefined; // no JSON
  if (plain) return text;
  const unescaped = parseJson(`"${text}"`);
  return typeof unescaped === "string" ? unescaped : undefined;
}

/** The metadata in an attachment's JSON, where `null` means absent. */
export function infoIn(attachment: Members): Part["file"] {
  const isInline = member(attachment, "isInline");
  return {
    name: text(member(attachment, "name")) ?? "",
    contentType: text(member(attachment, "contentType")),
    isInline: typeof isInline === "boolean" ? isInline : undefined,
    contentId: text(member(attachment, "contentId")),
  };
}
