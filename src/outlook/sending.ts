import { sleep } from "../http/retry.js";
import { SENDING_KEY } from "./blockSend.js";
import { supports, type ComposedItem } from "./office.js";

/** Milliseconds after which a note counts for nothing: the pane was closed and cannot take it back. */
const LIFE = 120_000;
const RENEWAL = 20_000;
/** Milliseconds that the end of an upload waits for its note to be taken back. */
const PATIENCE = 2_000;

/** The names of the files under way, by item. */
const underWay = new WeakMap<object, { readonly names: string[]; writing: Promise<void> }>();

/**
 * Notes in the item's session data that a file is on its way, so that `blockSendWhileAttaching` stops the sending (Mailbox
 * 1.11). Session data is what the pane and the handler share in each Outlook: in classic Outlook the handler runs in a runtime
 * without `localStorage`. The note is renewed, and expires if the pane is closed. Returns what takes it back.
 */
export function noteUpload(item: ComposedItem, name: string): () => Promise<void> {
  const { sessionData } = item;
  if (!sessionData || !supports("Mailbox", "1.11")) return async () => {};
  const notes = underWay.get(item) ?? { names: [], writing: Promise.resolve() };
  underWay.set(item, notes);
  const write = () =>
    (notes.writing = notes.writing.then(
      () =>
        new Promise<void>((done) => {
          const { names } = notes;
          const value = JSON.stringify({ names: names.slice(0, 20), until: Date.now() + LIFE });
          try {
            if (names.length > 0) sessionData.setAsync(SENDING_KEY, value, () => done());
            else if (sessionData.removeAsync) sessionData.removeAsync(SENDING_KEY, () => done());
            else sessionData.setAsync(SENDING_KEY, "", () => done());
          } catch {
            done(); // people can send too early, but the upload need not stop for that
          }
        }),
    ));
  notes.names.push(name);
  void write();
  const timer = setInterval(write, RENEWAL);
  return async () => {
    clearInterval(timer);
    notes.names.splice(notes.names.indexOf(name), 1);
    const written = new AbortController();
    const late = sleep(PATIENCE, written.signal).catch(() => {});
    await Promise.race([write(), late]);
    written.abort();
  };
}
