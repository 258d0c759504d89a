import { attachFile } from "./attachFile.js";
import { isLarge } from "./options.js";
import type { FileInfo, UploadSession } from "./protocol.js";
import { openSession, type UploadPlan } from "./session.js";

/** Milliseconds that the failure of one upload waits for the session of the next one, so that it can be discarded. */
const OPENING_TIMEOUT = 5_000;

/**
 * Attaches files one after another and answers their attachments. Where uploads do not disturb each other, the session of
 * the next file is opened while the last range of the one before is under way. `attached` is called with each in turn.
 */
export async function attachFiles(
  plans: readonly UploadPlan[],
  attached: (attachment: object) => void = () => {},
): Promise<object[]> {
  const ahead = plans.map((plan) => new Ahead(plan));
  try {
    const attachments = [];
    for (const [index, one] of ahead.entries()) {
      const own = { ...one.plan, opened: () => one.take(), ending: () => ahead[index + 1]?.open(one.plan.file) };
      const attachment = await attachFile(own);
      attached(attachment);
      attachments.push(attachment);
    }
    return attachments;
  } finally {
    await Promise.allSettled(ahead.map((one) => one.discard()));
  }
}

/** A session that may be opened before its turn. */
class Ahead {
  readonly plan: UploadPlan;
  #opened: Promise<UploadSession> | undefined;
  readonly #stop = new AbortController();

  constructor(plan: UploadPlan) {
    const { settings } = plan.service;
    const signals = [this.#stop.signal, ...(settings.signal ? [settings.signal] : [])];
    this.plan = { ...plan, service: plan.service.with({ ...settings, signal: AbortSignal.any(signals) }) };
  }

  /** Opens it, if it will be needed and is taken while the upload of another file is not over. */
  open(other: FileInfo): void {
    const { file, checkpoint, service } = this.plan;
    const disturbs = service.protocol.item !== undefined || other.name.toLowerCase() === file.name.toLowerCase();
    if (disturbs || checkpoint || this.#opened || !isLarge(file.size, service.settings)) return;
    this.#opened = openSession(this.plan);
    this.#opened.catch(() => {}); // told to whoever takes it
  }

  take(): Promise<UploadSession> | undefined {
    const opened = this.#opened;
    this.#opened = undefined;
    return opened;
  }

  /** What was opened for an upload that never began is not left behind. */
  async discard(): Promise<void> {
    const opened = this.take();
    if (!opened) return;
    const timer = setTimeout(() => this.#stop.abort(), OPENING_TIMEOUT);
    const session = await opened.finally(() => clearTimeout(timer));
    await this.plan.service.discard(session);
  }
}
