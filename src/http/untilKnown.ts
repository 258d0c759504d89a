import { Refusal } from "./refusal.js";
import { backoff, sleep } from "./retry.js";
import type { Service } from "./service.js";

/** A few seconds by default: an item that was just created is known everywhere by then. */
const RETRIES = 3;
/** Milliseconds between two requests at most, so that a draft is found soon after it was synchronized. */
const LONGEST_PAUSE = 15_000;

/**
 * Repeats a request while the service does not know an item that may just have been created: for a few seconds, or for as
 * long as `waitForDraft` says. Other uploads have the turn of this one meanwhile.
 */
export async function untilKnown<T>(service: Service, ask: () => Promise<T>): Promise<T> {
  if (service.fresh) return ask(); // the service itself waits
  const { retries, delay, signal, waitForDraft } = service.settings;
  const since = performance.now();
  for (let attempt = 0; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Refusal && service.api.mayAppear?.(error.reply))) throw error;
      const left = (waitForDraft ?? Infinity) - (performance.now() - since);
      if (waitForDraft === undefined && attempt >= Math.min(RETRIES, retries)) throw error;
      if (left <= 0) throw waitForDraft === 0 ? error : service.notSynced(error);
      const wait = Math.min(backoff(attempt, delay, Math.random()), LONGEST_PAUSE, left);
      service.waits("draft", wait, since);
      await service.whileReading(sleep(wait, signal));
    }
  }
}
