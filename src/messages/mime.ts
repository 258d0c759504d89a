import type { Context } from "@microsoft/microsoft-graph-client";
import type { InterceptedRequest } from "../attach/intercept.js";
import { discardItem } from "../attach/discardItem.js";
import { UploadError } from "../errors.js";
import { openBase64 } from "../files/base64.js";
import { exactBytes, isBytes } from "../files/bytes.js";
import { chunksOf } from "../files/stream.js";
import { isPlainText } from "../http/headers.js";
import type { Service } from "../http/service.js";
import { isObject, type Members } from "../isObject.js";
import { member, text } from "../json.js";
import { inMegabytes, sizeAndLimit } from "../megabytes.js";
import { REQUEST_LIMIT } from "../settings.js";
import type { Reply, WireRequest } from "../protocol.js";
import type { Composition } from "../protocols/compositions.js";
import { item } from "../protocols/graph/item.js";
import type { Letter } from "./letter.js";
import { changeMark, isMarked, MARKS } from "./mark.js";
import type { Work } from "./work.js";

/** Bytes of the beginning of a message in which its headers are looked for. */
const HEADERS = 65_536;
/** Searched for, because a pattern that matches megabytes as a whole can exhaust the stack. */
const NOT_BASE64 = /[^A-Za-z0-9+/=\s]/;
const SEND_ELSE =
  "Send it by graphTransport of graph-large-attachments/nodemailer, or give its large files to withAttachments instead.";

/** True if the body of a request is a message in MIME. JSON with the wrong type is for the service to refuse. */
export const isMime = ({ options }: Context, { event }: Composition): boolean =>
  !event && isPlainText(options?.headers) && !isJson(options?.body);

const isJson = (body: unknown) => typeof body === "string" && /^\s*[[{]/.test(body);

/** Opens a message in MIME, which Graph takes as base64. Throws an `UploadError` if it is something else, or too large. */
export async function openMime(body: unknown, holder: string | undefined): Promise<Letter> {
  const mime = await textOf(body);
  if (mime === undefined || NOT_BASE64.test(mime) || mime.trim() === "" || !openBase64(mime)) {
    throw new UploadError(
      "invalid",
      "A body of the type text/plain must be a message in MIME, encoded as base64. Nothing was sent.",
    );
  }
  if (mime.length > REQUEST_LIMIT) throw tooLarge(mime.length, "Give more of its files to withAttachments instead.");
  return { mime, body: {}, holder, list: "attachments", entries: [], others: [], files: [] };
}

/** Sends a message in MIME on as it came, unless no request can carry it. A stream is read before, as far as a request goes. */
export async function passMime({ context, next }: Pick<InterceptedRequest, "context" | "next">): Promise<true> {
  const { options } = context;
  const body: unknown = options?.body;
  const whole = isStream(body) ? await readStream(body) : body;
  const size = sizeOf(whole);
  if (size > REQUEST_LIMIT) throw tooLarge(size, SEND_ELSE);
  if (whole !== body) Object.assign(options ?? {}, { body: whole });
  await next.execute(context);
  mustBeTaken(context.response?.status, whole);
  return true;
}

/** Refuses a success that means the opposite: above some 2.2 MB, 200 was seen where 201 and 202 are documented (docs #13979). */
export function mustBeTaken(status: number | undefined, body: unknown): void {
  const size = sizeOf(body);
  if (status !== 200 || !(size > REQUEST_LIMIT / 2)) return;
  const message = `Outlook answered 200 to the MIME of ${inMegabytes(size)}, which means that it did not accept it. ${SEND_ELSE}`;
  throw new UploadError("tooLarge", message);
}

function tooLarge(size: number, advice: string): UploadError {
  const [has, most] = sizeAndLimit(size, REQUEST_LIMIT);
  const message = `The MIME has ${has} in base64; one request takes up to ${most}. ${advice} Nothing was sent.`;
  return new UploadError("tooLarge", message);
}

/** The request that creates or sends what a letter holds. */
export function requestFor(
  { mime }: Letter,
  url: string,
  body: Members,
  headers?: Readonly<Record<string, string>>,
): WireRequest {
  return mime === undefined ? item.create(url, body, headers) : item.mime(url, mime, headers);
}

/**
 * Creates a draft from MIME, which cannot hold a mark. A draft whose reply was lost is found by its Message-ID. `owner`: the
 * try of the option `once` whose mark the draft gets.
 */
export async function createFromMime(
  { service, composition, once }: Work,
  mime: string,
  owner: string | undefined,
  createOnce: (look: () => Promise<Members | "notDone" | undefined>) => Promise<Members>,
): Promise<Members> {
  const made = await createOnce(async () => {
    const found = await unmarked(service, composition, mime);
    if (found?.length === 0) return "notDone";
    return found?.length === 1 ? service.get(item.read(found[0] ?? ""), item.members) : undefined;
  });
  if (once === undefined) return made;
  const id = text(member(made, "id")) ?? "";
  const url = `${composition.items}/${encodeURIComponent(id)}`;
  const fresh = service.with({}, { reached: false });
  try {
    await fresh.get(changeMark(url, once, { owner }), item.done);
    return made;
  } catch (cause) {
    const message = `Nothing was sent, but the unfinished item ${id} could not be deleted. Delete it by hand.`;
    await fresh.cleanUp((free) => discardItem(free, { url, id, message, cause }));
    throw cause;
  }
}

/** Deletes the drafts of tries that ended before they could mark what they had created. */
export async function removeStrays({ service, composition, letter: { mime } }: Work): Promise<void> {
  if (mime === undefined) return;
  const strays = await unmarked(service, composition, mime).catch(() => undefined);
  const done = (reply: Reply) => item.done(reply) ?? (reply.status === 404 ? true : undefined);
  await Promise.allSettled((strays ?? []).map((url) => service.get(item.discard(url), done)));
}

/** The drafts that were created from this MIME and have no mark: their URLs. `undefined` if nobody can tell. */
async function unmarked(service: Service, { items }: Composition, mime: string): Promise<string[] | undefined> {
  const messageId = await messageIdOf(mime);
  if (messageId === undefined) return undefined;
  const filter = `internetMessageId eq '${messageId.replaceAll("'", "''")}'`;
  const query = `$filter=${encodeURIComponent(filter)}&$expand=${encodeURIComponent(MARKS)}&$select=id,isDraft`;
  const page = await service.get({ method: "GET", url: `${items}?${query}`, to: "api" }, item.page);
  const found = page.value.filter((one) => member(one, "isDraft") === true && !isMarked(one));
  return found.map((one) => `${items}/${encodeURIComponent(text(member(one, "id")) ?? "")}`);
}

/** The part of a message in MIME that the next try has as well: all but its Message-ID, date and boundaries. */
export async function lastingPart(mime: string): Promise<string> {
  const content = openBase64(mime);
  const bytes = content ? await content.read(0, content.size) : new Uint8Array(0);
  const whole = new TextDecoder().decode(bytes);
  const end = /\r?\n\r?\n/.exec(whole)?.index ?? whole.length;
  const headers = whole.slice(0, end).replace(/^(date|message-id):.*(\r?\n[ \t].*)*/gim, "");
  const boundaries = [...whole.matchAll(/boundary="?([^";\r\n]+)/gi)].map(([, boundary = ""]) => boundary);
  return boundaries.reduce((text, one) => text.replaceAll(one, ""), headers + whole.slice(end));
}

