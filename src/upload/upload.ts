import { UploadError } from "../errors.js";
import { NoReply, Refusal } from "../http/refusal.js";
import { findCreated, findNamed } from "./find.js";
import type { ByteRange, Created, Reply, Step, UploadSession } from "../protocol.js";
import { RangeSender } from "./ranges.js";
import type { Patience } from "../http/retry.js";
import { openSession, type UploadPlan } from "./session.js";

/** How often a session that is gone is replaced: a draft that was just made may not be known everywhere yet. */
const FRESH_SESSIONS = 4;
const SPENT =
  "The upload session is gone, and the stream cannot be read again from its first byte. Attach a Blob or a file that can be read at any place.";

/** Sends ranges until the service has them all. Whatever happens, the service's own offset decides where to go on. */
export class Upload {
  #plan: UploadPlan;
  #patience: Patience;
  #renewals: Patience;
  readonly #sender: RangeSender;
  #reported = 0;
  /** The furthest offset that the service has confirmed in this session. */
  #confirmed: number;
  /** The last range whose reply was lost or said nothing: it may be there. */
  #unanswered: ByteRange | undefined;
  /** Whether a range that was refused has been taken as kept. */
  #guessed = false;
  /** Whether a wait before the next attempt is over already. */
  #waited = false;

  /** `restored`: an earlier process may have sent more than the session tells. */
  constructor(
    plan: UploadPlan,
    public session: UploadSession,
    restored = false,
  ) {
    const { service, content } = plan;
    this.#plan = plan;
    this.#patience = service.patience();
    this.#renewals = service.patience(FRESH_SESSIONS);
    this.#sender = new RangeSender(plan, restored ? content.size : session.offset);
    this.#confirmed = session.offset;
    const { offset } = session;
    if (restored) this.#unanswered = { start: offset, end: offset, total: content.size };
  }

  /** Sends what is missing, on the terms of `service`. `ask`: the service is asked first which bytes it holds. */
  async run(service = this.#plan.service, ask = false): Promise<Created> {
    this.#plan = this.#sender.plan = { ...this.#plan, service };
    this.#patience = service.patience();
    this.#renewals = service.patience(FRESH_SESSIONS);
    try {
      return await this.#run(ask);
    } finally {
      this.#sender.rest();
    }
  }

  async #run(ask: boolean): Promise<Created> {
    const { service, content } = this.#plan;
    const { size } = content;
    const { offset } = this.session;
    let step: Step = { next: offset };
    if (offset >= size && this.session.attachment) step = { done: { attachment: this.session.attachment } };
    else if (offset >= size && !service.protocol.commit?.(this.session))
      step = await this.#begin(new NoReply("The session has ended."));
    else if (ask) step = await this.#locate({ start: offset, end: offset, total: size }, "unanswered");
    while ("next" in step) {
      this.#waited = false;
      const { session } = this;
      const { answer, range } =
        step.next < size ? await this.#sender.send(session, step) : await this.#sender.commit(session);
      step = await this.#understand(answer, range);
      if ("next" in step) await this.#advance(step.next, answer);
    }
    const created = step.done === "unnamed" ? await findNamed(this.#plan.service, this.session) : step.done;
    this.session = { ...this.session, offset: size };
    this.#report(size);
    return created;
  }

  async #understand(answer: Reply | NoReply, range: ByteRange): Promise<Step> {
    const { pace, attempts } = this.#sender;
    const reply = answer instanceof NoReply ? undefined : answer;
    const step = this.#sender.stepOf(this.session, { answer, range });
    if (step) {
      this.#guessed = false;
      pace.grow();
      attempts.end("taken");
      return step;
    }
    const trouble = reply ? this.#plan.service.protocol.trouble(reply) : "passing";
    if (trouble !== "busy" && trouble !== "passing") attempts.end(trouble);
    if (trouble === "gone") return this.#begin(answer);
    const smaller = (!reply || reply.status === 408 || trouble === "tooLarge") && pace.shrink(trouble === "tooLarge");
    if (trouble === "tooLarge" && smaller) return this.#again(range);
    if (trouble === "doubtful" && this.#unanswered?.start === range.start) return this.#begin(answer);
    if (trouble === "unsure" || trouble === "passing") this.#doubt(range);
    if (trouble === "unsure") return this.#locate(range, reply!.status < 300 ? "accepted" : "refused");
    if (trouble !== "busy" && trouble !== "passing") return this.#refuse(reply!);
    await this.#wait(answer);
    return trouble === "busy" ? this.#again(range) : this.#locate(range, "unanswered");
  }

