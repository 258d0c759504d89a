import type { Context, MiddlewareOptions } from "@microsoft/microsoft-graph-client";
import { UploadError } from "./errors.js";
import { entriesOf, NAMES, nearest, unknownOption } from "./optionNames.js";
import { isObject } from "./json.js";
import type { Limiter } from "./limiter.js";
import type { Content, FileInfo, UploadSession } from "./protocol.js";
import type { UploadAttempt, UploadProgress, UploadWaiting } from "./reports.js";

export type { UploadAttempt, UploadProgress, UploadWaiting } from "./reports.js";

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

/** How files are uploaded. Give them to a client, a handler or a task as defaults, or to a single call. */
export interface UploadOptions {
  /** Files of more bytes than this use an upload session. @default 3000000; 4194304 for drives */
  readonly threshold?: number;
  /**
   * Bytes sent at once: less than 4,000,000 for Outlook and To Do. For drives the value is rounded down to a multiple of
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
   * asked for again under this name, by any process, is sent or made once: what an earlier try has left is found by a mark in
   * the mailbox, and finished. Give it with one request, not to a client. For Outlook. @default each call is a job of its own
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
   * proxies, and for a leaner `fetch`. It must follow no redirects (`redirect: "manual"`). Requests that need a token (To Do,
   * Azure DevOps) still use the client's chain. @default the client's chain
   */
  readonly fetch?: typeof fetch;
  /** Stops the upload immediately, even during a wait. */
  readonly signal?: AbortSignal;
}

// Other copies of this package know options and files by these. The number changes with what they hold.
const OPTIONS: unique symbol = Symbol.for("graph-large-attachments.options.1");
const FILES: unique symbol = Symbol.for("graph-large-attachments.files.1");

/** `UploadOptions` for one intercepted request: `.middlewareOptions([new LargeAttachmentHandlerOptions({ onProgress })])`. */
export class LargeAttachmentHandlerOptions implements MiddlewareOptions {
  constructor(readonly upload: UploadOptions = {}) {}

  /** @internal */
  get [OPTIONS](): UploadOptions {
    return this.upload;
  }
}

/** Recognizes a `LargeAttachmentHandlerOptions` of any copy of this package. */
export function isHandlerOptions(options: object): options is LargeAttachmentHandlerOptions {
  return isObject(options) && OPTIONS in options;
}

/** The middleware options of a request, whatever their classes. The Graph client looks them up by class only. */
function optionsOf(control: Context["middlewareControl"]): object[] {
  const held: unknown = control && Reflect.get(control, "middlewareOptions");
  return held instanceof Map ? [...held.values()].filter(isObject) : [];
}

/** `UploadOptions` for one request that `AzureDevOpsAttachmentHandler` intercepts. */
export class AzureDevOpsAttachmentHandlerOptions extends LargeAttachmentHandlerOptions {}

/** A file that travels next to the body of a request. */
export interface Part {
  readonly file: Omit<FileInfo, "size">;
  readonly content: Content;
}

/** Middleware option: the files of `withAttachments`. */
export class AttachedFiles implements MiddlewareOptions {
  constructor(
    readonly files: readonly Part[],
    readonly options: UploadOptions,
  ) {
    resolveOptions(options); // throws where they are given
  }

