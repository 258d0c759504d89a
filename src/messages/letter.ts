import { openBase64 } from "../files/base64.js";
import { cutBody, infoIn, join, joinMembers } from "../files/contentBytes.js";
import { isObject, type Members } from "../isObject.js";
import { keyOf, member } from "../json.js";
import type { Part } from "../middlewareOptions.js";
import { spelledTwice } from "../spelling.js";

/** An attachment in the caller's order: a file, or JSON that travels unchanged. */
export type Entry = { readonly part: Part } | { readonly json: unknown };

/** The body of a POST that creates or sends an item, separated from its files. */
export interface Letter {
  /** The body without its attachments. */
  readonly body: Members;
  /** The members that hold the item and its attachments, as the caller spells them. */
  readonly holder?: string;
  /** A message in MIME, in base64. It is sent as it is, and `body` is empty. */
  readonly mime?: string;
  readonly list: string;
  readonly entries: readonly Entry[];
  /** Attachments that are not files. */
  readonly others: readonly unknown[];
  readonly files: readonly Part[];
  /** Two spellings of one name, of which the service would read one. */
  readonly twice?: readonly [string, string];
}

/**
 * Opens a body without decoding its base64. `holder`: the member that holds the attachments. Names are read in any letter
 * case. `undefined` if the body is not JSON or holds nothing to attach to.
 */
export function openLetter(
  json: string,
  holder: string | undefined,
  isFile: (type: unknown) => boolean,
): Letter | undefined {
  const cut = cutBody(json);
  if (!cut || !isObject(cut.value) || Array.isArray(cut.value)) return undefined;
  const body = cut.value;
  const key = holder === undefined ? undefined : (keyOf(body, holder) ?? holder);
  const held = key === undefined ? body : (body[key] ?? {});
  if (!isObject(held)) return undefined;
  const list = keyOf(held, "attachments") ?? "attachments";
  const { [list]: given, ...rest } = held;
  const attachments = given ?? [];
  if (!Array.isArray(attachments)) return undefined;
  const entries: Entry[] = [];
  const twice = [body, held].map(spelledTwice);
  for (const one of attachments) {
    const opened = isObject(one) && isFile(member(one, "@odata.type")) ? one : undefined;
    const base64 = opened && textOf(member(opened, "contentBytes"), cut.texts);
    const content = base64 === undefined ? undefined : openBase64(base64);
    if (!opened || !content) entries.push({ json: join(one, cut.texts) });
    else entries.push({ part: { file: infoIn(opened), content } });
    twice.push(spelledTwice(opened));
  }
  const joined = joinMembers(rest, cut.texts);
  return {
    body: key === undefined ? joined : { ...joinMembers(body, cut.texts), [key]: joined },
    holder: key,
    list,
    entries,
    others: entries.flatMap((entry) => ("json" in entry ? [entry.json] : [])),
    files: entries.flatMap((entry) => ("part" in entry ? [entry.part] : [])),
    twice: twice.find((found) => found !== undefined),
  };
}

/** The item in a letter. */
export function heldIn({ body, holder }: Pick<Letter, "body" | "holder">): Members {
  const held = holder === undefined ? body : body[holder];
  return isObject(held) ? held : {};
}

/** The body of a letter with attachments. */
export function withEntries(letter: Letter, attachments: readonly unknown[]): Members {
  const { body, holder, list } = letter;
  const held = attachments.length > 0 ? { ...heldIn(letter), [list]: attachments } : heldIn(letter);
  return holder === undefined ? held : { ...body, [holder]: held };
}

/** Separates the members that are set only when everything is attached. */
export function splitLater(
  body: Members,
  names: readonly string[],
): { readonly now: Members; readonly later: Members } {
  const waits = (name: string, value: unknown) =>
    names.includes(name.toLowerCase()) && Array.isArray(value) && value.length > 0;
  const entries = Object.entries(body);
  return {
    now: Object.fromEntries(entries.filter(([name, value]) => !waits(name, value))),
    later: Object.fromEntries(entries.filter(([name, value]) => waits(name, value))),
  };
}

/** The text that was cut out of this member. */
function textOf(index: unknown, texts: readonly string[]): string | undefined {
  return typeof index === "string" ? texts[Number(index)] : undefined;
}
