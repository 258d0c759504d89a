import type { Route } from "./path.js";
import type { Store } from "./store.js";
import type { RequestHead } from "./types.js";
import type { Variations } from "./variations.js";

/** What every part of the service works with. */
export interface Context {
  /** Absolute URLs with a slash at the end. */
  readonly graphUrl: string;
  readonly outlookUrl: string;
  readonly token: string;
  readonly now: () => number;
  readonly store: Store;
  readonly vary: Variations;
}

/** One request with its body. */
export interface Call {
  readonly head: RequestHead;
  readonly body: Buffer;
  /** Scripted: how many bytes of a range the service keeps, as if the rest had been lost. */
  readonly keep?: number;
}

/** A call on the Graph origin whose path was understood. */
export interface GraphCall extends Call {
  readonly route: Route;
  readonly query: URLSearchParams;
}
