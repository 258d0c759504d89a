import { tell } from "../callbacks.js";
import { UploadError } from "../errors.js";
import { causeOf, noAnswer, NoReply, Refusal, refusesToken, type Answer } from "../http/refusal.js";
import { sleep, type Retrier } from "../http/retry.js";
import type { Service } from "../http/service.js";
import { inMegabytes } from "../megabytes.js";
import type { Created, Reply, UploadSession } from "../protocol.js";
import type { Gap } from "../range.js";
import { hostOf } from "../urls.js";
import { Attempts, type Attempt } from "./attempts.js";
import { mustBeMine } from "./checkpoints.js";
import { findCreated, findNamed, idsOf, madeByOthers } from "./find.js";
import type { Job } from "./job.js";
import { initialState, next, type Doubt, type Event, type Facts, type Move, type State } from "./next.js";
import { Ranges } from "./ranges.js";
import { signalFor, throwIfAborted } from "../signals.js";
import { discardSession, LIST_TIMEOUT, tryToOpen } from "./session.js";

/** Times that a lost session is replaced: a draft that was just created may not be known everywhere yet. */
const FRESH_SESSIONS = 4;
/** Times in all without getting any further: each may send the file again from its first byte. */
const MOST_SESSIONS = 12;
const SPENT =
  "The upload session is gone, and the stream cannot be read again from its first byte. Attach a Blob or a file that can be read at any position.";

const ENDED = noAnswer(new NoReply("The session has ended."));

/** True if a time has passed by the clock of the service, which counts seconds, or by our own. */
function isOver(time: string | undefined, { headers }: Reply): boolean {
  const date = Date.parse(headers.get("Date") ?? "");
  return Date.parse(time ?? "") <= (Number.isNaN(date) ? Date.now() : date + 999);
}

/** Sends ranges until the service has all of them: carries out what `next` decides. */
export class Upload {
  #service: Service;
  #retrier: Retrier;
  #renewals: Retrier;
  #state: State;
  #reported = 0;
  /** When the session expires, as the last reply says. */
  #expires: string | undefined;
  /** When the session before it expired, if that ended it. */
  #expired: string | undefined;
  /** The session was opened by this upload, and is not its first one. */
  #renewed = false;
  readonly #begun: number;
  /** The furthest offset that any session has confirmed, and the sessions that were lost since. */
  #furthest = 0;
  #lost = 0;
  /** Reads which attachments the item has, while the first ranges are on their way. */
  #listing: { readonly ended: Promise<void>; readonly stop: () => void } | undefined;
  /** The session was opened here, so nothing was sent in it that is not known. */
  #fresh: boolean;
  /** The session has changed since it was saved. */
  #unsaved = false;
  /** The last attempt, until it is known whether a wait follows it. */
  #pending: Attempt | undefined;
  readonly #ranges: Ranges;
  readonly #attempts: Attempts;

  /** `restored`: an earlier process may have sent more than the session says. */
  constructor(
    private readonly job: Job,
    public session: UploadSession,
    restored = false,
  ) {
    this.#service = job.service;
    this.#retrier = job.service.retrier();
    this.#renewals = job.service.retrier(FRESH_SESSIONS);
    this.#ranges = new Ranges(job);
    this.#attempts = new Attempts((attempt) => tell(this.#service.settings.onAttempt, attempt));
    this.#state = initialState(session.offset, job.content.size, restored);
    this.#expires = session.expires;
    this.#begun = restored ? session.offset : -1;
    this.#fresh = !restored;
  }

  /** Sends what is missing, with the settings of `service`. `ask`: asks the service first which bytes it holds. */
  async run(service = this.#service, ask = false): Promise<Created> {
    this.#service = service;
    this.#retrier = service.retrier();
    this.#renewals = service.retrier(FRESH_SESSIONS);
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
      if (state.confirmed > this.#state.confirmed) this.#progressed(state.confirmed);
      this.#state = state;
      if (moves[0]?.to !== "wait") this.#endAttempt();
      const outcome = await this.#carryOut(moves);
      if ("attachment" in outcome) return this.#finish(outcome);
      event = outcome;
    }
  }

