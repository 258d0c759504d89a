import { base64Content } from "./base64.js";
import type { Content } from "./open.js";

/** The members of a JSON body, and its base64 as a file. */
export interface OpenedBody {
  /** All members but `contentBytes`. */
  readonly members: Readonly<Record<string, unknown>>;
  readonly content: Content;
}

/**
 * Opens the body of an attachment without decoding or copying its base64: `contentBytes` is found by the marks around
 * it, and the rest is parsed without it. `undefined`: no JSON object with one such string.
 */
export function openBody(body: string): OpenedBody | undefined {
  const found = findContentBytes(body).filter(({ depth }) => depth === 1);
  const [value] = found;
  if (found.length !== 1 || value?.end === undefined) return undefined;
  const members = parsed(body.slice(0, value.start) + body.slice(value.end));
  if (typeof members !== "object" || members === null) return undefined;
  const { contentBytes: _, ...others } = members as Record<string, unknown>;
  const text = textOf(body, value);
  return text === undefined ? undefined : { members: others, content: base64Content(text) };
}

/** A body whose every `contentBytes` was cut out: in its place stands the number of its text. */
export interface CutBody {
  readonly value: unknown;
  readonly texts: readonly string[];
}

/** Parses a body without its base64, at any depth; `undefined`: it is no JSON. */
export function cutBody(body: string): CutBody | undefined {
  const found = findContentBytes(body).filter(({ end }) => end !== undefined);
  const texts = found.map((value) => textOf(body, value));
  const starts = [0, ...found.map(({ end }) => end!)];
  const pieces = starts.map(
    (start, index) => body.slice(start, found[index]?.start) + (index < found.length ? index : ""),
  );
  const value = parsed(pieces.join(""));
  if (typeof value !== "object" || value === null || texts.includes(undefined)) return undefined;
  return { value, texts: texts as string[] };
}

/** Puts every text back that was cut out of a part of a body. */
export function mend(part: unknown, texts: readonly string[]): unknown {
  if (Array.isArray(part)) return part.map((element) => mend(element, texts));
  if (typeof part !== "object" || part === null) return part;
  const mended = Object.entries(part).map(([key, value]) => [
    key,
    key === "contentBytes" && typeof value === "string" ? texts[Number(value)] : mend(value, texts),
  ]);
  return Object.fromEntries(mended);
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** A member `contentBytes`, and where the text of its value stands; without `end`, the value is no string. */
interface Found {
  readonly depth: number;
  readonly start: number;
  readonly end?: number;
}

/** Every member `contentBytes` of a body, at any depth, in order; none where the body breaks off. */
function findContentBytes(body: string): Found[] {
  const found: Found[] = [];
  let depth = 0;
  let due = false; // the value that comes is one of contentBytes
  for (let at = 0; at < body.length; at++) {
    const mark = body[at]!;
    const begins: boolean = due && !/[\s:]/.test(mark);
    if (begins && mark !== '"') found.push({ depth, start: at });
    if (mark === '"') {
      const end = endOfString(body, at + 1);
      if (end === undefined) return [];
      if (begins) found.push({ depth, start: at + 1, end });
      due = !begins && isKey(body, end) && isContentBytes(body.slice(at + 1, end));
      at = end;
    } else {
      if (begins) due = false;
      if (mark === "{" || mark === "[") depth++;
      if (mark === "}" || mark === "]") depth--;
    }
  }
  return found;
}

/** Whether the string that ends here is followed by a colon. */
function isKey(body: string, end: number): boolean {
  let at = end + 1;
  while (/\s/.test(body[at] ?? "")) at++;
  return body[at] === ":";
}

/** A key may be written with escapes. */
function isContentBytes(key: string): boolean {
  if (key.length > 100) return false;
  if (!key.includes("\\")) return key === "contentBytes";
  try {
    return JSON.parse(`"${key}"`) === "contentBytes";
  } catch {
    return false;
  }
}

/** The closing quote of a string that begins at `start`: one with an even number of backslashes before it. */
function endOfString(body: string, start: number): number | undefined {
  for (let end = body.indexOf('"', start); end >= 0; end = body.indexOf('"', end + 1)) {
    let slashes = 0;
    while (body.charCodeAt(end - 1 - slashes) === 0x5c) slashes++;
    if (slashes % 2 === 0 || end - slashes < start) return end;
  }
  return undefined;
}

// What JSON does not allow in a string. Further in, it is no base64 either, which decoding tells.
const CONTROL = /[\u0000-\u001f]/;
const LOOKED_AT = 1_024;

/** The text as JSON means it; the very string of the body where it has no escapes, which is the rule. */
function textOf(body: string, { start, end }: Found): string | undefined {
  const text = body.slice(start, end);
  if (CONTROL.test(text.slice(0, LOOKED_AT))) return undefined; // no JSON
  return text.includes("\\") ? (parsed(`"${text}"`) as string | undefined) : text;
}