/** The Message-ID in the headers of a message. */
async function messageIdOf(mime: string): Promise<string | undefined> {
  const content = openBase64(mime.slice(0, HEADERS));
  const start = content ? await content.read(0, content.size) : new Uint8Array(0);
  const [headers = ""] = new TextDecoder().decode(start).split(/\r?\n\r?\n/);
  return /^message-id:\s*(<[^<>\s]+>)/im.exec(headers)?.[1];
}

async function textOf(body: unknown): Promise<string | undefined> {
  if (typeof body === "string") return body;
  if (isBytes(body)) return new TextDecoder().decode(exactBytes(body));
  return body instanceof Blob ? body.text() : undefined;
}

/** Bytes of a body. `NaN` if it does not say. */
function sizeOf(body: unknown): number {
  if (typeof body === "string") return body.length;
  return isBytes(body) ? body.byteLength : body instanceof Blob ? body.size : NaN;
}

/** A stream of a web page or of Node. */
type Chunks = ReadableStream<unknown> | AsyncIterable<unknown>;

const isStream = (body: unknown): body is Chunks =>
  isObject(body) && (Symbol.asyncIterator in body || "getReader" in body);

/** The bytes of a stream, or as many as show that it is too large. */
async function readStream(stream: Chunks): Promise<Uint8Array> {
  const chunks = Symbol.asyncIterator in stream ? stream[Symbol.asyncIterator]() : chunksOf(stream);
  let all = new Uint8Array(0);
  for (let next = await chunks.next(); !next.done && all.length <= REQUEST_LIMIT; next = await chunks.next()) {
    const chunk: unknown = next.value;
    const bytes = isBytes(chunk) ? exactBytes(chunk) : new TextEncoder().encode(String(chunk));
    const joined = new Uint8Array(all.length + bytes.length);
    joined.set(all);
    joined.set(bytes, all.length);
    all = joined;
  }
  if (all.length > REQUEST_LIMIT) await chunks.return?.();
  return all;
}
