import { Refusal } from "./refusal.js";
import type { Service } from "./service.js";

/** A few seconds by default: an item that was just created is known everywhere by then. */
const RETRIES = 3;

/** Repeats a request while the service does not know an item that may just have been created. */
export async function untilKnown<T>(service: Service, ask: () => Promise<T>): Promise<T> {
  if (service.fresh) return ask(); // the service itself waits
  for (const retrier = service.retrier(Math.min(RETRIES, service.settings.retries)); ;) {
    try {
      return await ask();
    } catch (error) {
      const mayAppear = error instanceof Refusal && service.api.mayAppear?.(error.reply);
      if (!mayAppear || !(await retrier.next())) throw error;
    }
  }
}
