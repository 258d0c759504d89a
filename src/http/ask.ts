import type { UploadError } from "../errors.js";
import type { Reply, WireRequest } from "../protocol.js";
import type { UploadSession } from "../uploadSession.js";

/** A request that is repeated until it has a result. */
export interface Ask<T> {
  /** The request, or a function that writes it before each attempt. The function may find that nothing is left to do. */
  readonly request: WireRequest | ((doubt: boolean) => Promise<WireRequest | { readonly done: T }>);
  /** The result in a reply, if it has one. */
  read(reply: Reply): T | undefined;
  /** `ifNotTaken`: the request is repeated only if the service certainly did not do it. */
  readonly repeat: "always" | "ifNotTaken";
  /** Looks whether an unheard request was done: its result, "notDone", or `undefined` if nobody can tell. */
  settle?(): Promise<T | "notDone" | undefined>;
  /** True if a refusal that may be repeated can follow the write. @default never */
  mayFollow?(reply: Reply): boolean;
  /** The error if nobody can tell whether the request was done. @default the last answer, as an error */
  uncertain?(cause: Error): UploadError;
  /** Called with `true` while the request may have been done, and with `false` when it certainly was not. */
  pending?(maybe: boolean): void;
  /** @default the option `retries` */
  readonly retries?: number;
  /** The upload that can be resumed if all retries fail. */
  readonly session?: UploadSession;
}

/** An item that was just created. Not every server of the service knows it yet. */
export interface Fresh {
  /** A request to its URL has succeeded. */
  reached: boolean;
}
