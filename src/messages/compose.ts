import { attachFile } from "../attach/attachFile.js";
import { discardItem } from "../attach/discardItem.js";
import { UploadError } from "../errors.js";
import { read } from "../files/read.js";
import { errorBody, isUndone, Refusal } from "../http/refusal.js";
import type { Service } from "../http/service.js";
import { isObject, text, type Members } from "../json.js";
import { isLarge, REQUEST_LIMIT } from "../options.js";
import type { InlineFile, Reply } from "../protocol.js";
import type { Composition } from "../protocols/compositions.js";
import { item } from "../protocols/graph/item.js";
import type { Job } from "../upload/job.js";
import type { Letter } from "./letter.js";

/** Bytes of a body that are left for what stands between its parts. */
const MARGIN = 4_096;

/** A message or event to create with its attachments. */
export interface Work {
  readonly service: Service;
  readonly composition: Composition;
  readonly letter: Letter;
  /** How a file travels inside a body. */
  readonly inline: InlineFile;
  /** The letter's files, checked. Each is attached to the item once that exists. */
  readonly jobs: readonly Job[];
  /** Headers for the request that creates the item. */
  readonly headers: Readonly<Record<string, string>>;
  /** The caller wants no copy in Sent Items, and may allow that it is deleted after sending. */
  readonly deletesCopy: boolean;
  readonly mayDeleteCopy?: boolean;
}

/** The body of the first request, and the files that travel in it. */
interface Body {
  readonly body: Members;
  readonly inside: readonly Job[];
  readonly outside: readonly Job[];
}

/** Puts the small files into the body of the first request, as many as fit. */
export async function bodyOf({ letter, composition, inline, jobs, service }: Work): Promise<Body> {
  const attachments = [...letter.others];
  const inside: Job[] = [];
  const outside: Job[] = [];
  let length = bytesOf(JSON.stringify(letter.body)) + bytesOf(JSON.stringify(letter.others)) + MARGIN;
  for (const job of jobs) {
    const more = 4 * Math.ceil(job.file.size / 3) + 3 * JSON.stringify(job.file).length + MARGIN;
    const fits = !isLarge(job.file.size, service.settings) && length + more <= REQUEST_LIMIT;
    if (!composition.inside || !fits) {
      outside.push(job);
      continue;
    }
    inside.push(job);
    length += more;
  }
  for (const { file, content } of inside) {
    attachments.push(inline.write(file, await read(content, 0, file.size, service.settings.signal)));
  }
  const { holder } = composition;
  const held = holder ? letter.body[holder] : letter.body;
  const filled = { ...(isObject(held) ? held : {}), ...(attachments.length > 0 ? { attachments } : {}) };
  return { body: holder ? { ...letter.body, [holder]: filled } : filled, inside, outside };
}

/** Reports the progress of files that have travelled inside a body. */
export function reportInside(inside: readonly Job[]): void {
  for (const { file, service } of inside) service.settings.onProgress?.({ loaded: file.size, total: file.size });
}

/** Bytes of a text in UTF-8. Not counted where the text is short enough in any case. */
export function bytesOf(json: string): number {
  return json.length * 3 < REQUEST_LIMIT ? json.length : new TextEncoder().encode(json).length;
}

/** Creates the item, attaches what did not fit, and only then sends it or invites people. Returns the item unless it was sent. */
export async function compose(work: Work): Promise<object | undefined> {
  const { service, composition } = work;
  const { body, inside, outside } = await bodyOf(work);
  const alone = composition.bare && composition.holder ? body[composition.holder] : body;
  const { first, later } = splitLater(isObject(alone) ? alone : {}, composition.later);
  const made = await create(work, first);
  const id = String(made["id"]);
  const url = `${composition.items}/${encodeURIComponent(id)}`;
  let handedOver = false;
  try {
    reportInside(inside);
    for (const job of outside) await attachFile({ ...job, collection: `${url}/attachments` });
    handedOver = true;
    if (composition.sends) await send(service, url, id);
    else if (Object.keys(later).length > 0) await invite(service, url, later, id);
  } catch (error) {
    const message = `Nothing was sent, but the unfinished item ${id} could not be deleted. Delete it, or finish it by hand.`;
    if (!handedOver || isUndone(error)) {
      await service.cleanUp((free) => discardItem(free, { url, id, message, cause: error }));
    }
    throw withoutSession(error);
  }
  if (composition.sends) {
    if (work.deletesCopy) await deleteCopy(service, url, id);
    return undefined;
  }
  return service.get(item.read(url), item.members).catch(() => ({ ...made, ...later, hasAttachments: true }));
}