  /** @internal */
  get [FILES](): true {
    return true;
  }
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
 * success the entry holds the attachment, until its session would have expired: see `jobCheckpoints`. What it stores is secret:
 * whoever reads it can write to the upload.
 */
export interface CheckpointStore {
  /** Returns the session that was last saved under this key; `null` or `undefined` if there is none. */
  load(key: string): Promise<UploadSession | null | undefined> | UploadSession | null | undefined;
  /** Called when a session is opened, after every range, and at the end. The next range waits for it. What it returns does not matter. */
  save(key: string, session: UploadSession): unknown;
  /** Called when the upload has failed for good, or when its result is forgotten. A key that does not exist is not an error. */
  remove(key: string): unknown;
}

/** Metadata of a file, and how it is uploaded. */
export interface AttachOptions extends UploadOptions, FileDetails {
  /** Azure DevOps: the area whose members may read the file before a work item links to it. */
  readonly areaPath?: string;
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

/** Separates a file from its metadata. A misspelt member is reported; others that are not metadata are left out. */
export function splitFile(one: FileToAttach): FileDetails & { readonly file: AttachmentSource } {
  if (typeof one !== "object" || one === null || !("file" in one)) return { file: one };
  const { file, ...own } = one;
  const known = Object.entries(own).filter(([name]) => {
    if (!Object.hasOwn(NAMES, name) && nearest(name)) throw unknownOption(name);
    return Object.hasOwn(NAMES, name);
  });
  return { ...Object.fromEntries(known), file };
}

/** Every option has its name in the list that misspelt ones are compared with. */
NAMES satisfies Readonly<Record<keyof AttachOptions, string>>;

/** Options that a request carries in its middleware options. */
export function requestOptions({ middlewareControl }: Context): UploadOptions | undefined {
  const given = [LargeAttachmentHandlerOptions, AzureDevOpsAttachmentHandlerOptions].map((kind) => {
    const option = middlewareControl?.getMiddlewareOptions(kind);
    return option instanceof kind ? option.upload : undefined;
  });
  const foreign = optionsOf(middlewareControl)
    .filter(isHandlerOptions)
    .filter((option) => !(option instanceof LargeAttachmentHandlerOptions))
    .map(({ upload }) => upload);
  const all = [...foreign, ...given].filter((options) => options !== undefined);
  return all.length > 0 ? Object.assign({}, ...all) : undefined;
}

const isFiles = (option: object): option is AttachedFiles => FILES in option;

/** Files that `withAttachments` added to a request. */
export function attachedFiles({ middlewareControl }: Context): AttachedFiles | undefined {
  const option = middlewareControl?.getMiddlewareOptions(AttachedFiles);
  return option instanceof AttachedFiles ? option : optionsOf(middlewareControl).find(isFiles);
}

/** Options with their defaults. `threshold` and `rangeSize` stay open where the protocol has defaults of its own. */
export type Settings = UploadOptions & Required<Pick<UploadOptions, "retries" | "delay" | "timeout">>;

const DEFAULTS = { retries: 5, delay: 1000, timeout: 300_000 } satisfies UploadOptions;
/** Bytes. Base64 and the JSON around it then fit into 4 MiB, however the service counts. */
export const DEFAULT_THRESHOLD = 3_000_000;
/** Bytes that the body of a request may have: exactly 4 MiB, as measured. */
export const REQUEST_LIMIT = 4_194_304;
/** Smallest and largest values. Timers hold 31 bits. */
const BOUNDS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  threshold: [0, Infinity],
  maxSize: [0, Infinity],
  rangeSize: [1, Infinity],
  retries: [0, Infinity],
  delay: [0, 2 ** 31 - 1],
  timeout: [1, 2 ** 31 - 1],
  patience: [0, 2 ** 31 - 1],
  waitForDraft: [0, 2 ** 31 - 1],
};

/** Options that are no numbers, by what they must have: methods, or, for "", a call. */
const SHAPES: Readonly<Record<string, readonly [methods: string, text: string]>> = {
  onProgress: ["", "a function"],
  onAttempt: ["", "a function"],
  fetch: ["", "a function"],
  signal: ["addEventListener", "an AbortSignal, such as controller.signal"],
  checkpoints: ["load save remove", "a store with load, save and remove, such as fileCheckpoints(folder)"],
};

function isLike(value: unknown, methods: string): boolean {
  if (methods === "") return typeof value === "function";
  const has = (name: string) => typeof Reflect.get(Object(value), name) === "function";
  return methods.split(" ").every(has);
}

/** Merges options: later ones win, `undefined` never does. Throws an `UploadError` for unknown names and numbers out of bounds. */
export function resolveOptions(...all: readonly (UploadOptions | undefined)[]): Settings {
  const merged: Settings = { ...DEFAULTS, ...Object.fromEntries(all.flatMap(entriesOf)) };
  for (const [name, value] of Object.entries(merged)) {
    const bounds = BOUNDS[name];
    const [methods, text] = SHAPES[name] ?? [];
    if (methods !== undefined && value && !isLike(value, methods))
      throw new UploadError("invalid", `${name} must be ${text}.`);
    if (!bounds || typeof value === "undefined") continue;
    const [least, most] = bounds;
    const isNumber = Number.isInteger(value) || (value === Infinity && name !== "rangeSize");
    if (isNumber && value >= least && value <= most) continue;
    const upTo = most === Infinity ? "" : ` and at most ${most}`;
    throw new UploadError(
      "invalid",
      `${name} must be a whole number of at least ${least}${upTo}, but is ${String(value)}.`,
    );
  }
  const { limiter, mailbox } = merged;
  if (limiter !== undefined && !(isObject(limiter) && isCallable(limiter.enter) && isCallable(limiter.pause)))
    throw new UploadError("invalid", "limiter must be an object with the functions enter and pause.");
  if (mailbox !== undefined && !(typeof mailbox === "string" && /^[^/?#\s]+$/.test(mailbox)))
    throw new UploadError(
      "invalid",
      `mailbox must be the id or name of a user, such as megan@contoso.com, but is ${String(mailbox)}.`,
    );
  return merged;
}

const isCallable = (value: unknown) => typeof value === "function";

/** True if so many bytes use an upload session. */
export function isLarge(size: number, { threshold = DEFAULT_THRESHOLD }: UploadOptions): boolean {
  return size > threshold;
}
