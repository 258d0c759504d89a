import { attachFile } from "../attach/attachFile.js";
import { discard } from "../attach/discard.js";
import { UploadError } from "../errors.js";
import { errorBody, NoReply, Refusal } from "../http/refusal.js";
import type { Letter } from "./letter.js";
import { isLarge } from "../options.js";
import { REQUEST_LIMIT } from "../client/recognise.js";
import type { Reply, WireRequest } from "../protocol.js";
import { once } from "../attach/once.js";
import type { Composition } from "../protocols/compositions.js";
import { item } from "../protocols/graph/item.js";
import type { Service } from "../http/service.js";
import type { UploadPlan } from "../upload/session.js";

/** Bytes of a body that are left for what stands between its parts. */
const ROOM = 4_096;

/** A message or event that is to be made with its attachments. */
export interface Work {
  readonly service: Service;
  readonly composition: Composition;
  readonly letter: Letter;
  /** The letter's files, checked; each is attached to the item once that is there. */
  readonly plans: readonly UploadPlan[];
  /** Headers for the request that creates the item. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whether the caller wants no copy in Sent Items, and lets it be deleted after sending. */
  readonly deletesCopy: boolean;
  readonly mayDeleteCopy?: boolean;
}

/** The body of the first request, and which files travel in it. */
interface Body {
  readonly body: Readonly<Record<string, unknown>>;
  readonly inside: readonly UploadPlan[];
  readonly outside: readonly UploadPlan[];
}

/** Puts into one body what it can carry of the files: the small ones, as many as fit. */
export async function bodyOf({ letter, composition, plans, service }: Work): Promise<Body> {
  const attachments = [...letter.others];
  const [inside, outside]: [UploadPlan[], UploadPlan[]] = [[], []];
  let length = bytesOf(JSON.stringify(letter.body)) + bytesOf(JSON.stringify(letter.others)) + ROOM;
  for (const plan of plans) {
    const more = 4 * Math.ceil(plan.file.size / 3) + 3 * JSON.stringify(plan.file).length + ROOM;
    const fits = !isLarge(plan.file.size, service.settings) && length + more <= REQUEST_LIMIT;
    (composition.inside && fits ? inside : outside).push(plan);
    if (outside.at(-1) !== plan) length += more;
  }
  for (const { file, content } of inside)
    attachments.push(service.protocol.inline!(file, await content.read(0, file.size)));
  const { holder } = composition;
  const held = {
    ...(holder ? (letter.body[holder] as object) : letter.body),
    ...(attachments.length > 0 ? { attachments } : {}),
  };
  return { body: holder ? { ...letter.body, [holder]: held } : held, inside, outside };
}

/** Tells those who watch that files have travelled inside a body. */
export function report(inside: readonly UploadPlan[]): void {
  for (const { file, service } of inside) service.settings.onProgress?.({ loaded: file.size, total: file.size });
}

export function bytesOf(text: string): number {
  return text.length * 3 < REQUEST_LIMIT ? text.length : new TextEncoder().encode(text).length;
}

/** Creates the item, attaches what did not fit, and only then sends it or invites people; answers the item, or nothing. */
export async function compose(work: Work): Promise<object | undefined> {
  const { service, composition } = work;
  const { body, inside, outside } = await bodyOf(work);
  const held = composition.bare && composition.holder ? (body[composition.holder] as object) : body;
  const { first, later } = apart(held, composition.later);
  const made = await createOnce(service, item.create(composition.create, first, work.headers), composition);
  const id = String(made["id"]);
  const url = `${composition.items}/${encodeURIComponent(id)}`;
  let handedOver = false;
  try {
    report(inside);
    for (const plan of outside) await attachFile({ ...plan, collection: `${url}/attachments` });
    handedOver = true;
    if (composition.sends) await sendOnce(service, url, id);
    else if (Object.keys(later).length > 0) await invite(service, url, later, id);
  } catch (error) {
    const message = `Nothing was sent, but the unfinished item ${id} could not be deleted: delete it, or finish it by hand.`;
    if (!handedOver || error instanceof Refusal) await discard(service, { url, id, message, cause: error });
    throw withoutSession(error);
  }
  if (composition.sends) return work.deletesCopy ? deleteCopy(service, url, id) : undefined;
  return service.ask(item.read(url), item.members).catch(() => ({ ...made, ...later, hasAttachments: true }));
}

