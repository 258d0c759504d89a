/** Where sources on drives disagree or say nothing; "disputed" and "choice" as in the other variations. */
export interface DriveVariations {
  /** What all drives are: they differ in ids, upload URLs, `fileSize`, `deferCommit` and links. @default "business" */
  readonly driveKind: "business" | "personal";
  /** When a session that may not replace hears of a file of its name; one that comes later is always told at the end. @default "atLastByte" */
  readonly driveConflict: "atLastByte" | "atCreate";
  /** A range that is no multiple of 327,680 bytes: refused at once (strict), or all of them after the last one. Choice. @default "refuse" */
  readonly driveMisaligned: "refuse" | "atCommit";
  /** `nextExpectedRanges` when a session is created: left out, or `["0-"]` (both documented). @default "absent" */
  readonly driveCreateRanges: "absent" | "0-";
  /** Form of `nextExpectedRanges`: `["26-"]`, `["26-127"]`, or the same in two adjoining ranges (documented forms). @default "open" */
  readonly driveRanges: "open" | "closed" | "several";
  /** The answer to GET on an uploadUrl: all ranges, the first only, or no such key (field reports). @default "all" */
  readonly driveStatusRanges: "all" | "first" | "absent";
  /** The answer to the last range under `deferCommit`: empty ranges, or no such key. Choice. @default "empty" */
  readonly driveDeferredRanges: "empty" | "absent";
  /** A request with Authorization to the upload host; the documentation says that it may fail. Disputed. @default "refuse" */
  readonly driveAuthorization: "refuse" | "ignore";
  /** Another session for a name that has one open (409, field report). @default "refuse" */
  readonly driveSecondSession: "refuse" | "accept";
  /** The end of a session: moved by each range, or 24 hours after its start (disputed); never after those. @default "moves" */
  readonly driveExpiry: "moves" | "fixed";
  /** How far a range moves that end, in seconds ("about 15 min", field report). @default 900 */
  readonly driveSessionSeconds: number;
  /** Statuses of wrong ranges: 400, 413 and 416 each in its place, or 400 for all but a repeated one. Choice. @default "own" */
  readonly driveRefusalStatus: "own" | 400;
  /** Bytes that PUT on `/content` takes: "250 MB" (documented), 4 MB in older pages. @default 262144000 */
  readonly driveContentMaximum: 262144000 | 4194304;
  /** GET on `/content`: 302 to a URL on the upload host (documented), or the bytes themselves. @default "redirect" */
  readonly driveContent: "redirect" | "bytes";
  /** Folders on the way to a new file that are not there. Choice. @default "create" */
  readonly driveMissingFolders: "create" | "refuse";
  /** Items per page of `children` (documented: 200). @default 200 */
  readonly drivePageSize: number;
  /** Scopes of links that the tenant does not allow (403; documented as possible, its code is a choice). @default "none" */
  readonly driveRefusedScopes: "none" | "anonymous" | "organization" | "both";
}

export const defaultDriveVariations: DriveVariations = {
  driveKind: "business",
  driveConflict: "atLastByte",
  driveMisaligned: "refuse",
  driveCreateRanges: "absent",
  driveRanges: "open",
  driveStatusRanges: "all",
  driveDeferredRanges: "empty",
  driveAuthorization: "refuse",
  driveSecondSession: "refuse",
  driveExpiry: "moves",
  driveSessionSeconds: 900,
  driveRefusalStatus: "own",
  driveContentMaximum: 262144000,
  driveContent: "redirect",
  driveMissingFolders: "create",
  drivePageSize: 200,
  driveRefusedScopes: "none",
};
