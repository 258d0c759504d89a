// Runs in the JavaScript runtime of classic Outlook as well, which has neither a page nor imports: callbacks only, and
// nothing that is newer than ECMAScript 2016.

/** The name of the session data in which uploads note themselves. */
export const SENDING_KEY = "graph-large-attachments";

/** The event of `OnMessageSend` and `OnAppointmentSend`. */
export interface SendEvent {
  completed(options: { allowEvent: boolean; errorMessage?: string }): void;
}

/** The part of Office.js that the handler uses. `globalThis` is younger than the runtime of classic Outlook. */
declare const Office: {
  readonly context: {
    readonly mailbox: {
      readonly item: {
        readonly sessionData: {
          getAsync(
            name: string,
            callback: (result: { readonly status: unknown; readonly value: string }) => void,
          ): void;
        };
      };
    };
  };
};

/**
 * A Smart Alerts handler for `OnMessageSend` and `OnAppointmentSend` (Mailbox 1.12). While `attachToItem` is at work for the
 * item, it stops the sending and names the files. Otherwise, and if anything fails here, the item is sent.
 */
export function blockSendWhileAttaching(event: SendEvent): void {
  try {
    Office.context.mailbox.item.sessionData.getAsync(SENDING_KEY, (result) => {
      const names = result.status === "succeeded" ? namesIn(result.value) : [];
      if (names.length === 0) event.completed({ allowEvent: true });
      else event.completed({ allowEvent: false, errorMessage: messageFor(names) });
    });
  } catch (_) {
    event.completed({ allowEvent: true });
  }
}

/** The files that are on their way. A note that nobody renews any more counts for nothing. */
function namesIn(value: string): string[] {
  try {
    const note: { names: string[]; until: number } = JSON.parse(value);
    return note.until > Date.now() ? note.names : [];
  } catch (_) {
    return [];
  }
}

/** Characters of a name that are shown. */
const LONGEST = 100;

function messageFor(names: readonly string[]): string {
  const first = String(names[0]);
  const name = first.length > LONGEST ? first.slice(0, LONGEST) + "…" : first;
  const others = names.length - 1;
  const more = others === 0 ? "" : others === 1 ? " and one other file" : " and " + others + " other files";
  const are = others === 0 ? " is" : " are";
  return name + more + are + " still being attached. Wait until the upload has finished, then send again.";
}
