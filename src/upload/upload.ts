import { tell } from "../callbacks.js";
import { UploadError } from "../errors.js";
import { unreachedHost } from "../http/interrupted.js";
import type { Retrier } from "../http/retry.js";
import type { Service } from "../http/service.js";
import type { Gap } from "../range.js";
import { throwIfAborted } from "../signals.js";
import type { Created, UploadSession } from "../uploadSession.js";
import { Attempts } from "./attempts.js";
import { mustBeMine } from "./checkpoints.js";
import { Expiry } from "./expiry.js";
import { findCreated, findNamed, madeByOthers } from "./find.js";
import type { Job } from "./job.js";
import { Listing } from "./listing.js";
import { next } from "./next.js";
import { Ranges } from "./ranges.js";
import { Renewals } from "./renewals.js";
import { discardSession } from "./session.js";
import { initialState, type Doubt, type Event, type Facts, type Move, type State } from "./state.js";

const SPENT =
  "The upload session is gone, and the stream cannot be read again from its first byte. Attach a Blob or a file that can be read at any position.";

/** Sends ranges until the service has all of them: carries out what `next` decides. */
export class Upload {
  #service: Service;
  #retrier: Retrier;
  #state: State;
  #reported = 0;
  /** Reads which attachments the item has, while the first ranges are on their way. */
  #listing: Listing | undefined;
  /** The session was opened here, so nothing was sent in it that is not known. */
  #fresh: boolean;
  /** The session has changed since it was saved. */
  #unsaved = false;
  readonly #ranges: Ranges;
  readonly #renewals = new Renewals();
  readonly #expiry: Expiry;
  readonly #attempts: Attempts;

  /** `restored`: an earlier process may have sent more than the session says. */
  constructor(
    private readonly job: Job,
    public session: UploadSession,
    restored = false,
  ) {
    this.#service = job.service;
    this.#retrier = job.service.retrier();
    this.#ranges = new Ranges(job);
    this.#expiry = new Expiry(job.file, session, restored);
    this.#attempts = new Attempts(() => this.#service.settings.onAttempt);
    this.#state = initialState(session.offset, job.content.size, restored);
    this.#fresh = !restored;
  }

  /** Sends what is missing, with the settings of `service`. `ask`: asks the service first which bytes it holds. */
  async run(service = this.#service, ask = false): Promise<Created> {
    this.#service = service;
    this.#retrier = service.retrier();
    this.#renewals.begin();
    const { offset, attachment: named } = this.session;
    try {
      return await this.#run({ type: "begun", offset, ask, named });
    } catch (error) {
      if (this.#unsaved) await this.#save(this.session).catch(() => {});
      throw error;
    } finally {
      this.#stopListing();
      this.#ranges.rest();
    }
  }

  async #run(first: Event): Promise<Created> {
    for (let event = first; ;) {
      const [state, moves] = next(this.#state, this.#facts, event);
      if (state.confirmed > this.#state.confirmed) {
        this.#retrier.reset();
        this.#renewals.progressed(state.confirmed);
      }
      this.#state = state;
      if (moves[0]?.to !== "wait") this.#attempts.settle();
      const outcome = await this.#carryOut(moves);
      if ("attachment" in outcome) return this.#finish(outcome);
      event = outcome;
    }
  }

  get #facts(): Facts {
    const { content, protocol } = this.job;
    const { status, commit } = protocol.session;
    return { size: content.size, tellsStatus: status !== undefined, commits: commit?.(this.session) !== undefined };
  }

  get #place() {
    return { ...this.job, service: this.#service };
  }

  /** Carries out moves until one of them brings an event or the attachment. */
  async #carryOut(moves: readonly Move[]): Promise<Event | Created> {
    for (const move of moves) {
      if (move.to === "wait") {
        if (await this.#wait(move)) continue;
        return this.#carryOut(move.otherwise ?? []);
      }
      const outcome = await this.#do(move);
      if (outcome) return outcome;
    }
    throw new Error("An upload came to an end without a result.");
  }

