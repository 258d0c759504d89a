import { discardItem } from "../attach/discardItem.js";
import { UploadError } from "../errors.js";
import { Refusal } from "../http/refusal.js";
import type { Service } from "../http/service.js";
import { newId } from "../ids.js";
import { member, text } from "../json.js";
import type { Reply } from "../protocol.js";
import type { Composition } from "../protocols/compositions.js";
import { item } from "../protocols/graph/item.js";
import { mailboxUrl } from "../protocols/graph/path.js";
import { others, type Expected } from "./complete.js";
import { changeMark, findMarked, readOwn, type Marked, type State } from "./mark.js";
import type { Work } from "./work.js";

/** Milliseconds after which a draft that was about to be sent, and is still a draft, was not sent. */
const SETTLED = 600_000;

/** Errors after which the draft waits for the next try. */
const KEPT = /^(interrupted|stalled|uncertain|takenOver)$/;

export const AGAIN = "Send it again with the same once";

/**
 * One job of the option `once`. All that tries of it know of each other stands in the mailbox: a mark on the draft, the
 * process that works on it, and the time at which it was about to be sent.
 */
export class Once {
  /** This try. */
  readonly owner = newId();
  readonly #places: readonly string[];
  #deleted: string | undefined;
  #now = Date.now();
  /** Where the draft of this try was created. */
  #folder: string | undefined;
  /** Drafts of other tries, which nobody needs once the mail is sent. */
  #others: readonly Marked[] = [];

  constructor(
    readonly job: string,
    private readonly service: Service,
    private readonly composition: Composition,
    private readonly isOvertaken?: Work["isOvertaken"],
  ) {
    const { items } = composition;
    this.#places = [...new Set([items, `${mailboxUrl(items)}/messages`])]; // a draft may have been moved
  }

