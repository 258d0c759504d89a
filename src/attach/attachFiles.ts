import { signalFor } from "../signals.js";
import { isLarge } from "../settings.js";
import type { Ahead, Job } from "../upload/job.js";
import { readAhead } from "../files/read.js";
import { sleep } from "../http/retry.js";
import type { Reply } from "../protocol.js";
import { beginReading } from "../upload/ranges.js";
import { discardSession, openSession } from "../upload/session.js";
import type { UploadSession } from "../uploadSession.js";
import { attachFile } from "./attachFile.js";

/** Milliseconds that the failure of one upload waits for the session of the next one, so that it can be discarded. */
const OPENING_TIMEOUT = 5_000;

/** Milliseconds that a request waits for the answer to a session that was opened next to the one before it. */
const TRIAL_TIMEOUT = 1_000;

/** Attaches files one after another and returns their attachments. See `inSuccession`. `attach` attaches each. */
export function attachFiles(jobs: readonly Job[], attach = attachFile): Promise<object[]> {
  return inSuccession(jobs, async (own) => {
    const attachments = [];
    for (const job of own) attachments.push(await attach(job));
    return attachments;
  });
}

/**
 * Runs `work`, which attaches these files one after another. While the last request of a file is under way, the first range of
 * the next one is read, and its session is opened if that does not disturb the upload before it. `tries`: a session may also be
 * opened next to a write to the same item. If the service refuses that, the session is opened in its turn.
 */
export async function inSuccession<T>(
  jobs: readonly Job[],
  work: (jobs: readonly Job[]) => Promise<T>,
  tries = false,
): Promise<T> {
  const luck: Luck = { tries };
  const early = jobs.map((job) => new EarlySession(job, luck));
  const own = early.map((one, index): Job => {
    const next = early[index + 1];
    const ahead: Ahead = {
      take: () => one.take(),
      lastRange: () => next?.begin(one.job),
      notTaken: () => next?.endTrial(),
    };
    return { ...one.job, ahead };
  });
  try {
    return await work(own);
  } finally {
    await Promise.allSettled(early.map((one) => one.discard()));
  }
}

/** Shared by files that go to one item. */
interface Luck {
  /** Cleared when a session or the range next to it was refused. */
  tries: boolean;
}

/** Names what takes one upload at a time. */
function itemOf({ protocol, collection, file }: Job): string | undefined {
  return protocol.target.item?.(collection, file);
}

/** A session that may be opened before its turn. */
class EarlySession {
  readonly job: Job;
  #opened: Promise<UploadSession | undefined> | undefined;
  /** The same, if it was opened next to a write. */
  #tried: Promise<unknown> | undefined;
  #taken = false;
  readonly #stop = new AbortController();
  readonly #trial = new AbortController();

  constructor(
    job: Job,
    private readonly luck: Luck,
  ) {
    const signal = signalFor(this.#stop.signal, job.service.settings.signal);
    this.job = { ...job, content: readAhead(job.content), service: job.service.with({ signal }) };
  }

  /** Begins with what the file will need. Opens its session if that does not disturb the upload before it. */
  begin(before: Job): void {
    const { file, checkpoint, service } = this.job;
    if (this.#taken || this.#opened || checkpoint || service.settings.checkpoints) return;
    beginReading(this.job);
    const item = itemOf(this.job);
    const disturbs = item !== undefined && item === itemOf(before);
    if ((disturbs && !this.luck.tries) || !isLarge(file.size, service.settings)) return;
    this.#opened = disturbs ? (this.#tried = this.#try()) : openSession(this.job);
    this.#opened.catch(() => {}); // reported to the one that takes it
  }

  /** Opens it once, after the request next to it has left: if one of both is refused, it is this one. */
  async #try(): Promise<UploadSession | undefined> {
    const { protocol, service } = this.job;
    const conflict = new Error("A session was refused next to a range.");
    const opened = (reply: Reply) => {
      if (reply.status === 412) throw conflict;
      return protocol.session.opened(reply);
    };
    const signal = signalFor(this.#trial.signal, service.settings.signal);
    await sleep(0, signal).catch(() => {});
    const session = { ...protocol.session, opened };
    const own = { ...this.job, protocol: { ...protocol, session }, service: service.with({ signal }) };
    return openSession(own).catch((error: unknown) => {
      if (error !== conflict && !this.#trial.signal.aborted) throw error;
      this.luck.tries = false;
      return undefined;
    });
  }

  /** The request next to it is not taken, and a write may follow: waits until the service has answered, or gives up. */
  async endTrial(): Promise<void> {
    if (!this.#tried) return;
    this.luck.tries = false;
    const timer = setTimeout(() => this.#trial.abort(), TRIAL_TIMEOUT);
    await this.#tried.catch(() => {});
    clearTimeout(timer);
  }

  take(): Promise<UploadSession | undefined> | undefined {
    this.#taken = true;
    const opened = this.#opened;
    this.#opened = undefined;
    return opened;
  }

  /** Discards a session that was opened for an upload that never began. */
  async discard(): Promise<void> {
    const opened = this.take();
    if (!opened) return;
    const timer = setTimeout(() => this.#stop.abort(), OPENING_TIMEOUT);
    const session = await opened.finally(() => clearTimeout(timer));
    if (session) await discardSession(this.job, session);
  }
}