/** Separates the members that are set only when everything is attached. */
function splitLater(body: Members, names: readonly string[]): { readonly first: Members; readonly later: Members } {
  const waits = (name: string, value: unknown) => names.includes(name) && Array.isArray(value) && value.length > 0;
  const entries = Object.entries(body);
  return {
    first: Object.fromEntries(entries.filter(([name, value]) => !waits(name, value))),
    later: Object.fromEntries(entries.filter(([name, value]) => waits(name, value))),
  };
}

async function create({ service, composition, headers }: Work, body: Members): Promise<Members> {
  const made = service.ask<Members>({
    request: item.create(composition.create, body, headers),
    read(reply) {
      if (service.api.verdict(reply) === "passing") throw service.refusal(reply);
      const members = item.members(reply);
      const id = text(members?.["id"]);
      return id === undefined || /^\.{1,2}$/.test(id) ? undefined : members;
    },
    repeat: "ifNotTaken",
    uncertain(cause) {
      const message =
        "The request that creates the item was not confirmed. The item may exist without its attachments. Nothing was sent to anybody.";
      return new UploadError("uncertain", message, { cause });
    },
  });
  return made.catch((error: unknown) => {
    throw error instanceof Refusal ? explained(error, composition) : error;
  });
}

/** Explains why a request that used to need only Mail.Send is refused. */
function explained(refusal: Refusal, { permission, sends }: Composition): Refusal {
  const { reply, verdict } = refusal;
  if (reply.status !== 403) return refusal;
  const error = errorBody(reply);
  const next = sends ? " next to Mail.Send" : "";
  const why = `Attachments that do not fit into one request are added to an item that is created first, which needs the permission ${permission}${next}.`;
  const message = `${error.message} ${why}`.trim();
  return new Refusal({ ...reply, body: { error: { ...error, message } } }, verdict);
}

/** Sends a draft, never twice: after a doubt, the draft itself shows whether it has been sent. */
async function send(service: Service, url: string, id: string): Promise<void> {
  await service.ask<true>({
    request: item.send(url),
    read: ({ status }) => (status < 300 ? true : undefined),
    repeat: "ifNotTaken",
    async settle() {
      const isGone = (reply: Reply) => (reply.status === 404 ? { isDraft: false } : item.members(reply));
      const state = await service.get(item.read(url, "isDraft"), isGone).catch(() => undefined);
      return state?.["isDraft"] === false ? true : undefined;
    },
    uncertain(cause) {
      const message = `The sending was not confirmed, so the message may have been sent. Check Sent Items before you send it again. Its draft has the id ${id}.`;
      return new UploadError("uncertain", message, { item: id, cause });
    },
  });
}

/** Sets what waited for the attachments. Doing it again does no harm, but is avoided if it was done. */
async function invite(service: Service, url: string, later: Members, id: string): Promise<void> {
  const [name = ""] = Object.keys(later);
  const uncertain = (cause: unknown) => {
    const message = `The event ${id} exists with its attachments, but people may not have been invited.`;
    return new UploadError("uncertain", message, { item: id, cause });
  };
  await service.ask<true>({
    request: item.change(url, later),
    read: ({ status }) => (status < 300 ? true : undefined),
    repeat: "always",
    async settle() {
      const state = await service.get(item.read(url, name), item.members).catch(() => undefined);
      const people = state?.[name];
      return Array.isArray(people) && people.length > 0 ? true : "notDone";
    },
    uncertain,
  });
}

/** The item of an upload that could be resumed is gone, so its session is of no use. */
function withoutSession(error: unknown): unknown {
  if (!(error instanceof UploadError) || !error.session) return error;
  const message = "A file could not be attached. Nothing was sent, and the unfinished item was deleted.";
  return new UploadError(error.code, message, { cause: error.cause ?? error });
}

async function deleteCopy(service: Service, url: string, id: string): Promise<void> {
  const isSent = (reply: Reply) => item.members(reply)?.["isDraft"] === false;
  try {
    const retrier = service.retrier();
    while (!isSent(await service.get(item.read(url, "isDraft"), (reply) => reply))) {
      if (!(await retrier.next())) throw new Error("The message is still being sent.");
    }
    await service.get(item.discard(url), ({ status }) => (status < 300 || status === 404 ? true : undefined));
  } catch (cause) {
    const message = `The message was sent, but its copy ${id} in Sent Items could not be deleted.`;
    throw new UploadError("leftBehind", message, { cause, item: id });
  }
}
