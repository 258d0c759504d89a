import { discardItem } from "../attach/discardItem.js";
import { postWhole } from "../attach/post.js";
import { UploadError } from "../errors.js";
import { memory } from "../files/open.js";
import { graphError, isUndone, Refusal } from "../http/refusal.js";
import type { Fresh, Service } from "../http/service.js";
import { isObject, member, text, type Members } from "../json.js";
import type { Protocol, Reply } from "../protocol.js";
import { item } from "../protocols/graph/item.js";
import { outlook } from "../protocols/outlook.js";
import { complete, dropDoubles, idOf, type Expected } from "./complete.js";
import { bytesOf, firstBody, nameOf, reportInside, type Attachment, type FirstBody } from "./firstBody.js";
import { deleteCopy, ending, invite, isInvited, send, type Handover } from "./handOver.js";
import { heldIn, splitLater } from "./letter.js";
import { isDeferred, isPath, marked, type Marked } from "./mark.js";
import { createFromMime, mustBeTaken, removeStrays, requestFor } from "./mime.js";
import { attachKept } from "./messageCheckpoint.js";
import { AGAIN, Once } from "./once.js";
import { explained, withoutSession } from "./failure.js";
import type { Work } from "./work.js";

/**
 * Creates the item, attaches what did not fit into `most` bytes, and only then sends it or invites people. Returns the item
 * unless it was sent. Under the option `once`, an item that an earlier try has left is finished.
 */
export async function compose(work: Work, most: number): Promise<object | undefined> {
  const { composition, once: job } = work;
  const once = job === undefined || composition.event ? undefined : new Once(job, work.service, composition);
  const left = await once?.begin();
  if (left?.isDraft === false)
    return composition.sends ? undefined : work.service.get(item.read(left.url), item.members);
  const again = left !== undefined || (composition.event && job !== undefined);
  const { first, later, made } = await work.service.upload((own) => {
    const mine = { ...work, service: own };
    return left ? leftOf(mine, left) : begin(mine, most, once?.owner);
  });
  const { inside, outside } = first;
  const id = idOf(made);
  const url = left?.url ?? `${composition.items}/${encodeURIComponent(id)}`;
  const fresh: Fresh = { reached: left !== undefined };
  const service = work.service.with({}, fresh);
  const holdsOthers = composition.answers || work.letter.mime !== undefined;
  let maybeDone = false;
  const pending = (maybe: boolean) => (maybeDone = maybe);
  const handover: Handover = { service, url, id, pending, again: once && `${AGAIN} in ten minutes.` };
  try {
    if (!left) reportInside(inside);
    const expect = (one: Attachment) => expected(one, { service, url, fresh });
    let held: readonly Expected[] = inside.map(expect);
    const names = held.map(({ name }) => name);
    const before = left?.state.before ?? (holdsOthers ? await once?.note(service, url, names) : undefined);
    const ours = !holdsOthers || before !== undefined;
    if (again) held = await complete(service, url, [...held, ...outside.map(expect)], ours, before);
    else for (const one of outside) held = [...held, await expect(one).attach()];
    const reachesPeople = composition.sends || Object.keys(later).length > 0;
    if (reachesPeople || inside.length > 0) held = await complete(service, url, held, ours, before);
    const done = await once?.isSent({ id, url });
    if (done) await once?.tidy();
    if (done) return undefined;
    if (once && composition.sends) await once.leave(service, url);
    if (again) await dropDoubles(service, url, held, before);
    if (composition.sends) await send(handover, isDeferred(heldIn(work.letter)));
    else if (reachesPeople && !(again && (await isInvited(handover, later)))) await invite(handover, later);
    await once?.tidy();
    if (once) await removeStrays(work);
  } catch (error) {
    if (job !== undefined) return settled(error, { once, service, id, url, maybeDone });
    const message = `Nothing was sent, but the unfinished item ${id} could not be deleted. Delete it, or finish it by hand.`;
    if (!maybeDone || isUndone(error)) {
      await service.cleanUp((free) => discardItem(free, { url, id, message, cause: error }));
    }
    throw withoutSession(error, "and the unfinished item was deleted");
  }
  if (composition.sends) {
    if (work.deletesCopy) await deleteCopy(handover);
    return undefined;
  }
  return service.get(item.read(url), item.members).catch(() => ({ ...made, ...later, hasAttachments: true }));
}

