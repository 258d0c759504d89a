import { tell } from "../callbacks.js";
import { UploadError } from "../errors.js";
import { read } from "../files/read.js";
import { isObject, type Members } from "../isObject.js";
import { member, text } from "../json.js";
import { inMegabytes } from "../megabytes.js";
import { isLarge, REQUEST_LIMIT } from "../settings.js";
import { inBase64 } from "../http/requestBody.js";
import type { Job } from "../upload/job.js";
import type { Work } from "./work.js";
import { heldIn, withEntries } from "./letter.js";

/** An attachment on its way: a file, or JSON that travels unchanged. */
export type Attachment = { readonly job: Job } | { readonly json: unknown };

/** The body of the first request, and the attachments that travel in it. */
export interface FirstBody {
  readonly body: Members;
  readonly inside: readonly Attachment[];
  readonly outside: readonly Attachment[];
}

/** Bytes of a text in UTF-8. */
export function bytesOf(json: string): number {
  return new TextEncoder().encode(json).length;
}

/** The attachments in the caller's order. */
function attachmentsOf({ letter, jobs }: Work): Attachment[] {
  let file = 0;
  return letter.entries.flatMap((entry): Attachment[] => {
    if ("json" in entry) return [entry];
    const job = jobs[file++];
    return job ? [{ job }] : [];
  });
}

/** Links, and what is not known, can be attached only by the request that creates the item. */
function isMovable(attachment: Attachment): boolean {
  return "job" in attachment || /itemAttachment$/i.test(text(member(attachment.json, "@odata.type")) ?? "");
}

/**
 * Fills the body of the first request with attachments, as many as fit into `most` bytes. The caller's order is kept: what
 * follows an attachment that does not fit waits for it. `whole`: nothing is read unless everything fits.
 */
export async function firstBody(work: Work, most: number, whole = false): Promise<FirstBody> {
  const { letter, composition, inline, service } = work;
  const { threshold = Infinity, signal } = service.settings;
  const all = attachmentsOf(work);
  if (letter.mime !== undefined) return { body: {}, inside: [], outside: all };
  const stays = (one: Attachment) => composition.inside && !isMovable(one);
  const fixed = all.flatMap((one) => (stays(one) && "json" in one ? [one.json] : []));
  let length = bytesOf(JSON.stringify(withEntries(letter, [...fixed, 0])));
  const inside: Attachment[] = [];
  const outside: Attachment[] = [];
  for (const one of all) {
    const fits = () => "json" in one || !isLarge(one.job.file.size, { threshold });
    const more = stays(one) ? 0 : weightOf(one, inline);
    const goes = stays(one) || (composition.inside && outside.length === 0 && fits() && length + more <= most);
    (goes ? inside : outside).push(one);
    if (goes) length += more;
  }
  const files = inside.reduce((sum, one) => sum + ("job" in one ? one.job.file.size : 0), 0);
  await service.turn(...inBase64(files));
  const attachments: unknown[] = [];
  for (const one of whole && outside.length > 0 ? [] : inside) {
    if ("json" in one) attachments.push(one.json);
    else {
      const { file, content } = one.job;
      const bytes = await service.whileReading(read(content, 0, file.size, signal));
      attachments.push(inline.write(file, bytes));
    }
  }
  return { body: withEntries(letter, attachments), inside, outside };
}

/** Bytes that an attachment adds to a body. */
function weightOf(one: Attachment, inline: Work["inline"]): number {
  if ("json" in one) return bytesOf(JSON.stringify(one.json)) + 1;
  const { file } = one.job;
  return bytesOf(JSON.stringify(inline.write(file, new Uint8Array(0)))) + 4 * Math.ceil(file.size / 3) + 1;
}

/** True if a letter holds a file that could not be opened and fits into no request. Only the service says what is wrong. */
export function mustPass({ others }: Work["letter"], inline: Work["inline"]): boolean {
  const isUnopened = (json: unknown) => inline.creates(member(json, "@odata.type"));
  return others.some((json) => isUnopened(json) && bytesOf(JSON.stringify(json)) > REQUEST_LIMIT);
}

/** Refuses what no request can carry, before the first one. */
export function mustFit({ letter }: Work): void {
  for (const json of letter.others) {
    const size = bytesOf(JSON.stringify(json));
    if (size > REQUEST_LIMIT) throw tooLarge(nameOf(json), size, "Attach it as a file instead");
  }
  if (bytesOf(JSON.stringify(letter.body)) <= REQUEST_LIMIT) return;
  const members = { ...letter.body, ...heldIn(letter), [letter.holder ?? ""]: undefined };
  const sizes = Object.entries(members).map(([name, value]) => [name, bytesOf(JSON.stringify(value) ?? "")] as const);
  const [name, size] = sizes.reduce((one, other) => (other[1] > one[1] ? other : one));
  throw tooLarge(`The text of the message (${name})`, size, "Shorten it, or attach it as a file");
}

function tooLarge(what: string, size: number, next: string): UploadError {
  const limits = `${what} has ${inMegabytes(size)}; one request takes up to ${inMegabytes(REQUEST_LIMIT)}.`;
  return new UploadError("tooLarge", `${limits} ${next}. Nothing was sent.`);
}

/** The name of an attachment in JSON. */
export function nameOf(json: unknown): string {
  const name = isObject(json) ? text(member(json, "name")) : undefined;
  return name ?? "An attachment without a name";
}

/** Reports the progress of files that have travelled inside a body. */
export function reportInside(inside: readonly Attachment[]): void {
  for (const one of inside) {
    if (!("job" in one)) continue;
    const { file, service } = one.job;
    tell(service.settings.onProgress, { loaded: file.size, total: file.size });
  }
}
