// Reports that the callbacks of an upload get.

/** The part of the file that the service has received. Bytes. */
export interface UploadProgress {
  readonly loaded: number;
  readonly total: number;
  /** For several files: the name and index of the current one. The bytes are those of all files together. */
  readonly file?: string;
  readonly index?: number;
}

/** One attempt to send a range, and its outcome. */
export interface UploadAttempt {
  /** Bytes `start` up to, but not including, `end` of `total`. */
  readonly range: { readonly start: number; readonly end: number; readonly total: number };
  /** Counts the attempts at this range from 1. */
  readonly attempt: number;
  /** HTTP status. Absent if no reply came. */
  readonly status?: number;
  /**
   * `taken`; otherwise the meaning of the reply, such as `busy`, `passing`, `gone` or `refused`; if no reply came, the reason.
   */
  readonly reason: string;
  /** Milliseconds until the next attempt, if there is one. */
  readonly wait?: number;
  /** The service's id of the request, for its support. */
  readonly requestId?: string;
}

/** A wait before a request is sent again. */
export interface UploadWaiting {
  /**
   * `throttled`: the service asks to wait (429, or 503 with `Retry-After`). `draft`: the service does not know the item yet
   * (404). `conflict`: the item is changed at the same time (412).
   */
  readonly reason: "throttled" | "draft" | "conflict";
  /** Milliseconds until the next attempt. */
  readonly wait: number;
  /** Milliseconds since the first attempt, or, for a throttle, the sum of its earlier waits. */
  readonly waited: number;
  /** The HTTP status that asked for it, if the service throttles. */
  readonly status?: number;
  /** The mailbox, drive, team or organization that is throttled. */
  readonly lane?: string;
  /** The service's id of the throttled request, for its support. */
  readonly requestId?: string;
}
