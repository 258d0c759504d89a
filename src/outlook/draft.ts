import { UploadError } from "../errors.js";
import { backoff, sleep } from "../http/retry.js";
import {
  callOffice,
  inTurn,
  OfficeFailure,
  officeGlobal,
  shortly,
  supports,
  type ComposedItem,
  type OfficeCallback,
  type Patience,
} from "./office.js";

/** Settings of an upload that saving needs. */
export interface Saving extends Patience {
  readonly retries: number;
  /** Milliseconds. */
  readonly delay: number;
}

/** The id in the form that a path can have. Outlook on mobile devices has no function for it. */
export function restId(id: string): string {
  try {
    const converted = officeGlobal().context.mailbox?.convertToRestId?.(id, "v2.0");
    if (converted) return converted;
  } catch {
    // not supported on mobile devices (documented)
  }
  return id.replaceAll("/", "-").replaceAll("+", "_");
}

/** Errors of `saveAsync` that may pass (docs: Office Common API error codes). */
const MAY_PASS = new Set([9020, 9021, 9041]);
const SAVE_RETRIES = 3;

/** Advice for errors of `saveAsync`. */
const REMEDIES: Readonly<Record<number, string>> = {
  5009: "The add-in has no permission for it: its manifest needs read/write access to the item.",
  9016: "The add-in has no permission for it: its manifest needs read/write access to the item.",
  9021: "Check the connection, and that nobody has deleted the draft, then attach the file again.",
  9022: "The draft was moved to another mailbox, or its From was changed. Open it there, and attach the file again.",
  9041: "There is no connection to the network. Attach the file again when there is.",
};
const FINAL = new Set([5009, 9016, 9022]);

/** Saves the item, and returns the id that Outlook knows it by. Throws an `UploadError` in words for people. */
async function save(item: ComposedItem, name: string, patience: Saving): Promise<string> {
  if (!item.saveAsync) {
    throw new UploadError(
      "unsupported",
      `This Outlook does not let add-ins save a draft, so ${name} was not attached. Open the draft in Outlook on the web.`,
    );
  }
  for (let attempt = 0; ; attempt++) {
    try {
      return await callOffice<string>((done) => item.saveAsync?.(done), patience);
    } catch (error) {
      if (!(error instanceof OfficeFailure)) throw error;
      const { code = 0 } = error;
      const again = MAY_PASS.has(code) && attempt < Math.min(SAVE_RETRIES, patience.retries);
      if (!again) throw unsaved(error, name);
      await sleep(backoff(attempt, patience.delay, Math.random()), patience.signal);
    }
  }
}

function unsaved(error: OfficeFailure, name: string): UploadError {
  const { code = 0, message } = error;
  const kind = FINAL.has(code) ? "unsupported" : "interrupted";
  const remedy = REMEDIES[code] ?? `Outlook says: ${message} Save the draft in its window, then attach the file again.`;
  return new UploadError(kind, `Outlook could not save the draft, so ${name} was not attached. ${remedy}`, {
    cause: error,
  });
}

/** The mailbox of somebody else that holds the item. `undefined` if it is the user's own, or if the host cannot say. */
async function ownerOf(item: ComposedItem, patience: Patience): Promise<string | undefined> {
  if (!item.getSharedPropertiesAsync || !supports("Mailbox", "1.8")) return undefined;
  try {
    const shared = await callOffice<{ readonly owner?: string; readonly targetMailbox?: string } | undefined>(
      (done) => item.getSharedPropertiesAsync?.(done),
      shortly(patience),
    );
    return shared?.targetMailbox || shared?.owner || undefined;
  } catch (error) {
    if (error instanceof OfficeFailure) return undefined; // the answer for an item that is not shared (documented)
    throw error;
  }
}

/** The item as Graph knows it. */
export interface Draft {
  readonly path: string;
  /** The mailbox of somebody else that holds it. */
  readonly owner?: string;
}

/** Saves the item, and returns where Graph has it. */
export async function savedDraft(item: ComposedItem, name: string, patience: Saving): Promise<Draft> {
  const id = await inTurn(item, () => save(item, name, patience), patience.signal);
  const owner = await ownerOf(item, patience);
  return { path: pathOf(item, id, owner), owner };
}

/** Where Graph has the item now. Saves it only if Outlook does not say so otherwise (Mailbox 1.8). `undefined`: not known. */
export async function currentPath(
  item: ComposedItem,
  { owner }: Draft,
  patience: Patience,
): Promise<string | undefined> {
  const tells = item.getItemIdAsync !== undefined && supports("Mailbox", "1.8");
  const ask = (done: OfficeCallback<string>) => (tells ? item.getItemIdAsync?.(done) : item.saveAsync?.(done));
  const id = await callOffice<string>(ask, patience).catch(() => undefined);
  return id ? pathOf(item, id, owner) : undefined;
}

function pathOf({ itemType }: ComposedItem, id: string, owner: string | undefined): string {
  const mailbox = owner === undefined ? "/me" : `/users/${encodeURIComponent(owner)}`;
  return `${mailbox}/${itemType === "appointment" ? "events" : "messages"}/${encodeURIComponent(restId(id))}`;
}