  /** A range that was not taken is sent again; what was sent at the same time, behind it, may be there. */
  async #again(range: ByteRange): Promise<Step> {
    const { reached, gap } = this.#sender;
    return reached > range.end ? this.#locate(range, "unanswered") : { ...gap, next: range.start };
  }

  #doubt(range: ByteRange): void {
    if (!this.#plan.service.protocol.status) this.#sender.pace.repeat(range);
    const longer = this.#unanswered?.start === range.start && this.#unanswered.end > range.end;
    if (!longer) this.#unanswered = range;
  }

  /** Refused for good; but an attempt of which nothing was heard, in an earlier process perhaps, may have made it whole. */
  async #refuse(reply: Reply): Promise<Step> {
    const { service, content } = this.#plan;
    const doubtful = this.#unanswered !== undefined && this.#sender.sent === content.size;
    const created = doubtful ? await findCreated(service, this.session) : undefined;
    if (created) return { done: created };
    throw service.refusal(reply);
  }

  /**
   * Where to go on after a doubt. Where the service cannot say it: a range that was `accepted` is kept, one that went
   * `unanswered` is sent again, and one that was `refused` may be there already, which the next range shows, but for one
   * behind what was confirmed: an offset that led there was wrong. After the last one, the item's attachments tell.
   */
  async #locate(range: ByteRange, doubt: "accepted" | "refused" | "unanswered"): Promise<Step> {
    const { service } = this.#plan;
    const answer = service.protocol.status && (await service.attempt(service.protocol.status(this.session)));
    const reply = answer instanceof NoReply ? undefined : answer;
    if (answer && (!reply || ["busy", "passing"].includes(service.protocol.trouble(reply)))) {
      await this.#wait(answer);
      return this.#locate(range, doubt);
    }
    const step = reply && reply.status < 300 ? this.#sender.stepOf(this.session, { answer: reply }) : undefined;
    if (step) return step;
    const mayBeWhole = range.end === range.total || (range.end > range.start && this.#sender.reached === range.total);
    const created = mayBeWhole ? await findCreated(service, this.session) : undefined;
    if (created) return { done: created };
    const follows = range.end < range.total || service.protocol.commit?.(this.session); // or the last one is sent again
    if (doubt !== "refused") return { next: doubt === "accepted" && follows ? range.end : range.start };
    const kept = this.#unanswered?.start === range.start ? Math.max(this.#unanswered.end, range.end) : range.end;
    if (this.#guessed || kept === range.total || range.start < this.#confirmed) return this.#begin(answer);
    this.#guessed = true;
    return { next: kept };
  }

  /**
   * The session is gone, or nobody can say what it holds: the file may be there nonetheless; if not, it is sent again from
   * its first byte. The session is discarded before, so that nothing that is still on its way can complete it.
   */
  async #begin(last: Reply | NoReply = new NoReply("The session was of no use.")): Promise<Step> {
    const { service, content } = this.#plan;
    service.settings.signal?.throwIfAborted();
    await service.discard(this.session);
    const created = this.#sender.sent < content.size ? undefined : await findCreated(service, this.session);
    if (created) return { done: created };
    if (!this.#sender.canStartOver) throw new UploadError("lost", SPENT);
    for (let reply = last; ;) {
      const failed = reply instanceof NoReply ? undefined : reply;
      if (!(await this.#renewals.again(failed)))
        throw failed && failed.status >= 300 ? service.refusal(failed) : service.interrupted(reply);
      try {
        const { before, ...fresh } = await openSession(this.#plan);
        await this.#keep({ ...fresh, before: this.session.before ?? before });
        this.#sender.sent = this.#confirmed = this.session.offset;
        this.#guessed = false;
        this.#unanswered = undefined;
        this.#waited = true;
        return { next: this.session.offset };
      } catch (error) {
        if (!(error instanceof Refusal) || service.protocol.trouble(error.reply) !== "gone") throw error;
        reply = error.reply;
      }
    }
  }

  async #advance(next: number, answer: Reply | NoReply): Promise<void> {
    if (next > this.#confirmed) {
      this.#confirmed = next;
      this.#patience.reset();
    } else if (!this.#waited) await this.#wait(answer);
    await this.#keep({ ...this.session, offset: next });
    this.#report(next);
  }

  async #wait(answer: Reply | NoReply | undefined): Promise<void> {
    const reply = answer instanceof NoReply ? undefined : answer;
    const again = await this.#patience.again(reply, (wait) => this.#sender.attempts.end("passing", wait));
    this.#sender.attempts.end("passing");
    if (!again) throw this.#plan.service.interrupted(answer, this.session);
    this.#waited = true;
  }

  async #keep(session: UploadSession): Promise<void> {
    this.session = session;
    await this.#plan.checkpoint?.save(session);
  }

  #report(loaded: number): void {
    if (loaded <= this.#reported) return;
    this.#reported = loaded;
    this.#plan.service.settings.onProgress?.({ loaded, total: this.#plan.content.size });
  }
}
