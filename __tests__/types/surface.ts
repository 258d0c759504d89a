// Compiled, never run. Lines that must not compile are marked. Needs no types of Node, as in a browser.
import type { Client, GraphRequest, Middleware } from "@microsoft/microsoft-graph-client";
import type { Client as OtherClient, GraphRequest as OtherRequest } from "graph-client-lowest";
import type { Attachment, FileAttachment, TaskFileAttachment } from "@microsoft/microsoft-graph-types";
import {
  LargeAttachmentHandler,
  LargeAttachmentHandlerOptions,
  LargeAttachmentTask,
  localStorageCheckpoints,
  UploadError,
  withLargeAttachments,
  type AttachmentSource,
  type AttachOptions,
  type CheckpointStore,
  type CreatedAttachment,
  type FileDetails,
  type FileToAttach,
  type LinkScope,
  type UploadAttempt,
  type UploadOptions,
  type UploadSession,
} from "graph-large-attachments";
import {
  attachToItem,
  blockSendWhileAttaching,
  outlookLimits,
  untilShown,
  type ComposedItem,
  type ItemAttachment,
} from "graph-large-attachments/outlook";

declare const client: Client;
declare const file: File;
declare const created: CreatedAttachment;
declare const session: UploadSession;
declare const task: LargeAttachmentTask;

// A new attachment fits the types that applications already use.
export const outlook: FileAttachment = created;
export const todo: TaskFileAttachment = created;
export const any: Attachment = created;
export const id: string = created.id;

// Wrappers, and clients of another copy of the Graph client, keep their own members and get typed requests.
declare const wrapper: { readonly client: OtherClient; readonly kind: "wrapper"; api(path: string): OtherRequest };
declare const other: OtherClient;
const wrapped = withLargeAttachments(wrapper);
export const kind: "wrapper" = wrapped.kind;
export const inner: OtherClient = withLargeAttachments(other);
export const throughWrapper: Promise<CreatedAttachment> = wrapped.api("/me/messages/1").attach(file);
export const throughOther = withLargeAttachments(other).api("/me/sendMail").withAttachments([file]).post({});
export const same: Client = withLargeAttachments(client, { retries: 1 });
export const taskOfOther = LargeAttachmentTask.create(other, "/me/messages/1", file);

// Every request has attach.
export const attached: Promise<CreatedAttachment> = client.api("/me/messages/1").attach(file);
export const onBeta: Promise<CreatedAttachment> = client.api("/me/messages/1").version("beta").attach(file);
export const withHeader = client.api("/me/events/1").header("Prefer", 'IdType="ImmutableId"').attach(file);
export const ofRequest = (request: GraphRequest) => request.attach(file, { name: "a", isInline: true, contentId: "b" });

// withLargeAttachments returns the type of client that it was given.
interface OwnClient extends Client {
  readonly tenant: string;
}
export const own = (mine: OwnClient): string => withLargeAttachments(mine, { threshold: 0 }).tenant;

// Every kind of file.
export const sources: AttachmentSource[] = [
  new Blob([]),
  file,
  new Uint8Array(1),
  new DataView(new ArrayBuffer(1)),
  new ArrayBuffer(1),
  new ReadableStream<Uint8Array>(),
  new Response(),
  (async function* () {
    yield new Uint8Array(1);
  })(),
  { size: 1, slice: (start: number, end: number) => new Uint8Array(end - start) },
  { size: 1, name: "a", type: "text/plain", slice: async () => new Blob([]) },
];

// Drives, and messages that get a link if the file is too large.
export const onDrive = client.api("/me/drive/root:/a.zip").attach<{ id: string; webUrl: string }>(file, {
  conflictBehavior: "rename",
  description: "a",
  fileSystemInfo: { lastModifiedDateTime: "2030-01-01T00:00:00Z" },
  deferCommit: true,
});
export const webUrl: Promise<string> = onDrive.then((item) => item.webUrl);
export const linked = client.api("/me/messages/1").attach(file, { overflow: "link", linkScope: "anonymous" });
export const sharing: AttachOptions = { overflow: "link", linkScope: "users", maxSize: 1 };
export const scopes: LinkScope[] = ["organization", "anonymous", "users"];
export const posted: Promise<unknown> = client
  .api("/chats/1/messages")
  .withAttachments([file, { file, name: "a" }], { onProgress: ({ file: name, index }) => [name, index] })
  .post({ body: { content: "a" } });

