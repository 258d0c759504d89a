import { signalFor } from "../signals.js";
import { isLarge } from "../options.js";
import type { UploadSession } from "../protocol.js";
import type { Ahead, Job } from "../upload/job.js";
import { discardSession, openSession } from "../upload/session.js";
import { attachFile } from "./attachFile.js";

/** Milliseconds that the failure of one upload waits for the session of the next one, so that it can be discarded. */
const OPENING_TIMEOUT = 5_000;

/**
 * Attaches files one after another and returns their attachments. If uploads do not disturb each other, the session of the
 * next file is opened while the last range of the one before is under way. `attach` attaches each.
 */
export async function attachFiles(jobs: readonly Job[], attach = attachFile): Promise<object[]> {
  const early = jobs.map((job) => new EarlySession(job));
  try {
    const attachments = [];
    for (const [index, one] of early.entries()) {
      const ahead: Ahead = { take: () => one.take(), lastRange: () => early[index + 1]?.open(one.job) };
      attachments.push(await attach({ ...one.job, ahead }));
    }
    return attachments;
  } finally {
    await Promise.allSettled(early.map((one) => one.discard()));
  }
}

/** A session that may be opened before its turn. */
class EarlySession {
  readonly job: Job;
  #opened: Promise<UploadSession> | undefined;
  readonly #stop = new AbortController();

  constructor(job: Job) {
    const signal = signalFor(this.#stop.signal, job.service.settings.signal);
    this.job = { ...job, service: job.service.with({ signal }) };
  }

  /** Opens it if it will be needed and does not disturb the upload before it. */
  open(before: Job): void {
    const { file, checkpoint, service, protocol, turn } = this.job;
    const disturbs = protocol.target.item !== undefined && turn === before.turn;
    if (disturbs || checkpoint || this.#opened || !isLarge(file.size, service.settings)) return;
    this.#opened = openSession(this.job);
    this.#opened.catch(() => {}); // reported to the one that takes it
  }

  take(): Promise<UploadSession> | undefined {
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
    await discardSession(this.job, session);
  }
}
