import { attachFile } from "./attachFile.js";
import { isLarge } from "../options.js";
import type { UploadSession } from "../protocol.js";
import type { Queue } from "../http/queue.js";
import { openSession, type UploadPlan } from "../upload/session.js";

/** Milliseconds that the failure of one upload waits for the session of the next one, so that it can be discarded. */
const OPENING_TIMEOUT = 5_000;

/** Attaches a file when it is its turn among all uploads to the same item. */
export function attachInTurn(plan: UploadPlan, queue: Queue): Promise<object> {
  return queue.run(itemOf(plan), () => attachFile(plan), plan.service.settings.signal);
}

/** What takes one upload at a time; `undefined`: uploads do not disturb each other. */
function itemOf({ service, collection, file }: UploadPlan): string | undefined {
  return service.protocol.item?.(collection, file);
}

/**
 * Attaches files one after another and answers their attachments. Where they do not disturb each other, the session of the
 * next file is opened while the last range of the one before is under way. `attach` does it for each.
 */
export async function attachFiles(plans: readonly UploadPlan[], attach = attachFile): Promise<object[]> {
  const ahead = plans.map((plan) => new Ahead(plan));
  try {
    const attachments = [];
    for (const [index, one] of ahead.entries()) {
      const own = { ...one.plan, opened: () => one.take(), ending: () => ahead[index + 1]?.open(one.plan) };
      attachments.push(await attach(own));
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

  /** Opens it, if it will be needed and does not disturb the upload before it, which is not over. */
  open(other: UploadPlan): void {
    const { file, checkpoint, service } = this.plan;
    const item = itemOf(this.plan);
    const disturbs = item !== undefined && item === itemOf(other);
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