// Metadata, checkpoints and attempts.
export const details: FileDetails = { name: "a", contentType: "text/plain", comment: "b", size: 1 };
export const files: FileToAttach[] = [file, { file, ...details }];
export const checkpoints: CheckpointStore = localStorageCheckpoints("prefix");
export const stored = client.api("/me/messages/1").attach(file, { checkpoints });
export const report = ({ range, attempt, status, reason, wait, requestId }: UploadAttempt): string =>
  [range.start, attempt, status, reason, wait, requestId].join();

// A handler is a middleware, and takes the same options as a client.
export const options: UploadOptions = { threshold: 1, rangeSize: 1, retries: 0, delay: 0, timeout: 1 };
export const chain: Middleware[] = [
  new LargeAttachmentHandler(),
  new LargeAttachmentHandler(options),
  new LargeAttachmentHandler(new LargeAttachmentHandlerOptions(options)),
];
export const forOneCall = client
  .api("/")
  .middlewareOptions([new LargeAttachmentHandlerOptions({ onProgress: () => {} })]);

// A session can be stored as JSON.
export const restored = LargeAttachmentTask.restore(client, JSON.parse(JSON.stringify(session)), file, options);
export const offset: Promise<number> = task.getStatus().then((status) => status.offset);

export function whatToDo(error: unknown): UploadSession | string | undefined {
  if (!(error instanceof UploadError)) return undefined;
  switch (error.code) {
    case "interrupted":
    case "stalled":
      return error.session;
    // @ts-expect-error there is no such code
    case "broken":
      return error.message;
  }
}

// @ts-expect-error a string may be a path or a text
client.api("/").attach("report.pdf");
// @ts-expect-error a file is needed
client.api("/").attach();
// @ts-expect-error a list of numbers is not a file
client.api("/").attach([1, 2, 3]);
// @ts-expect-error the size is a number
client.api("/").attach(file, { size: "1" });
// @ts-expect-error there is no such option
client.api("/").attach(file, { chunkSize: 1 });
// @ts-expect-error progress is an object
client.api("/").attach(file, { onProgress: (loaded: number) => loaded });
// @ts-expect-error a promise is not an attachment
export const forgotten: CreatedAttachment = client.api("/").attach(file);
// @ts-expect-error a file that can be read at any position needs a size
export const sizeless: AttachmentSource = { slice: () => new Uint8Array(1) };
// @ts-expect-error options are read-only
options.retries = 1;
// @ts-expect-error only create and restore make a task
export const made = new LargeAttachmentTask();
// @ts-expect-error only the task sets its session
task.session = session;
// @ts-expect-error a name belongs to a file, not to a client
withLargeAttachments(client, { name: "a" });
// @ts-expect-error a request is not a client
withLargeAttachments(client.api("/"));
// @ts-expect-error the only overflow is a link
client.api("/").attach(file, { overflow: "share" });
// @ts-expect-error there are three scopes
client.api("/").attach(file, { overflow: "link", linkScope: "everyone" });
// @ts-expect-error there are three ways to treat a conflict
client.api("/").attach(file, { conflictBehavior: "overwrite" });
// @ts-expect-error dates are ISO text
client.api("/").attach(file, { fileSystemInfo: { createdDateTime: new Date() } });
// @ts-expect-error overflow is an option of a file, not of a client
withLargeAttachments(client, { overflow: "link" });
// @ts-expect-error withAttachments has no overflow
client.api("/me/sendMail").withAttachments([file], { overflow: "link" });
// @ts-expect-error files are a list
client.api("/chats/1/messages").withAttachments(file);

// An Outlook add-in, without the types of Office.js.
declare const item: ComposedItem;
export const inOutlook: Promise<ItemAttachment> = attachToItem(client, item, file, { waitForDraft: 60_000 });
export const asAttachment: Promise<FileAttachment> = inOutlook;
export const seen: Promise<boolean> = inOutlook.then((one) => untilShown(item, one, { timeout: 1000 }));
export const sentences: string[] = outlookLimits(item).map(({ sentence }) => sentence);
export const handler: (event: { completed(options: { allowEvent: boolean }): void }) => void = blockSendWhileAttaching;
// @ts-expect-error an item is an object of Office.js
void attachToItem(client, "AAMk", file);
// @ts-expect-error no such option
void attachToItem(client, item, file, { waitForDrafts: 1 });
