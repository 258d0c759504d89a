import type { CreatedAttachment } from "../client/withLargeAttachments.js";
import { sleep } from "../http/retry.js";
import { restId } from "./draft.js";
import {
  callOffice,
  officeGlobal,
  shortly,
  supports,
  type ComposedItem,
  type OfficeCallback,
  type Patience,
} from "./office.js";

/** An attachment of the item that is being written. */
export interface ItemAttachment extends CreatedAttachment {
  /** `office`: Office.js added it to the window. `graph`: Graph added it to the draft on the server. */
  readonly by: "office" | "graph";
  /** True if the open window shows it, so that people see it as attached. */
  readonly shown: boolean;
  /** A sentence that tells people how to see it in this Outlook. Present if the window does not show it yet. */
  readonly advice?: string;
}

type Shown = { readonly id: string; readonly name: string };

/** The attachments that the window shows. `undefined` if the host cannot say (Mailbox 1.8). */
export async function attachmentsShown(item: ComposedItem, patience: Patience): Promise<readonly Shown[] | undefined> {
  if (!item.getAttachmentsAsync || !supports("Mailbox", "1.8")) return undefined;
  const ask = (done: OfficeCallback<readonly Shown[]>) => item.getAttachmentsAsync?.((result) => done(result));
  return callOffice<readonly Shown[]>(ask, shortly(patience)).catch(() => {
    patience.signal?.throwIfAborted();
    return undefined;
  });
}

/** Attachments that an upload has recognized as its own, so that two files of one name are two. */
const claimed = new WeakMap<object, Set<string>>();
/** The attachments that the window showed before one was made. */
const before = new WeakMap<object, readonly Shown[]>();

/** The attachment in the window that was not there before. */
export async function newlyShown(
  item: ComposedItem,
  { id, name }: { readonly id?: string; readonly name: string },
  earlier: readonly Shown[] | undefined,
  patience: Patience,
): Promise<Shown | undefined> {
  const now = await attachmentsShown(item, patience);
  const own = claimed.get(item) ?? new Set();
  claimed.set(item, own);
  const isNew = (one: Shown) => earlier !== undefined && !own.has(one.id) && !earlier.some(({ id }) => id === one.id);
  const found = now?.find((one) => id === restId(one.id)) ?? now?.find((one) => one.name === name && isNew(one));
  if (found) own.add(found.id);
  return found;
}

/** Notes an attachment that Office.js has added. */
export function claim(item: ComposedItem, id: string): void {
  claimed.set(item, (claimed.get(item) ?? new Set()).add(id));
}

/** Completes an attachment that Graph has added: does the window show it, and if not, how can people see it? */
export async function withShown(
  item: ComposedItem,
  attachment: CreatedAttachment,
  earlier: readonly Shown[] | undefined,
  timeout: number,
): Promise<ItemAttachment> {
  const shown = (await newlyShown(item, attachment, earlier, { timeout })) !== undefined;
  const result: ItemAttachment = { ...attachment, by: "graph", shown, ...(shown ? {} : { advice: adviceFor(item) }) };
  if (earlier) before.set(result, earlier);
  return result;
}

const PAUSES = { first: 1_000, longest: 15_000 };

/**
 * Waits until the window shows an attachment that `attachToItem` has returned. Resolves with `false` after `timeout`
 * milliseconds, or immediately if this Outlook cannot say (Mailbox 1.8). Rejects with the signal's reason.
 */
export async function untilShown(
  item: ComposedItem,
  attachment: ItemAttachment,
  options: { /** @default 600000 */ readonly timeout?: number; readonly signal?: AbortSignal } = {},
): Promise<boolean> {
  const { timeout = 600_000, signal } = options;
  if (attachment.shown) return true;
  if (!supports("Mailbox", "1.8")) return false;
  const end = performance.now() + timeout;
  for (let pause = PAUSES.first; ; pause = Math.min(2 * pause, PAUSES.longest)) {
    const found = await newlyShown(item, attachment, before.get(attachment), { timeout: 10_000, signal });
    const left = end - performance.now();
    if (found || left <= 0) return found !== undefined;
    await sleep(Math.min(pause, left), signal);
  }
}

/** The kinds of Outlook, as the host itself says. */
export type OutlookHost = "web" | "new" | "classic" | "mac" | "mobile" | "other";

/** The kind of Outlook. For messages only: its requirement sets say what it can do. */
export function outlookHost(): OutlookHost {
  const { platform, diagnostics, mailbox } = officeGlobal().context;
  const name = mailbox?.diagnostics?.hostName ?? "";
  const system = String(platform ?? diagnostics?.platform ?? "");
  if (/^(iOS|Android)$/.test(system) || /^Outlook(IOS|Android)$/.test(name)) return "mobile";
  if (name === "newOutlookWindows") return "new";
  if (name === "OutlookWebApp" || system === "OfficeOnline") return "web";
  return system === "Mac" ? "mac" : system === "PC" ? "classic" : "other";
}

const CLOSE = "The file is on the {draft}, but this window doesn’t show it yet. ";
const ADVICE: Readonly<Record<OutlookHost, string>> = {
  web: "Close the {draft} and open it again from {folder}.",
  new: "Close the {draft} and open it again from {folder}.",
  classic: "Close the {draft}, select Send/Receive, and open it again from {folder}.",
  mac: "Close the {draft}, synchronize {folder}, and open it again.",
  mobile: "Close the {draft}, refresh {folder}, and open it again.",
  other: "Close the {draft} and open it again from {folder}.",
};

function adviceFor({ itemType }: ComposedItem): string {
  const [draft, folder] = itemType === "appointment" ? ["event", "the calendar"] : ["draft", "Drafts"];
  return `${CLOSE}${ADVICE[outlookHost()]}`.replaceAll("{draft}", draft).replaceAll("{folder}", folder);
}
