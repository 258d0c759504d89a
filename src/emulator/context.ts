import type { SessionInfo } from "./api.js";
import type { DriveStore } from "./drive/store.js";
import type { Store } from "./items/store.js";
import type { PrintStore } from "./print/store.js";
import type { TeamsStore } from "./teams/store.js";
import type { Variations } from "./variations.js";

/** The state and settings that every part of Graph works with. */
export interface Context {
  /** Absolute URLs with a slash at the end. */
  readonly graphUrl: string;
  readonly outlookUrl: string;
  readonly driveUrl: string;
  readonly printUrl: string;
  readonly token: string;
  readonly now: () => number;
  readonly store: Store;
  readonly drives: DriveStore;
  readonly print: PrintStore;
  readonly teams: TeamsStore;
  readonly vary: Variations;
  /** Adds a session to the list that tests see. */
  noteSession(describe: () => SessionInfo): void;
}
