import { discardItem } from "../attach/discardItem.js";
import { UploadError } from "../errors.js";
import type { Fresh } from "../http/ask.js";
import { graphError, isUndone, Refusal } from "../http/refusal.js";
import type { Service } from "../http/service.js";
import type { Members } from "../isObject.js";
import { member, text } from "../json.js";
import type { Reply } from "../protocol.js";
import { item } from "../protocols/graph/item.js";
import { beginReading } from "../upload/ranges.js";
import { complete, dropDoubles, idOf, type Expected } from "./complete.js";
import { attachAll, expected, type Draft } from "./expected.js";
import { firstBody, reportInside, type Attachment, type FirstBody } from "./firstBody.js";
import { deleteCopy, ending, invite, isInvited, send, type Handover } from "./handOver.js";
import { heldIn, splitLater } from "./letter.js";
import { isDeferred, isPath, marked, type Marked } from "./mark.js";
import { createFromMime, mustBeTaken, removeStrays, requestFor } from "./mime.js";
import { AGAIN, Once } from "./once.js";
import { explained, withoutSession } from "./failure.js";
import type { Work } from "./work.js";

/**
 * Creates the item, attaches what did not fit into `most` bytes, and only then sends it or invites people. Returns the item
 * unless it was sent. Under the option `once`, an item that an earlier try has left is finished.
 */
export async function compose(work: Work, most: number): Promise<object | undefined> {
  const { composition, once: job } = work;
  const once =
    job === undefined || composition.event ? undefined : new Once(job, work.service, composition, work.isOvertaken);
  const left = await once?.begin();
  if (left?.isDraft === false)
    return composition.sends ? undefined : work.service.get(item.read(left.url), item.members);
  const again = left !== undefined || (composition.event && job !== undefined);
  // one place among the uploads to the mailbox for both, so that what was read early does not wait in memory
  const { begun, draft, ended } = await work.service.upload(async (own) => {
    const mine = { ...work, service: own };
    const begun = left ? await leftOf(mine, left) : await begin(mine, most, once?.owner);
    const fresh: Fresh = { reached: left !== undefined };
    const url = left?.url ?? `${composition.items}/${encodeURIComponent(idOf(begun.made))}`;
    const draft: Draft = { service: own.with({}, fresh), url, fresh, mustOwn: once && (() => once.mustOwn(url)) };
    const [ended] = await Promise.allSettled([attach(mine, begun.first, { draft, once, left, again })]);
    return { begun, draft, ended };
  });
  const { made, later, first } = begun;
  const { url, fresh } = draft;
  const id = idOf(made);
  const service = work.service.with({}, fresh);
  const read = () => service.get(item.read(url), item.members);
  let answer: Members | undefined;
  let maybeDone = false;
  const pending = (maybe: boolean) => (maybeDone = maybe);
  const handover: Handover = { service, url, id, pending, again: once && `${AGAIN} in ten minutes.` };
  try {
    if (ended.status === "rejected") throw ended.reason;
    const { ours, before } = ended.value;
    let { held } = ended.value;
    const reachesPeople = composition.sends || Object.keys(later).length > 0;
    const isChecked = reachesPeople || first.inside.length > 0;
    const [checked, told] = await Promise.allSettled([
      isChecked ? complete(service, url, held, ours, before) : { held, twice: false },
      reachesPeople || job !== undefined ? undefined : read(),
    ]);
    if (checked.status === "rejected") throw checked.reason;
    const isSame = checked.value.held.every((one) => held.includes(one));
    if (isSame && told.status === "fulfilled") answer = told.value;
    held = checked.value.held;
    const done = await once?.isSent({ id, url }, text(member(made, "parentFolderId")));
    if (done) await once?.tidy();
    if (done) return undefined;
    if (once && composition.sends) await once.leave(service, url);
    if (again || (once && checked.value.twice)) await dropDoubles(service, url, held, before);
    if (composition.sends) await send(handover, isDeferred(heldIn(work.letter)));
    else if (reachesPeople && !(again && (await isInvited(handover, later)))) answer = await invite(handover, later);
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
  return answer ?? read().catch(() => ({ ...made, ...later, hasAttachments: true }));
}

interface Attached {
  readonly held: readonly Expected[];
  /** The item holds nothing but ours, or `before`: see `complete`. */
  readonly ours: boolean;
  readonly before?: readonly string[];
}

/** Attaches what the item was not created with. `again`: an earlier try may have attached some of it. */
async function attach(
  { composition, letter, service: { settings } }: Work,
  { inside, outside }: Begun["first"],
  at: { readonly draft: Draft; readonly once?: Once; readonly left?: Marked; readonly again: boolean },
): Promise<Attached> {
  const { draft, once, left } = at;
  const { service, url } = draft;
  const expect = (one: Attachment) => expected(one, draft);
  if (!left) reportInside(inside);
  const held = inside.map(expect);
  const holdsOthers = composition.answers || letter.mime !== undefined;
  const all = [...held, ...outside.map(expect)];
  const before = left?.state.before ?? (holdsOthers ? await once?.note(service, url, held) : undefined);
  const ours = !holdsOthers || before !== undefined;
  if (at.again) return { held: (await complete(service, url, all, ours, before)).held, ours, before };
  // a process that resumes from a checkpoint does not know them
  const known = holdsOthers || settings.checkpoints ? undefined : held.map(({ name }) => name);
  return { held: [...held, ...(await attachAll(outside, draft, known))], ours, before };
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

/** An item that an earlier try has left. Attachments that it lacks are attached one by one. */
async function leftOf(work: Work, { id }: Marked): Promise<Begun> {
  return { first: await firstBody(work, 0), later: {}, made: { id } };
}

interface Begun {
  /** Without its body: the bytes of the files in it need no memory once they have been sent. */
  readonly first: Omit<FirstBody, "body">;
  readonly later: Members;
  readonly made: Members;
}

/** Creates the item with the attachments that fit, or without any if the service finds that too large. */
async function begin(work: Work, most: number, owner?: string): Promise<Begun> {
  const { composition } = work;
  const { body, ...first } = await firstBody(work, composition.answers ? 0 : most);
  const alone = composition.bare ? heldIn({ ...work.letter, body }) : body;
  const { now, later } = splitLater(alone, composition.later);
  const [next] = first.outside;
  if (next && "job" in next) beginReading(next.job);
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