  #progressed(confirmed: number): void {
    this.#retrier.reset();
    this.#renewals.reset();
    if (confirmed <= this.#furthest) return;
    this.#furthest = confirmed;
    this.#lost = 0;
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
    if (this.#ranges.reachesEnd(gap.next)) await this.#endListing();
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
    this.#expires = (reply && this.job.protocol.session.expires?.(reply)) ?? this.#expires;
    for (const { step, ...other } of others) this.#attempts.end({ ...other, taken: step !== undefined });
    if (gap.next < size) this.#pending = { ...telling, taken: telling.step !== undefined };
    return { type: "sent", ...telling, reached, smaller };
  }

  /** Begins to read which attachments the item has. Once the last byte was sent, this file may be one of them. */
  #list(): void {
    const { content, protocol } = this.job;
    if (!protocol.list || this.#listing || this.session.before || !this.#fresh || this.#state.sent >= content.size)
      return;
    const stopped = new AbortController();
    const signal = signalFor(this.#service.settings.signal, stopped.signal);
    const note = (before: string[] | undefined) => {
      if (!before || stopped.signal.aborted) return;
      this.session = { ...this.session, before };
      this.#unsaved = true;
    };
    const place = { ...this.job, service: this.#service.with({ signal }) };
    this.#listing = { ended: idsOf(place).then(note, () => {}), stop: () => stopped.abort() };
  }

  /** The last range waits a little for the list. Without it, nobody can tell whether an unheard last range was taken. */
  async #endListing(): Promise<void> {
    if (!this.#listing) return;
    const heard = new AbortController();
    const late = sleep(LIST_TIMEOUT, signalFor(this.#service.settings.signal, heard.signal));
    late.catch(() => {});
    await Promise.race([this.#listing.ended, late]);
    heard.abort();
    this.#listing.stop();
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
    const more = await this.#retrier.next(after, (wait) => this.#endAttempt(wait));
    this.#endAttempt();
    if (!more && !otherwise) throw this.#service.interrupted(after, this.session, this.#unreached(after));
    return more;
  }

  /** The host of the upload URL, if nothing has ever got through to it, and it is not the API's own. Only the host: the rest is secret. */
  #unreached(after: Answer | undefined): string | undefined {
    const { uploadUrl, collection, offset } = this.session;
    if (!after || after.reply || after.cause.timedOut) return undefined;
    const host = hostOf(uploadUrl);
    const never = after.verdict === "unsent" || offset === 0;
    return never && host !== hostOf(collection) ? host : undefined;
  }

  /** Two sessions in a row that expire are too short. A draft that is not known everywhere, and an earlier process, do not count. */
  #mustLast(after: Answer | undefined): void {
    const { file } = this.job;
    const { reply } = after ?? {};
    const isNew = reply && this.#state.confirmed === 0 && this.#service.api.mayAppear?.(reply);
    const [earlier, expires] = [this.#expired, this.#expires];
    const counts = reply && !isNew && (this.#state.confirmed > this.#begun || this.#renewed);
    this.#expired = counts && isOver(expires, reply) ? expires : undefined;
    if (earlier === undefined || this.#expired === undefined) return;
    const [first, second] = [earlier, this.#expired].map((time) => new Date(time).toISOString());
    const message = `Two upload sessions in a row expired before ${file.name} (${inMegabytes(file.size)}) was complete: at ${first} and at ${second}. Attach it over a faster connection.`;
    throw new UploadError("lost", message, { cause: after && causeOf(after) });
  }

  /** Opens a new session. */
  async #open({ after }: Move & { to: "open" }): Promise<Event> {
    this.#mustLast(after);
    if (!this.session.before) this.#stopListing();
    this.#unsaved = false;
    await this.job.checkpoint?.remove();
    if (!this.#ranges.canStartOver) throw new UploadError("lost", SPENT);
    for (let last = after; ;) {
      if (++this.#lost > MOST_SESSIONS || !(await this.#renewals.next(last))) {
        throw last?.reply && last.reply.status >= 300
          ? this.#service.refusal(last.reply)
          : this.#service.interrupted(last ?? ENDED);
      }
      try {
        const fresh = await tryToOpen(this.#place);
        this.#fresh = true;
        await this.#save({ ...fresh, before: this.session.before });
        this.#expires = fresh.expires;
        this.#renewed = true;
        this.#retrier.reset();
        return { type: "opened", offset: fresh.offset };
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        if (error.verdict !== "gone")
          throw after?.reply && refusesToken(after.reply) ? this.#service.refusal(after.reply) : error;
        last = error;
      }
    }
  }

  #finish(created: Created): Created {
    this.session = { ...this.session, offset: this.job.content.size };
    this.#report(this.job.content.size);
    return created;
  }

  async #save(session: UploadSession): Promise<void> {
    this.session = session;
    this.#unsaved = false;
    await this.job.checkpoint?.save(session);
  }

  #endAttempt(wait?: number): void {
    if (this.#pending) this.#attempts.end(this.#pending, wait);
    this.#pending = undefined;
  }

  #report(loaded: number): void {
    if (loaded <= this.#reported) return;
    this.#reported = loaded;
    tell(this.#service.settings.onProgress, { loaded, total: this.job.content.size });
  }
}