function apart(body: object, names: readonly string[]): { first: object; later: object } {
  const entries = Object.entries(body);
  const waits = ([name, value]: [string, unknown]) => names.includes(name) && Array.isArray(value) && value.length > 0;
  return {
    first: Object.fromEntries(entries.filter((entry) => !waits(entry))),
    later: Object.fromEntries(entries.filter(waits)),
  };
}

async function createOnce(
  service: Service,
  request: WireRequest,
  { permission, sends }: Composition,
): Promise<Record<string, unknown>> {
  const answer = await once(service, request);
  const made = answer instanceof NoReply ? undefined : item.members(answer);
  if (typeof made?.["id"] === "string" && !/^\.{0,2}$/.test(made["id"])) return made;
  if (!(answer instanceof NoReply) && answer.status >= 300) throw explained(new Refusal(answer), permission, sends);
  const what =
    "The reply to the request that makes the item was lost: it may be there, without its attachments. Nothing was sent to anybody.";
  throw new UploadError("uncertain", what, { cause: answer instanceof NoReply ? answer : undefined });
}

/** Says why a request that used to need no more than Mail.Send is refused. */
function explained(refusal: Refusal, permission: string, sends: boolean): Refusal {
  if (refusal.reply.status !== 403) return refusal;
  const error = errorBody(refusal.reply);
  const beside = sends ? ", beside Mail.Send" : "";
  const why = `Attachments that do not fit into one request are added to an item that is made first, which needs the permission ${permission}${beside}.`;
  return new Refusal({ ...refusal.reply, body: { error: { ...error, message: `${error.message} ${why}`.trim() } } });
}

/** Sends a draft, never twice: after a doubt, the draft itself tells whether it has gone. */
async function sendOnce(service: Service, url: string, id: string): Promise<void> {
  const answer = await once(service, item.send(url));
  const reply = answer instanceof NoReply ? undefined : answer;
  if (reply && reply.status < 300) return;
  if (reply && service.protocol.trouble(reply) !== "passing") throw service.refusal(reply);
  const state = await service
    .ask(item.read(url, "isDraft"), (read) => (read.status === 404 ? { isDraft: false } : item.members(read)))
    .catch(() => undefined);
  if (state?.["isDraft"] === false) return;
  const message = `Whether the message was sent is not known, for the reply to its sending was lost. Look for it in Sent Items before sending again; its draft has the id ${id}.`;
  throw new UploadError("uncertain", message, { item: id, cause: reply ? undefined : answer });
}

/** Sets what waited for the attachments. Doing it again does no harm, but is spared where it was done. */
async function invite(service: Service, url: string, later: object, id: string): Promise<void> {
  const [name] = Object.keys(later) as [string];
  for (const patience = service.patience(); ;) {
    const answer = await service.attempt(item.change(url, later));
    const reply = answer instanceof NoReply ? undefined : answer;
    if (reply && reply.status < 300) return;
    const trouble = reply ? service.protocol.trouble(reply) : "passing";
    if (trouble !== "busy" && trouble !== "passing") throw service.refusal(reply!);
    if (!(await patience.again(reply)))
      throw new UploadError(
        "uncertain",
        `The event ${id} is there with its attachments, but whether people were invited is not known.`,
        { item: id, cause: service.interrupted(answer) },
      );
    const state =
      trouble === "busy" ? undefined : await service.ask(item.read(url, name), item.members).catch(() => undefined);
    if (Array.isArray(state?.[name]) && (state[name] as unknown[]).length > 0) return;
  }
}

/** The item of an upload that could go on is gone: its session is of no more use. */
function withoutSession(error: unknown): unknown {
  if (!(error instanceof UploadError) || !error.session) return error;
  return new UploadError(
    error.code,
    "A file could not be attached. Nothing was sent, and the unfinished item was deleted.",
    { cause: error.cause ?? error },
  );
}

async function deleteCopy(service: Service, url: string, id: string): Promise<undefined> {
  const sent = (reply: Reply) => (item.members(reply)?.["isDraft"] === false ? true : undefined);
  try {
    for (const patience = service.patience(); !sent(await service.ask(item.read(url, "isDraft"), (reply) => reply));) {
      if (!(await patience.again())) throw new Error("The message is still on its way.");
    }
    await service.ask(item.discard(url), ({ status }) => (status < 300 || status === 404 ? true : undefined));
  } catch (cause) {
    throw new UploadError(
      "leftBehind",
      `The message was sent, but its copy ${id} in Sent Items could not be deleted.`,
      { cause, item: id },
    );
  }
}
