import type { FileInfo } from "./file.js";
import type { Limiter } from "./limiter.js";
import type { UploadSession } from "./uploadSession.js";
import type { UploadAttempt, UploadProgress, UploadWaiting } from "./reports.js";

/** Bytes in memory. A view stands for the bytes that it shows, not for the buffer behind it. */
export type BytesLike = ArrayBuffer | ArrayBufferView;

/** A file of your own that can be read at any position. */
export interface RandomAccessFile {
  /** Bytes. */
  readonly size: number;
  readonly name?: string;
  readonly type?: string;
  /** Returns the bytes from `start` up to, but not including, `end`. */
  slice(start: number, end: number): BytesLike | Blob | Promise<BytesLike | Blob>;
}

/** Everything that can be attached. Streams, async iterables and responses without a length also need `size`. */
export type AttachmentSource =
  Blob | BytesLike | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> | Response | RandomAccessFile;

/** Options of uploads. Give them to a client, a handler or a task as defaults, or to a single call. */
export interface UploadOptions {
  /** Files of more bytes than this use an upload session. @default 3000000; 4194304 for drives */
  readonly threshold?: number;
  /**
   * Bytes of one range: less than 4,000,000 for Outlook and To Do. For drives the value is rounded down to a multiple of
   * 327,680. A connection that fails gets smaller ranges for a while. @default 3932160; more where the service takes more
   */
  readonly rangeSize?: number;
  /** Number of times that a range is sent again before the upload is given up. Progress resets the count. @default 5 */
  readonly retries?: number;
  /** Milliseconds before the first retry. Doubled for each further one, with jitter, unless the service asks for a time. @default 1000 */
  readonly delay?: number;
  /** Milliseconds to wait for the reply to a range before it is sent again. @default 300000 */
  readonly timeout?: number;
  /**
   * Milliseconds to wait in all while the service throttles: 429, or 503 with `Retry-After`. Such waits use up no `retries`,
   * and progress resets their sum. @default 600000
   */
  readonly patience?: number;
  /** Shared by processes, it keeps them together within the limits of a mailbox. @default one for each client, in the process */
  readonly limiter?: Limiter;
  /** The id or name of the user that `/me` stands for, so that its requests count with those to `/users/…`. */
  readonly mailbox?: string;
  /**
   * Milliseconds to wait for a draft that the service does not know yet. Classic Outlook saves a draft locally first and
   * synchronizes it later (office-js #5847, #6077). Then an `UploadError` of code `notSynced`. 0 does not wait.
   * @default a few seconds, then the service's own 404; 300000 for `attachToItem`
   */
  readonly waitForDraft?: number;
  /** Largest file in bytes, if your organization has its own limit. @default the documented limit of the service */
  readonly maxSize?: number;
  /**
   * Large messages are sent as drafts, which Outlook always saves. With this option, a message with
   * `saveToSentItems: false` is sent all the same, and its copy is deleted afterwards. @default false
   */
  readonly deleteSentCopy?: boolean;
  /**
   * The name of one job, such as its id in a queue, at most 200 characters. The same mail, draft, event or attachment that is
   * asked for again under this name, by any process, is sent or made once: a mark in the mailbox shows what an earlier
   * try has left, and this try finishes it. Give it with one request, not to a client. For Outlook. @default each call is a job of its own
   */
  readonly once?: string;
  /**
   * Stores the uploads, so that the same files attached to the same item again, by any process, resume after a crash or a
   * failure, and answer the attachment after success. For files that can be read at any position. Give it with `attach` or
   * `withAttachments`.
   */
  readonly checkpoints?: CheckpointStore;
  /** Called when the service has taken bytes. `loaded` never falls, and ends at `total`. */
  readonly onProgress?: (progress: UploadProgress) => void;
  /** Called after every attempt to send a range, for logs and support tickets. Contains no address, token or content. */
  readonly onAttempt?: (attempt: UploadAttempt) => void;
  /**
   * Called before each wait: for a service that throttles, for an item that the service does not know yet, or for one that is
   * changed at the same time. Contains no address, token or content.
   */
  readonly onWaiting?: (waiting: UploadWaiting) => void;
  /**
   * Sends all requests to upload URLs, instead of the client's middleware chain: ranges, and the session's status, commit and
   * cancellation. For chains that add their token to every request, which upload hosts refuse (401 `InvalidAudience`), for
   * proxies, and for a leaner `fetch`, such as `rangeFetch()` of `graph-large-attachments/node`. It must follow no redirects (`redirect: "manual"`). Requests that need a token (To Do,
   * Azure DevOps) still use the client's chain. @default the client's chain
   */
  readonly fetch?: typeof fetch;
  /** Stops the upload immediately, even during a wait. */
  readonly signal?: AbortSignal;
}

/** The people who can open a sharing link: everyone in the organization, everyone who has it, or only people who were invited. */
export type LinkScope = "organization" | "anonymous" | "users";

/** File metadata. Omit what the source already knows. */
export interface FileDetails {
  /** File name that people see. @default the name of a `File` */
  readonly name?: string;
  /** Media type. @default the type of a `Blob`, `File` or `Response` */
  readonly contentType?: string;
  /** Outlook: the body of the message shows the file. @default false */
  readonly isInline?: boolean;
  /** Outlook: the id that `<img src="cid:…">` in the body uses. */
  readonly contentId?: string;
  /** Azure DevOps: the comment that the work item shows next to the attachment. */
  readonly comment?: string;
  /** Drives: what happens when the folder already holds a file of that name. @default "fail" */
  readonly conflictBehavior?: FileInfo["conflictBehavior"];
  /** Drives: the description that people see. */
  readonly description?: string;
  /** Drives: when the file was created and changed on its own file system. ISO dates. */
  readonly fileSystemInfo?: FileInfo["fileSystemInfo"];
  /** Drives: the file appears only after a final request, when all its bytes have arrived. @default false */
  readonly deferCommit?: boolean;
  /** Bytes. Needed for streams, async iterables, and responses without a length. */
  readonly size?: number;
}

/**
 * Stores the sessions of uploads, so that the same program continues them when it runs again, also in another process. After
 * success it holds the attachment in one or two entries, until its session would have expired: see `jobCheckpoints`. Keep the entries secret:
 * anybody who reads one can write to the upload.
 */
export interface CheckpointStore {
  /** Returns the session that was last saved under this key; `null` or `undefined` if there is none. */
  load(key: string): Promise<UploadSession | null | undefined> | UploadSession | null | undefined;
  /** Called when a session is opened, after every range, and at the end. The next range waits for it. The result is not used. */
  save(key: string, session: UploadSession): unknown;
  /** Called when the upload has failed for good, or when its result is forgotten. A key that does not exist is not an error. */
  remove(key: string): unknown;
}

/** Metadata of a file, and how it is uploaded. */
export interface AttachOptions extends UploadOptions, FileDetails {
  /** Azure DevOps: the area whose members may read the file before a work item links to it. */
  readonly areaPath?: string;
  /** Stores the upload, so that the same file attached to the same item again resumes it. See `UploadOptions`. */
  readonly checkpoints?: CheckpointStore;
  /**
   * Messages and events: uploads a file over the limit to the folder "Email attachments" of the sender's OneDrive and
   * attaches a link to it. If the service does not take link attachments, the link is added to the text. Needs the
   * permission `Files.ReadWrite` too. @default an error
   */
  readonly overflow?: "link";
  /** The people who can open the link of `overflow`. @default "organization" */
  readonly linkScope?: LinkScope;
}

/** One of several files, with its own metadata. */
export type FileToAttach = AttachmentSource | (FileDetails & { readonly file: AttachmentSource });
