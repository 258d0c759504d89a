import { noAnswer, NoReply, Refusal, refusesToken, type Answer } from "../http/refusal.js";
import type { Retrier } from "../http/retry.js";
import type { UploadSession } from "../uploadSession.js";
import type { Job } from "./job.js";
import { tryToOpen } from "./session.js";

/** Times that a lost session is replaced: a draft that was just created may not be known everywhere yet. */
const FRESH_SESSIONS = 4;
/** Times in all without getting any further: each may send the file again from its first byte. */
const MOST_SESSIONS = 12;

const ENDED = noAnswer(new NoReply("The session has ended."));

/** Replaces sessions that were lost, as long as the upload gets any further. */
export class Renewals {
  #retrier: Retrier | undefined;
  /** The furthest offset that any session has confirmed, and the sessions that were lost since. */
  #furthest = 0;
  #lost = 0;

  /** Starts counting again, because the upload runs again, perhaps with other settings. */
  begin(): void {
    this.#retrier = undefined;
  }

  progressed(confirmed: number): void {
    this.#retrier?.reset();
    if (confirmed <= this.#furthest) return;
    this.#furthest = confirmed;
    this.#lost = 0;
  }

  /** Opens a session in place of the one that `after` has ended. */
  async open(job: Job, after: Answer | undefined): Promise<UploadSession> {
    const { service } = job;
    const retrier = (this.#retrier ??= service.retrier(FRESH_SESSIONS));
    for (let last = after; ;) {
      if (++this.#lost > MOST_SESSIONS || !(await retrier.next(last))) {
        throw last?.reply && last.reply.status >= 300
          ? service.refusal(last.reply)
          : service.interrupted(last ?? ENDED);
      }
      try {
        return await tryToOpen(job);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        if (error.verdict !== "gone")
          throw after?.reply && refusesToken(after.reply) ? service.refusal(after.reply) : error;
        last = error;
      }
    }
  }
}