  async #do(move: Exclude<Move, { to: "wait" }>): Promise<Event | Created | undefined> {
    const { session } = this;
    switch (move.to) {
      case "send":
        return this.#send(move.gap);
      case "ask":
        return this.#ask(move.about);
      case "look":
        return findCreated(this.#place, session.before, session);
      case "discard":
        throwIfAborted(this.#service.settings.signal);
        await mustBeMine(this.job.checkpoint);
        await discardSession(this.#place, session);
        return undefined;
      case "open":
        return (await madeByOthers(this.#place, session)) ?? this.#open(move);
      case "done":
        return move.created === "unnamed" ? findNamed(this.#place, session) : move.created;
      case "fail":
        throw move.answer.reply ? this.#service.refusal(move.answer.reply) : this.#service.interrupted(move.answer);
    }
  }

  async #send(gap: Gap): Promise<Event> {
    const { size } = this.job.content;
    throwIfAborted(this.#service.settings.signal);
    this.#list();
    if (this.#ranges.reachesEnd(gap.next)) {
      await this.#listing?.end();
      await this.job.mustOwn?.();
    }
    if (gap.next !== this.session.offset || this.#unsaved) {
      await this.#save({ ...this.session, offset: gap.next });
      this.#report(gap.next);
    }
    const { session } = this;
    const sent =
      (gap.next >= size ? await this.#ranges.commit(this.#service, session) : undefined) ??
      (await this.#ranges.send(this.#service, session, gap, this.#state.sent));
    const { telling, others, reached, smaller } = sent;
    const { reply } = telling.answer;
    this.#expiry.extend(reply && this.job.protocol.session.expires?.(reply));
    for (const { step, ...other } of others) this.#attempts.end({ ...other, taken: step !== undefined });
    if (gap.next < size) this.#attempts.pend({ ...telling, taken: telling.step !== undefined });
    return { type: "sent", ...telling, reached, smaller };
  }

  /** Begins to read which attachments the item has. Once the last byte was sent, this file may be one of them. */
  #list(): void {
    const { content, protocol } = this.job;
    if (!protocol.list || this.#listing || this.session.before || !this.#fresh || this.#state.sent >= content.size)
      return;
    this.#listing = new Listing(this.#place, (before) => {
      this.session = { ...this.session, before };
      this.#unsaved = true;
    });
  }

  #stopListing(): void {
    this.#listing?.stop();
    this.#listing = undefined;
  }

  async #ask(about: Doubt): Promise<Event> {
    const request = this.job.protocol.session.status?.(this.session);
    if (!request) throw new Error("The service cannot be asked for the status.");
    const answer = await this.#service.attempt(request);
    const readable = answer.reply && answer.reply.status < 300;
    const step = readable ? this.#ranges.stepIn(answer, this.session, this.#state.sent) : undefined;
    return { type: "status", about, answer, step };
  }

  /** Returns `false` if no attempt is left, and there is something else to do. */
  async #wait({ after, otherwise }: Move & { to: "wait" }): Promise<boolean> {
    const more = await this.#retrier.next(after, (wait) => this.#attempts.settle(wait));
    this.#attempts.settle();
    if (!more && !otherwise) throw this.#service.interrupted(after, this.session, unreachedHost(this.session, after));
    return more;
  }

  /** Opens a new session. */
  async #open({ after }: Move & { to: "open" }): Promise<Event> {
    const { confirmed } = this.#state;
    // a draft that is not known everywhere yet says nothing about the session
    const isNew = after?.reply && confirmed === 0 && this.#service.api.mayAppear?.(after.reply);
    this.#expiry.end(isNew ? undefined : after, confirmed);
    if (!this.session.before) this.#stopListing();
    this.#unsaved = false;
    const { checkpoint } = this.job;
    if (!this.session.before) await checkpoint?.remove(); // nobody could tell what the old session has left
    if (!this.#ranges.canStartOver) throw new UploadError("lost", SPENT);
    const session = await this.#renewals.open(this.#place, after).catch(async (error: unknown) => {
      await checkpoint?.remove().catch(() => {});
      throw error;
    });
    this.#fresh = true;
    await this.#save({ ...session, before: this.session.before });
    this.#expiry.renew(session.expires);
    this.#retrier.reset();
    return { type: "opened", offset: session.offset };
  }

  #finish(created: Created): Created {
    this.session = { ...this.session, offset: this.job.content.size };
    this.#report(this.job.content.size);
    this.#ranges.end();
    return created;
  }

  async #save(session: UploadSession): Promise<void> {
    this.session = session;
    this.#unsaved = false;
    await this.job.checkpoint?.save(session);
  }

  #report(loaded: number): void {
    if (loaded <= this.#reported) return;
    this.#reported = loaded;
    tell(this.#service.settings.onProgress, { loaded, total: this.job.content.size });
  }
}
