import type { Client } from "@microsoft/microsoft-graph-client";
import { tell } from "../callbacks.js";
import { stateOf } from "../client/handlerState.js";
import { graphUploads } from "../client/LargeAttachmentHandler.js";
import { withLargeAttachments } from "../client/withLargeAttachments.js";
import { UploadError } from "../errors.js";
import type { Content } from "../file.js";
import { memory, openSource } from "../files/open.js";
import { read } from "../files/read.js";
import { clientIn, type ClientWrapper } from "../http/graphClient.js";
import { inMegabytes, sizeAndLimit } from "../megabytes.js";
import type { AttachmentSource, AttachOptions, CheckpointStore, RandomAccessFile } from "../options.js";
import { resolveOptions, type Settings } from "../settings.js";
import { signalFor } from "../signals.js";
import type { UploadSession } from "../uploadSession.js";
import { attachByGraph } from "./byGraph.js";
import { addByOffice, addsFiles, officeTakes, type OfficeFile } from "./byOffice.js";
import { inTurn, officeGlobal, type ComposedItem } from "./office.js";
import { noteUpload } from "./sending.js";
import { attachmentsShown, withShown, type ItemAttachment } from "./shown.js";

/** Milliseconds. */
const WAIT_FOR_DRAFT = 300_000;
/** Bytes (docs: outlook-large-attachments). */
const OUTLOOK_LIMIT = 157_286_400;

/**
 * Attaches a file to the message or appointment that is being written in Outlook: `Office.context.mailbox.item`, once
 * `Office.onReady()` has resolved. What Office.js takes (25 MB, Mailbox 1.8) it adds to the window itself, where it shows
 * immediately and needs no sign-in. Larger files go to the draft on the server through Graph: the item is saved, and
 * waited for until Graph knows it. The result says whether the window shows the file.
 *
 * Takes the options of `attach`, with `waitForDraft` of five minutes, and with `checkpoints` in memory: attaching the same
 * file to the same item again resumes an interrupted upload. Rejects as `attach` does, and with an `UploadError`
 * in words for people if Outlook cannot save the draft (`interrupted`, `unsupported`), has not synchronized it (`notSynced`)
 * or has lost it (`lost`).
 */
export function attachToItem(
  client: Client | ClientWrapper,
  item: ComposedItem,
  file: RandomAccessFile,
  options?: AttachOptions,
): Promise<ItemAttachment>;
export function attachToItem(
  client: Client | ClientWrapper,
  item: ComposedItem,
  file: AttachmentSource,
  options?: AttachOptions,
): Promise<ItemAttachment>;
export async function attachToItem(
  client: Client | ClientWrapper,
  item: ComposedItem,
  file: AttachmentSource,
  options: AttachOptions = {},
): Promise<ItemAttachment> {
  const content = openSource(file, options.size);
  try {
    const graph = clientIn(withLargeAttachments(client));
    const defaults = stateOf(graph)?.defaults;
    const settings = resolveOptions({ waitForDraft: WAIT_FOR_DRAFT }, defaults, options);
    const signal = signalFor(defaults?.signal, options.signal);
    officeGlobal();
    const about = checked(item, content, options, settings);
    signal?.throwIfAborted();
    const done = noteUpload(item, about.name);
    try {
      return await attach({ graph, item, content, about, options, settings: { ...settings, signal } });
    } finally {
      await done();
    }
  } catch (error) {
    content.close(error);
    throw error;
  }
}

/** A file, and what is known of it. */
interface Given {
  readonly graph: Client;
  readonly item: ComposedItem;
  readonly content: Content;
  readonly about: OfficeFile;
  readonly options: AttachOptions;
  readonly settings: Settings;
}

