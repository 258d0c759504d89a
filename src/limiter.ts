/** A request as a limiter counts it. */
export interface LimitedRequest {
  /** The thing that the service counts its limits for: a mailbox, a drive, a team, an organization. The same for every spelling of its URL. */
  readonly lane: string;
  /** Requests that the service takes at the same time there. `Infinity` if it does not say. */
  readonly most: number;
  /** Bytes of the body, for limits such as 150 MB in 5 minutes. 0 if the request only reads. */
  readonly bytes: number;
}

/** Decides when a request may go. One that several processes share keeps all of them together within the limits of a mailbox. */
export interface Limiter {
  /**
   * Resolves when the request may go, with a function that is called when its reply is there. The wait does not
   * count towards the request's `timeout`. Rejects with the signal's reason.
   */
  enter(request: LimitedRequest, signal?: AbortSignal): Promise<() => void>;
  /** Called after a 429: nothing goes to this lane for so long. */
  pause(lane: string, milliseconds: number): void;
}
