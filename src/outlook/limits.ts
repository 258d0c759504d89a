import { addsFiles } from "./byOffice.js";
import { officeGlobal, supports, type ComposedItem } from "./office.js";

/** Something that this Outlook cannot do, and what works instead. */
export interface OutlookLimit {
  /**
   * - `add`: no add-in can add a file to the window itself (Mailbox 1.8)
   * - `save`: no add-in can save a draft (Mailbox 1.3), which Graph needs
   * - `signIn`: no nested app authentication (NestedAppAuth 1.1); `window`: no window to sign in either (DialogApi 1.1)
   * - `storage`: no `localStorage`, so that an upload cannot be resumed after a reload
   * - `sending`: nothing stops people from sending too early (Mailbox 1.12)
   */
  readonly missing: "add" | "save" | "signIn" | "window" | "storage" | "sending";
  /** A sentence for people, with what works instead. */
  readonly sentence: string;
}

const SENTENCES = {
  nothing: "Add-ins can’t attach files in this Outlook. Open the draft in Outlook on the web.",
  add: "Files show in this window only after you close the draft and open it again.",
  save: "You can attach files of up to 25 MB here. For larger ones, open the draft in Outlook on the web.",
  signIn: "For files over 25 MB, this Outlook asks you to sign in in a window of its own.",
  signInAlways: "This Outlook asks you to sign in in a window of its own.",
  window:
    "You can’t sign in here, so files can have up to 25 MB. For larger ones, open the draft in Outlook on the web.",
  noWay: "You can’t sign in here. Open the draft in Outlook on the web to attach files.",
  storage: "If you close this pane during an upload, the upload starts over.",
  sending: "This Outlook doesn’t stop you from sending too early. Wait until your files are attached.",
};

/**
 * The limits of this Outlook for the item, as sentences to show in a pane. Asks the host for its requirement sets, and never
 * for its name. Empty where everything works.
 */
export function outlookLimits(item: ComposedItem | undefined = officeGlobal().context.mailbox?.item): OutlookLimit[] {
  const adds = item !== undefined && addsFiles(item);
  const saves = item?.saveAsync !== undefined && supports("Mailbox", "1.3");
  if (!adds && !saves) return [{ missing: "save", sentence: SENTENCES.nothing }];
  const limits: OutlookLimit[] = [];
  const lacks = (missing: OutlookLimit["missing"], sentence: string) => void limits.push({ missing, sentence });
  if (!adds) lacks("add", SENTENCES.add);
  if (!saves) lacks("save", SENTENCES.save);
  else if (!supports("NestedAppAuth", "1.1")) {
    if (supports("DialogApi", "1.1")) lacks("signIn", adds ? SENTENCES.signIn : SENTENCES.signInAlways);
    else lacks("window", adds ? SENTENCES.window : SENTENCES.noWay);
  }
  if (saves && !storage()) lacks("storage", SENTENCES.storage);
  if (!supports("Mailbox", "1.12")) lacks("sending", SENTENCES.sending);
  return limits;
}

/** A webview may forbid it: already reading it may throw. */
function storage(): boolean {
  try {
    const key = "graph-large-attachments:test";
    globalThis.localStorage.setItem(key, key);
    globalThis.localStorage.removeItem(key);
    return true;
  } catch {
    return false;
  }
}
