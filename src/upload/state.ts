import type { Answer } from "../http/refusal.js";
import type { ByteRange, Gap } from "../range.js";
import type { Created, Step } from "../uploadSession.js";

/** The state of an upload between two requests. */
export interface State {
  /** End of the last byte that may have reached the service in this session. */
  readonly sent: number;
  /** The furthest offset that the service has confirmed in this session. */
  readonly confirmed: number;
  /** The gap that the last ranges were cut from, and the end of the last one. */
  readonly gap: Gap;
  readonly reached: number;
  /** The last range whose reply was lost or said nothing. The service may have it. */
  readonly unanswered?: ByteRange;
  /** A refused range was assumed to be there. That is assumed once. */
  readonly guessed: boolean;
  /** The range here was refused although the session needs it. Refused there twice, the session is dead. */
  readonly refusedAt?: number;
  /** The session before this one was replaced because of a refusal here. That is done once. */
  readonly replacedAt?: number;
  /** The upload has waited since the last request. */
  readonly waited: boolean;
}

/** Facts that no reply changes: the size of the file, and the requests that the service offers. */
export interface Facts {
  readonly size: number;
  /** The service can be asked which bytes it holds. */
  readonly tellsStatus: boolean;
  /** The file is complete only after a request of its own. */
  readonly commits: boolean;
}

/** A range that the service may or may not have. `denied`: refused as if the session or the right to it were gone. */
export interface Doubt {
  readonly range: ByteRange;
  readonly kind: "accepted" | "refused" | "denied" | "unanswered";
  readonly answer?: Answer;
}

/** The event that happened last. A `step` is present if the reply contained one that can be true. */
export type Event =
  | { readonly type: "begun"; readonly offset: number; readonly ask: boolean; readonly named?: object }
  | { readonly type: "opened"; readonly offset: number }
  | {
      readonly type: "sent";
      readonly range: ByteRange;
      readonly answer: Answer;
      readonly step?: Step;
      readonly reached: number;
      /** The next ranges are smaller than this one was. */
      readonly smaller: boolean;
    }
  | { readonly type: "status"; readonly about: Doubt; readonly answer: Answer; readonly step?: Step };

/** The next thing to do. `look` ends the upload if the item holds the file; the moves after it are for when it does not. */
export type Move =
  /** `otherwise`: what to do instead if no attempt is left. */
  | { readonly to: "wait"; readonly after?: Answer; readonly otherwise?: readonly Move[] }
  | { readonly to: "look" }
  | { readonly to: "discard" }
  | { readonly to: "send"; readonly gap: Gap }
  | { readonly to: "ask"; readonly about: Doubt }
  | { readonly to: "open"; readonly after?: Answer }
  | { readonly to: "done"; readonly created: Created | "unnamed" }
  | { readonly to: "fail"; readonly answer: Answer };

export type Next = readonly [state: State, moves: readonly Move[]];

/** The state of a session at its beginning. `restored`: an earlier process may have sent more than the session says. */
export function initialState(offset: number, size: number, restored: boolean): State {
  return {
    sent: restored ? size : offset,
    confirmed: offset,
    gap: { next: offset },
    reached: 0,
    unanswered: restored ? { start: offset, end: offset, total: size } : undefined,
    guessed: false,
    waited: true, // the first request need not wait
  };
}
