import type { Client, GraphRequest } from "@microsoft/microsoft-graph-client";
import { UploadError } from "../errors.js";
import { hold, holding, letGoAll, sourceIn } from "../files/hold.js";
import { addMethods, addOptionToPost, putFirst, type ClientWrapper } from "../http/graphClient.js";
import { AttachedFiles } from "../middlewareOptions.js";
import type { AttachmentSource, AttachOptions, FileToAttach, RandomAccessFile, UploadOptions } from "../options.js";
import { resolveOptions } from "../settings.js";
import { stateOf } from "./handlerState.js";
import { graphUploads, LargeAttachmentHandler } from "./LargeAttachmentHandler.js";

/** A new attachment. Assignable to `FileAttachment` and `TaskFileAttachment` of `@microsoft/microsoft-graph-types`. */
export interface CreatedAttachment {
  "@odata.type": string;
  id: string;
  name: string;
  contentType: string | null;
  /** Bytes. Outlook may count more than the file has. */
  size: number;
  isInline?: boolean;
  contentId?: string | null;
  lastModifiedDateTime?: string;
}

/** A file of Azure DevOps that a work item links to. */
export interface CreatedReference {
  id: string;
  url: string;
}

declare module "@microsoft/microsoft-graph-client" {
  interface GraphRequest {
    /**
     * Attaches a file of any size to the message, event or task at this URL, or to its `attachments`. Or uploads it to the
     * file or folder of a drive, or to the print document, at this URL. Up to the threshold by one request, above it by an
     * upload session. Needs `withLargeAttachments(client)`.
     *
     * Rejects with the client's `GraphError` for refusals by the service, with an `UploadError` for what is not possible, and
     * with the signal's reason for an abort.
     *
     * Permissions: `Mail.ReadWrite`, `Calendars.ReadWrite` or `Tasks.ReadWrite` for an item, `Files.ReadWrite` for OneDrive,
     * `Files.ReadWrite.All` for SharePoint, `PrintJob.ReadWrite` for a print document.
     *
     * @example
     * ```ts
     * const attachment = await client.api("/me/messages/AAMkAD…").attach(file, {
     *   onProgress: ({ loaded, total }) => console.log(`${loaded} of ${total} bytes`),
     *   signal: AbortSignal.timeout(600_000),
     * });
     * ```
     */
    attach<T = CreatedAttachment>(file: RandomAccessFile, options?: AttachOptions): Promise<T>;
    attach<T = CreatedAttachment>(file: AttachmentSource, options?: AttachOptions): Promise<T>;
    /**
     * Adds files to the message or event that the next `post` creates or sends. Large files never become base64. For
     * `sendMail`, `messages`, `reply`, `replyAll`, `forward`, their `create…` forms, and `events`. Needs
     * `withLargeAttachments(client)`. Also for messages to chats and channels of Teams: their files go to a drive, and the
     * people of a chat get access.
     *
     * A further call adds to them. For files that cannot be attached, `post` rejects with an `UploadError` before anything
     * is sent.
     *
     * Permissions: those of the POST. If the files do not fit into one request, a mail needs `Mail.ReadWrite` too. A chat
     * needs `ChatMessage.Send`, `Chat.ReadBasic` and `Files.ReadWrite`, a channel `ChannelMessage.Send` and
     * `Files.ReadWrite.All`.
     *
     * @example
     * ```ts
     * const toRecipients = [{ emailAddress: { address: "adele@contoso.com" } }];
     * await client
     *   .api("/me/sendMail")
     *   .withAttachments([file])
     *   .post({ message: { subject: "The report", toRecipients } });
     * ```
     */
    withAttachments(files: readonly FileToAttach[], options?: UploadOptions): GraphRequest;
  }
}

/** Implements `client.api(url).attach(…)`. */
async function attach(
  this: GraphRequest,
  file: AttachmentSource | readonly FileToAttach[],
  given?: AttachOptions,
): Promise<object | object[] | undefined> {
  const options = given ?? {};
  const several = isList(file);
  const files = several ? file : [{ file }];
  const state = stateOf(this);
  const attachGiven = await holding(files, async () => {
    resolveOptions(options);
    return (await (state?.uploads ?? graphUploads)(options.signal)).attachGiven;
  });
  const attachments = await attachGiven(this, { files, several, options, defaults: state?.defaults });
  return several ? attachments : attachments[0];
}