/** An item whose making has failed under the option `once`. An event may be that of an earlier try, and people know it: it stays. */
async function settled(
  error: unknown,
  at: {
    readonly once?: Once;
    readonly service: Service;
    readonly id: string;
    readonly url: string;
    maybeDone: boolean;
  },
): Promise<undefined> {
  const { once, service, id, url, maybeDone } = at;
  const kept = once
    ? `and its draft is kept. ${AGAIN} to finish it`
    : `and the event ${id} is kept. ${AGAIN} to finish it`;
  if (!once || (maybeDone && !isUndone(error))) throw withoutSession(error, kept);
  try {
    await once.settle(service, { id, url }, error);
  } catch (final) {
    throw withoutSession(final, kept);
  }
}

/** An item that an earlier try has left. What it lacks is attached one by one. */
async function leftOf(work: Work, { id }: Marked): Promise<Begun> {
  return { first: await firstBody(work, 0), later: {}, made: { id } };
}

interface Begun {
  readonly first: FirstBody;
  readonly later: Members;
  readonly made: Members;
}

/** Creates the item with the attachments that fit, or without any if the service finds that too large. */
async function begin(work: Work, most: number, owner?: string): Promise<Begun> {
  const { composition } = work;
  const first = await firstBody(work, composition.answers ? 0 : most);
  const alone = composition.bare ? heldIn({ ...work.letter, body: first.body }) : first.body;
  const { now, later } = splitLater(alone, composition.later);
  try {
    return { first, later, made: await create(work, now, owner) };
  } catch (error) {
    const smaller = most > 0 && first.inside.some((one) => "job" in one);
    if (smaller && error instanceof Refusal && error.verdict === "tooLarge") return begin(work, 0, owner);
    throw error instanceof Refusal ? explained(error, composition) : error;
  }
}

/** Creates the item. It reaches nobody yet, so that a failure of the service is ridden over, but it is not made twice. */
export async function create(work: Work, body: Members, owner?: string): Promise<Members> {
  const { letter, once } = work;
  if (letter.mime !== undefined)
    return createFromMime(work, letter.mime, owner, (look) => createOnce(work, body, look));
  const mark = marked(work.composition, body, once, owner);
  try {
    return await createOnce(work, mark.body, () => mark.look(work.service));
  } catch (error) {
    // extended properties are documented for new messages, but not for answers
    const unmarked = work.composition.answers && error instanceof Refusal && error.reply.status === 400;
    if (unmarked && error.verdict === "refused") return createOnce(work, body, async () => undefined);
    throw error;
  }
}

/** `look`: see `Mark`. */
function createOnce(
  { service, composition, letter, headers }: Work,
  body: Members,
  look: () => Promise<Members | "notDone" | undefined>,
): Promise<Members> {
  let answered = false;
  const uncertain = (cause: Error) => {
    const message = `${ending(cause, "the request that creates the item")} The item may exist without its attachments. Nothing was sent to anybody.`;
    return new UploadError("uncertain", message, { cause });
  };
  return service.ask<Members>({
    async request() {
      answered = false;
      return requestFor(letter, composition.create, body, headers);
    },
    read(reply: Reply) {
      answered = reply.status >= 500;
      const members = item.members(reply);
      if (member(members, "id") === undefined) mustBeTaken(reply.status, letter.mime);
      const id = text(member(members, "id"));
      if (id !== undefined && isPath(id)) throw uncertain(graphError(reply));
      return id === undefined ? undefined : members;
    },
    repeat: "ifNotTaken",
    // a service that answers, but cannot be searched, is asked again, as the plain client does
    settle: () => look().catch((error: unknown) => (error instanceof Refusal && answered ? "notDone" : undefined)),
    uncertain,
  });
}

/** How an attachment gets to the item, and how it is known there. */
function expected(
  one: Attachment,
  at: { readonly service: Service; readonly url: string; readonly fresh: Fresh },
): Expected {
  const collection = `${at.url}/attachments`;
  if ("job" in one) {
    const { file, service } = one.job;
    const job = { ...one.job, collection, service: service.with({}, at.fresh) };
    const { name, size } = file;
    const attach = async (): Promise<Expected> => ({ name, size, id: idOf(await attachKept(job)), attach });
    return { name, size, attach, held: () => reportInside([one]) };
  }
  const name = nameOf(one.json);
  const attach = async (): Promise<Expected> => ({
    name,
    id: idOf(await postJson(one.json, collection, at.service)),
    attach,
  });
  return { name, attach };
}

/** Attaches what is no file by a request of its own. */
function postJson(json: unknown, collection: string, service: Service): Promise<object> {
  const body = isObject(json) ? json : {};
  const protocol: Protocol = outlook;
  const file = { name: nameOf(json), size: bytesOf(JSON.stringify(json)) };
  const job = { service, protocol, collection, file, content: memory(new Uint8Array(0)) };
  return postWhole(job, { request: () => item.create(collection, body) });
}
