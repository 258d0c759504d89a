import { sleep } from "../http/retry.js";
import { signalFor } from "../signals.js";
import { idsOf, type Place } from "./find.js";

/** Milliseconds that are waited for the list of attachments. It is needed only if a reply is lost. */
export const LIST_TIMEOUT = 15_000;

/** Reads which attachments the item has, while the first ranges are on their way. */
export class Listing {
  readonly #stopped = new AbortController();
  readonly #ended: Promise<void>;

  /** `note` gets the ids of the attachments, unless the listing is stopped before. */
  constructor(
    private readonly place: Place,
    note: (before: string[]) => void,
  ) {
    const signal = signalFor(place.service.settings.signal, this.#stopped.signal);
    const listed = (before: string[] | undefined) => {
      if (before && !this.#stopped.signal.aborted) note(before);
    };
    this.#ended = idsOf({ ...place, service: place.service.with({ signal }) }).then(listed, () => {});
  }

  /** The last range waits a little for the list. Without it, nobody can tell whether an unheard last range was taken. */
  async end(): Promise<void> {
    const heard = new AbortController();
    const late = sleep(LIST_TIMEOUT, signalFor(this.place.service.settings.signal, heard.signal));
    late.catch(() => {});
    await Promise.race([this.#ended, late]);
    heard.abort();
    this.stop();
  }

  stop(): void {
    this.#stopped.abort();
  }
}