async function attach(given: Given): Promise<ItemAttachment> {
  const { graph, item, about, options, settings } = given;
  const { timeout, retries, delay, signal, waitForDraft } = settings;
  let { content } = given;
  if (officeTakes(item, about)) {
    const work = async () => read(content, 0, about.size, signal).then((bytes) => add(given, bytes));
    const added = await inTurn(item, work, signal);
    if (!(added instanceof Uint8Array)) {
      content.close();
      return added;
    }
    if (!content.anywhere) content = { ...memory(added), name: content.name, type: content.type };
  }
  const earlier = await attachmentsShown(item, { timeout, signal });
  const uploads = await (stateOf(graph)?.uploads ?? graphUploads)(signal);
  const attached = await attachByGraph({
    client: graph,
    uploads,
    item,
    name: about.name,
    content,
    options: {
      ...options,
      checkpoints: checkpointsFor(given, content),
      contentId: options.contentId ?? (about.isInline ? about.name : undefined), // as Office.js does it
      size: undefined,
      ...{ waitForDraft, onWaiting: settings.onWaiting, onAttempt: settings.onAttempt },
    },
    saving: { timeout, retries, delay, signal },
  });
  return withShown(item, attached, earlier, timeout);
}

/** Sessions of interrupted uploads, by item. In memory, because they are secret. */
const sessions = new WeakMap<object, Map<string, UploadSession>>();

/** Attaching the same file to the same item again resumes an interrupted upload while the pane is open. */
function checkpointsFor({ item, options }: Given, { anywhere }: Content): CheckpointStore | undefined {
  if (options.checkpoints || !anywhere) return options.checkpoints;
  const kept = sessions.get(item) ?? new Map<string, UploadSession>();
  sessions.set(item, kept);
  return {
    load: (key) => kept.get(key),
    save: (key, session) => void kept.set(key, session),
    remove: (key) => void kept.delete(key),
  };
}

/** Adds a file by Office.js. Returns the bytes if Office.js does not take them. */
async function add(
  { item, about, content, options, settings }: Given,
  bytes: Uint8Array,
): Promise<ItemAttachment | Uint8Array> {
  const { name, size, isInline = false } = about;
  const { timeout, signal, onProgress } = settings;
  const id = await addByOffice(item, about, bytes, { timeout, signal });
  if (id === undefined) return bytes;
  tell(onProgress, { loaded: size, total: size });
  return {
    "@odata.type": "#microsoft.graph.fileAttachment",
    id,
    name,
    contentType: options.contentType ?? content.type ?? null,
    size,
    isInline,
    contentId: options.contentId ?? (isInline ? name : null),
    by: "office",
    shown: true,
  };
}

/** The file as Office.js knows it. Throws an `UploadError` for what cannot be attached, before anything is saved. */
function checked(item: unknown, { name: own, size }: Content, options: AttachOptions, settings: Settings): OfficeFile {
  if (!isItem(item)) {
    throw new UploadError(
      "invalid",
      "There is no item that is being written. Give Office.context.mailbox.item of a pane in compose mode.",
    );
  }
  const { name = own ?? "", isInline, contentId, overflow } = options;
  if (typeof name !== "string" || name.trim() === "") {
    throw new UploadError(
      "invalid",
      `The attachment of ${inMegabytes(size)} needs a name: give { name }, or attach a File.`,
    );
  }
  const limit = settings.maxSize ?? OUTLOOK_LIMIT;
  if (size > limit && !overflow) {
    const [has, most] = sizeAndLimit(size, limit);
    const instead = 'attachToItem(…, { overflow: "link" }) uploads it to OneDrive and attaches a link.';
    throw new UploadError("tooLarge", `${name} has ${has}; Outlook takes up to ${most}. ${instead}`);
  }
  if (!addsFiles(item) && !item.saveAsync) {
    throw new UploadError(
      "unsupported",
      `Add-ins cannot attach files in this Outlook, so ${name} was not attached. Open the draft in Outlook on the web.`,
    );
  }
  return { name, size, isInline, contentId };
}

/** An item that is read, and not written, has its id as a member. */
function isItem(item: unknown): item is ComposedItem {
  return typeof item === "object" && item !== null && typeof Reflect.get(item, "itemId") !== "string";
}
