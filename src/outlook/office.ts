// The part of Office.js that this entry uses, by structure: it imports nothing, so that users need no @types/office-js.
import { UploadError } from "../errors.js";
import { orAborted } from "../signals.js";

/** The result that Office.js passes to a callback. */
export interface OfficeResult<T> {
  /** `"succeeded"` or `"failed"`. */
  readonly status: unknown;
  readonly value: T;
  readonly error?: { readonly code?: number; readonly name?: string; readonly message?: string } | null;
}
export type OfficeCallback<T> = (result: OfficeResult<T>) => void;

/** Values that the pane and the Smart Alerts handler of one add-in share about one item (Mailbox 1.11). */
export interface ItemSessionData {
  setAsync(name: string, value: string, callback: OfficeCallback<void>): void;
  getAsync(name: string, callback: OfficeCallback<string>): void;
  removeAsync?(name: string, callback: OfficeCallback<void>): void;
}

/** The message or appointment that is being written: `Office.context.mailbox.item`. */
export interface ComposedItem {
  /** `"message"` or `"appointment"`. */
  readonly itemType?: unknown;
  readonly sessionData?: ItemSessionData;
  saveAsync?(callback: OfficeCallback<string>): void;
  getItemIdAsync?(callback: OfficeCallback<string>): void;
  addFileAttachmentFromBase64Async?(
    base64File: string,
    attachmentName: string,
    options: { isInline: boolean },
    callback: OfficeCallback<string>,
  ): void;
  removeAttachmentAsync?(attachmentId: string, callback: OfficeCallback<void>): void;
  getAttachmentsAsync?(callback: OfficeCallback<{ readonly id: string; readonly name: string }[]>): void;
  getSharedPropertiesAsync?(
    callback: OfficeCallback<{ readonly owner?: string; readonly targetMailbox?: string }>,
  ): void;
}

/** The global `Office`. */
export interface OfficeGlobal {
  readonly context: {
    readonly platform?: unknown;
    readonly diagnostics?: { readonly platform?: unknown };
    readonly requirements?: { isSetSupported(name: string, minVersion?: string): boolean };
    readonly mailbox?: {
      readonly item?: ComposedItem;
      readonly diagnostics?: { readonly hostName?: string };
      convertToRestId?(id: string, version: string): string;
    };
  };
}

/** The global `Office`. Throws an `UploadError` if the page has not loaded Office.js. */
export function officeGlobal(): OfficeGlobal {
  const office: OfficeGlobal | undefined = Reflect.get(globalThis, "Office");
  if (office?.context) return office;
  throw new UploadError("invalid", "Office.js is not ready. Load it in the page, and wait for Office.onReady().");
}

/** True if the host has a requirement set. Hosts that are too old to be asked have none. */
export function supports(name: string, version: string): boolean {
  try {
    return officeGlobal().context.requirements?.isSetSupported(name, version) === true;
  } catch {
    return false;
  }
}

/** A call of Office.js that has failed. `unheard`: no answer came, so it may have been done. */
export class OfficeFailure extends Error {
  readonly code: number | undefined;

  constructor(
    error: OfficeResult<unknown>["error"],
    readonly unheard = false,
  ) {
    super(error?.message ?? "Outlook gave no reason.");
    this.name = error?.name ?? "OfficeFailure";
    this.code = error?.code;
  }
}

/** Limits of the wait for a call of Office.js. Milliseconds. */
export interface Patience {
  readonly timeout: number;
  readonly signal?: AbortSignal;
}

/** For a call whose answer can be done without. */
export const shortly = ({ timeout, signal }: Patience): Patience => ({ timeout: Math.min(timeout, 10_000), signal });

/** Makes a call of Office.js. Rejects with an `OfficeFailure`, or with the signal's reason. */
export function callOffice<T>(run: (done: OfficeCallback<T>) => void, { timeout, signal }: Patience): Promise<T> {
  signal?.throwIfAborted();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const work = new Promise<T>((resolve, reject) => {
    const late = { name: "Timeout", message: `Outlook did not answer within ${timeout} ms.` };
    timer = setTimeout(() => reject(new OfficeFailure(late, true)), timeout);
    try {
      run((result) => {
        if (result.status === "succeeded") resolve(result.value);
        else reject(new OfficeFailure(result.error));
      });
    } catch (error) {
      reject(new OfficeFailure({ name: "InvalidCall", message: String(error) }));
    }
  });
  return orAborted(work, signal).finally(() => clearTimeout(timer));
}

/** The last piece of work for each item. */
const lastWork = new WeakMap<object, Promise<unknown>>();

/** Does one thing at a time for an item: Outlook on the web takes three calls at a time (docs: limits of add-ins). */
export function inTurn<T>(item: object, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const before = lastWork.get(item) ?? Promise.resolve();
  const turn = before.then(() => {
    signal?.throwIfAborted();
    return work();
  });
  lastWork.set(
    item,
    turn.catch(() => {}),
  );
  return orAborted(turn, signal);
}
