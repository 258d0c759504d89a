import type { Context, MiddlewareOptions } from "@microsoft/microsoft-graph-client";
import { UploadError } from "./errors.js";

/** How much of the file the service has. Bytes. */
export interface UploadProgress {
  readonly loaded: number;
  readonly total: number;
  /** Of a message with several files: name of the one under way, and its place among them. The bytes are of all together. */
  readonly file?: string;
  readonly index?: number;
}

/** One attempt at a range, and what came of it. */
export interface UploadAttempt {
  /** Bytes `start` up to, but not with, `end` of `total`. */
  readonly range: { readonly start: number; readonly end: number; readonly total: number };
  /** Counted from 1 for each range. */
  readonly attempt: number;
  /** HTTP status; absent where no reply came. */
  readonly status?: number;
  /** `taken`; what the reply means otherwise, as `busy`, `passing`, `gone` or `refused`; or why none came. */
  readonly reason: string;
  /** Milliseconds until the next attempt, where one follows. */
  readonly wait?: number;
  /** Of the service, for its support. */
  readonly requestId?: string;
}

/** How uploads are done: defaults of a client, a handler or a task, and for each call anew. */
export interface UploadOptions {
  /** Files of more bytes than this go through an upload session. @default 3000000; 4194304 for drives */
  readonly threshold?: number;
  /**
   * Bytes sent at once: less than 4,000,000 for Outlook and To Do; for drives it is rounded down to a multiple of 327,680.
   * On a line that fails it is less for a while. @default 3932160; more where the service takes more
   */
  readonly rangeSize?: number;
  /** How often a range is tried again before bytes must have moved. @default 5 */
  readonly retries?: number;
  /** Milliseconds before the first retry; doubled for each further one, with jitter, unless the service asks for a time. @default 1000 */
  readonly delay?: number;
  /** Milliseconds that a range may go without its reply before it is tried again. @default 300000 */
  readonly timeout?: number;
  /** Largest file in bytes, where your service has a limit of its own. @default what is documented for the service */
  readonly maxSize?: number;
  /**
   * Lets a large message with `saveToSentItems: false` be sent: its copy is deleted after sending, for a draft, which such
   * a message has to travel as, is always saved. @default false
   */
  readonly deleteSentCopy?: boolean;
  /** Called when bytes have been taken; `loaded` never falls, and ends at `total`. */
  readonly onProgress?: (progress: UploadProgress) => void;
  /** Called after every attempt at a range, for logs and support tickets: it holds no address, token or content. */
  readonly onAttempt?: (attempt: UploadAttempt) => void;
  /**
   * Sends ranges to upload URLs in place of the global `fetch`, past the client's own chain: for servers that have a
   * leaner one. Ranges that need a token (To Do, Azure DevOps) go through the client's chain all the same.
   */
  readonly fetch?: typeof fetch;
  /** Stops at once, also in a wait before a retry. */
  readonly signal?: AbortSignal;
}

/** `UploadOptions` for one intercepted request: `.middlewareOptions([new LargeAttachmentHandlerOptions({ onProgress })])`. */
export class LargeAttachmentHandlerOptions implements MiddlewareOptions {
  constructor(readonly upload: UploadOptions = {}) {}
}

/** `UploadOptions` for one request that `AzureDevOpsAttachmentHandler` intercepts. */
export class AzureDevOpsAttachmentHandlerOptions extends LargeAttachmentHandlerOptions {}

/** What was asked for one request by its middleware options, if anything was. */
export function askedOptions({ middlewareControl }: Context): UploadOptions | undefined {
  const asked = [LargeAttachmentHandlerOptions, AzureDevOpsAttachmentHandlerOptions].map(
    (kind) => middlewareControl?.getMiddlewareOptions(kind) as LargeAttachmentHandlerOptions | undefined,
  );
  return asked[0] || asked[1] ? { ...asked[0]?.upload, ...asked[1]?.upload } : undefined;
}

/** Options with every gap filled; `threshold` and `rangeSize` stay open, for their defaults may be the protocol's. */
export type Settings = UploadOptions & Required<Pick<UploadOptions, "retries" | "delay" | "timeout">>;

const DEFAULTS = { retries: 5, delay: 1000, timeout: 300_000 } satisfies UploadOptions;
/** Bytes: base64 and what stands around it fit into 4 MiB then, whatever a service counts. */
export const DEFAULT_THRESHOLD = 3_000_000;
/** Least and most; timers hold 31 bits. */
const BOUNDS = {
  threshold: [0, Infinity],
  maxSize: [0, Infinity],
  rangeSize: [1, Infinity],
  retries: [0, Infinity],
  delay: [0, 2 ** 31 - 1],
  timeout: [1, 2 ** 31 - 1],
} as const;

/** Later options win, `undefined` never does; refuses numbers that make no sense. */
export function settings(...all: readonly (UploadOptions | undefined)[]): Settings {
  const given = all.flatMap((options) => Object.entries(options ?? {}).filter(([, value]) => value !== undefined));
  const merged = { ...DEFAULTS, ...Object.fromEntries(given) } as Settings;
  for (const [name, [least, most]] of Object.entries(BOUNDS)) {
    const value: unknown = merged[name as keyof typeof BOUNDS];
    const sound = Number.isInteger(value) || (value === Infinity && name !== "rangeSize");
    if (value !== undefined && (!sound || (value as number) < least || (value as number) > most)) {
      const upTo = most === Infinity ? "" : ` and at most ${most}`;
      throw new UploadError(
        "invalid",
        `${name} must be a whole number of at least ${least}${upTo}, but is ${String(value)}.`,
      );
    }
  }
  return merged;
}

/** Whether so many bytes go through an upload session. */
export function isLarge(size: number, { threshold = DEFAULT_THRESHOLD }: UploadOptions): boolean {
  return size > threshold;
}