  /** Finds what an earlier try has left: a mail that was sent, or the draft to finish, which this try takes over. */
  async begin(): Promise<Marked | undefined> {
    let last: Marked | undefined;
    for (const retrier = this.service.retrier(); ;) {
      const { sent, drafts } = await this.#find();
      if (sent) {
        this.#others = drafts;
        await this.tidy();
        return sent;
      }
      const leaving = drafts.find(({ state }) => this.#now - Date.parse(state.sending ?? "") < SETTLED);
      const [draft] = leaving ? [leaving] : drafts;
      if (!draft && !last) return undefined;
      if (draft && !leaving && (await this.#takeOver(draft))) return draft;
      last = leaving ?? last;
      if (!(await retrier.next())) throw last ? onItsWay(last) : takenOver();
    }
  }

  /** Returns `false` if the draft is gone. */
  async #takeOver({ url }: Marked): Promise<boolean> {
    const gone = (reply: Reply) => (reply.status === 404 ? { gone: true } : item.done(reply) && { gone: false });
    return !(await this.service.get(this.#change(url), gone)).gone;
  }

  /**
   * Writes on an answer which attachments it was created with, unless another try has. All tries do so before they attach anything.
   * `ours`: what it was created with by us. Returns the ends of their ids.
   */
  async note(service: Service, url: string, ours: readonly Expected[]): Promise<readonly string[]> {
    const { value } = await service.get(item.list(url), item.page);
    const state = await readOwn(service, url); // after the list, which may show what another try has attached since it wrote it
    if (this.#isOthers(state)) throw takenOver();
    if (state?.before) return state.before;
    const before = others(value, ours).map((one) => String(member(one, "id")).slice(-24));
    await service.get(changeMark(url, this.job, { owner: this.owner, before }), item.done);
    return before;
  }

  #isOthers(state: State | undefined): boolean {
    return state?.owner !== undefined && state.owner !== this.owner;
  }

  #change(url: string, sending?: string) {
    return changeMark(url, this.job, { owner: this.owner, sending });
  }

  /**
   * Looks for other tries when the draft is complete. The oldest draft wins. Returns `true` if the mail was sent meanwhile.
   * Throws an `UploadError` if another process continues it. `folder`: where the draft was created.
   */
  async isSent({ id, url }: Pick<Marked, "id" | "url">, folder?: string): Promise<boolean> {
    this.#folder = folder;
    for (const retrier = this.service.retrier(); ;) {
      const { sent, drafts } = await this.#find();
      const at = drafts.findIndex((one) => one.id === id);
      const own = drafts[at];
      const lost = (sent && sent.id !== id) || at > 0 || (await this.isOvertaken?.());
      if (lost) await this.#discard(this.service, { id, url });
      if (sent && this.composition.sends) return true;
      if (lost || (own && own.state.owner !== this.owner)) throw takenOver();
      this.#others = drafts.slice(1);
      if (own || sent) return false;
      if (!(await retrier.next())) throw new UploadError("interrupted", `${UNSEEN} ${AGAIN} later.`, { item: id });
    }
  }

  /** Throws if another process has taken the draft over: what this one would still attach could get into the mail as it is sent. */
  async mustOwn(url: string): Promise<void> {
    const state = await readOwn(this.service, url).catch((error: unknown) => {
      if (!(error instanceof Refusal)) throw error;
      return undefined;
    });
    if (this.#isOthers(state)) throw takenOver();
  }

  /** Writes the time onto the draft before it is sent. */
  async leave(service: Service, url: string): Promise<void> {
    await service.get(this.#change(url, new Date(this.#now).toISOString()), item.done);
  }

  /** Deletes what other tries have left, once the job is done. */
  async tidy(): Promise<void> {
    const left = this.#others.filter(({ state }) => state.sending === undefined);
    await Promise.allSettled(left.map((one) => this.#discard(this.service, one)));
  }

  /**
   * Settles a failure. Returns if the mail was sent all the same. Deletes the draft after a final refusal, an abort, or a file
   * that cannot be read, but only if no other process has it.
   */
  async settle(service: Service, draft: Pick<Marked, "id" | "url">, error: unknown): Promise<void> {
    if (error instanceof UploadError && KEPT.test(error.code)) throw error;
    await service.cleanUp(async (free) => {
      const state = await readOwn(free, draft.url).catch(() => undefined);
      const isOurs = state && state.owner === this.owner;
      if (!isOurs) {
        const { sent, drafts } = await this.#find(free);
        if (sent) return;
        const unreached = !state && free.fresh?.reached === false && drafts.some(({ id }) => id === draft.id);
        const gone = error instanceof Refusal && error.reply.status === 404;
        if (!unreached) throw state || gone ? takenOver() : error;
      }
      if (!isBusy(error)) await this.#discard(free, draft, error);
      else if (state?.sending) await free.get(this.#change(draft.url), item.done).catch(() => {});
      throw error;
    });
  }

  async #discard(service: Service, { id, url }: Pick<Marked, "id" | "url">, cause?: unknown): Promise<void> {
    const message = `Nothing was sent, but the unfinished item ${id} could not be deleted. Delete it, or finish it by hand.`;
    await discardItem(service, { url, id, message, cause });
  }

  /** Finds the items with the mark of the job. Drafts that were deleted do not count. */
  async #find(service = this.service): Promise<{ readonly sent?: Marked; readonly drafts: readonly Marked[] }> {
    const { found, now } = await findMarked(service, this.#places, this.job);
    this.#now = now;
    const drafts = found.filter(({ isDraft }) => isDraft);
    const isMoved = ({ folder }: Marked) => folder === undefined || folder !== this.#folder;
    if (drafts.some(isMoved)) this.#deleted ??= await this.#deletedItems(service);
    return {
      sent: found.find(({ isDraft }) => !isDraft),
      drafts: drafts.filter(({ folder }) => folder === undefined || folder !== this.#deleted),
    };
  }

  /** The id of Deleted Items, or "" if the service does not say. */
  async #deletedItems(service: Service): Promise<string> {
    const folder = item.read(`${mailboxUrl(this.composition.items)}/mailFolders/deleteditems`, "id");
    const folderBody = await service.get(folder, item.members).catch((error: unknown) => {
      if (!(error instanceof Refusal)) throw error;
    });
    return text(member(folderBody, "id")) ?? "";
  }
}

/** The service did not take a request, and may take it later. */
const isBusy = (error: unknown) => error instanceof Refusal && /^(busy|passing)$/.test(error.verdict);

const UNSEEN =
  "The mailbox does not list the draft yet, so nobody can tell whether it is the only one. Nothing was sent.";

function takenOver(): UploadError {
  const message =
    "Another process has taken this once over and finishes it, so this one has stopped. Try again later to learn the result.";
  return new UploadError("takenOver", message);
}

function onItsWay({ id }: Marked): UploadError {
  const message = `An earlier try was about to send this once, so it may be on its way. ${AGAIN} in ten minutes: if it is still a draft then, it was not sent. Its id is ${id}.`;
  return new UploadError("uncertain", message, { item: id });
}