/** `Array.isArray` does not narrow read-only arrays. */
function isList(file: FileToAttach | readonly FileToAttach[]): file is readonly FileToAttach[] {
  return Array.isArray(file);
}

/** The files of each request that `withAttachments` was called for, and their options. A further call adds to them. */
const added = new WeakMap<GraphRequest, { readonly files: FileToAttach[]; readonly options: UploadOptions }>();

/** Implements `client.api(url).withAttachments(files, options)`. */
function withAttachments(
  this: GraphRequest,
  given: FileToAttach | readonly FileToAttach[],
  options: UploadOptions = {},
): GraphRequest {
  const files = listOf(given);
  for (const one of files) hold(sourceIn(one));
  try {
    if (!stateOf(this)?.composes) throw new UploadError("invalid", NOBODY_SENDS);
    resolveOptions(options);
  } catch (error) {
    letGoAll(files);
    throw error;
  }
  const before = added.get(this);
  if (before) {
    before.files.push(...files);
    Object.assign(before.options, options);
    return this;
  }
  const own = { files: [...files], options: { ...options } };
  added.set(this, own);
  refuseOthers(this, own.files);
  addOptionToPost(this, new AttachedFiles(own.files, own.options));
  return this;
}

const NOBODY_SENDS =
  "withAttachments needs withLargeAttachments(client) first, or a LargeAttachmentHandler at the head of the chain.";

/** Takes a file without an array, and the list of an `<input type="file">`. */
function listOf(files: FileToAttach | readonly FileToAttach[]): readonly FileToAttach[] {
  if (isList(files)) return files;
  return typeof FileList === "function" && files instanceof FileList ? Array.from(files) : [files];
}

/** Refuses methods that send no files. */
function refuseOthers(request: GraphRequest, files: readonly FileToAttach[]): void {
  const refuse = async () => {
    letGoAll(files);
    throw new UploadError("invalid", "withAttachments is for post(…): other methods send no files. Nothing was sent.");
  };
  for (const name of ["get", "patch", "put", "delete", "getStream", "putStream"]) {
    Object.defineProperty(request, name, { value: refuse });
  }
}

/** The requests of a wrapper, or of a client of another copy of the Graph client, as this package's own copy types them. */
export interface AttachingClient {
  api(path: string): GraphRequest;
}

/**
 * Adds large attachments to an existing Graph client: intercepts its POSTs as `LargeAttachmentHandler` does, and gives its
 * requests `attach` and `withAttachments`. Returns the same client. A second call only changes the defaults. Also takes a wrapper
 * that holds the client as `client`, such as SharePoint's `MSGraphClientV3`.
 *
 * @example
 * ```ts
 * import { Client } from "@microsoft/microsoft-graph-client";
 * import { withLargeAttachments } from "graph-large-attachments";
 *
 * const client = withLargeAttachments(Client.initWithMiddleware({ authProvider }));
 * ```
 */
export function withLargeAttachments<C extends Client>(client: C, options?: UploadOptions): C;
export function withLargeAttachments<C extends ClientWrapper>(client: C, options?: UploadOptions): AttachingClient & C;
export function withLargeAttachments(client: Client | ClientWrapper, options: UploadOptions = {}): object {
  const state = stateOf(client);
  if (state) state.configure(options);
  else putFirst(client, new LargeAttachmentHandler(options));
  return addMethods(client, { attach, withAttachments });
}

/** Gives the requests of a client `attach`, with the types that its service has. */
export function withAttach<C extends Client>(client: Client): C {
  return addMethods<C>(client, { attach });
}

/**
 * Loads now what a client would load with its first attachment. For a page that attaches while it is offline, or so long after
 * it was opened that its files may be gone. Rejects with an `UploadError` of code `notLoaded`.
 */
export async function preload(client: Client | ClientWrapper): Promise<void> {
  const uploads = await (stateOf(client)?.uploads ?? graphUploads)();
  await uploads.preload?.();
}
