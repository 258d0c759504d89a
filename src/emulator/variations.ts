/**
 * The emulator's switches for facts that sources dispute or leave open. Sizes are in bytes, times in seconds.
 * "Disputed": sources differ, and the default is the first reading named. "Choice": no source says, the default is ours.
 */
export interface Variations extends AzureDevOpsVariations, DriveVariations, PrintVariations, TeamsVariations {
  /** Smallest file of an Outlook session. 0 is off (one 2026 client opens them for 95 kB). Disputed. @default 0 */
  readonly outlookMinimum: 0 | 2097152 | 3000000 | 3145728;
  /** Largest file of an Outlook session: "150 MB" (documented) in bytes. Choice. @default 157286400 */
  readonly outlookMaximum: 157286400 | 150000000;
  /** Longest Outlook range: no limit (5 MiB works in the field), or 4,194,304 bytes. Disputed. @default "none" */
  readonly rangeMaximum: "none" | "4MiB";
  /** Letter case of the two keys in an Outlook intermediate reply. Disputed. @default "mixed" */
  readonly intermediateKeys: "mixed" | "pascal" | "camel";
  /** Ranges in Outlook and To Do intermediate replies: `"N"` (documented), `"N-"`, or no such key. @default "bare" */
  readonly intermediateRanges: "bare" | "open" | "absent";
  /** Status of a GET on an Outlook uploadUrl. Disputed. @default 200 */
  readonly outlookStatus: 200 | 404 | 405;
  /** Path before `Users(…)` on the Outlook host. The g-versions write `users(…)/messages(…)`. Disputed. @default "api/v2.0" */
  readonly uploadPath: "api/v1.0" | "api/v2.0" | "api/beta" | "api/gv1.0" | "api/gbeta";
  /** Code of the 401 for a request with Authorization to the Outlook host. Disputed. @default "InvalidAudience" */
  readonly audienceError: "InvalidAudience" | "InvalidAudienceForResource";
  /** Status of a created To Do session: every example says 200, prose says 201. Disputed. @default 200 */
  readonly todoCreateStatus: 200 | 201;
  /** Letter case of the keys in a To Do intermediate reply: Pascal in examples, camel in prose. Disputed. @default "pascal" */
  readonly todoKeys: "pascal" | "camel";
  /** Refuses To Do ranges from 4,000,000 bytes instead of above 4,194,304. Choice. @default false */
  readonly todoStrictRange: boolean;
  /** Largest file of a To Do session: "25 MB" (documented) in bytes. Choice. @default 26214400 */
  readonly todoMaximum: 26214400 | 25000000;
  /** Answer to a To Do POST of more than 3,000,000 file bytes. "consumer" also raises the request cap to 30,000,000. Disputed. @default "accept" */
  readonly todoInlineOver3MB: "accept" | "refuse" | "consumer";
  /** Answer to a Graph POST above 4,194,304 bytes. Each one was reported from the field. Disputed. @default "json413" */
  readonly tooLarge: "json413" | "entity413" | "html413" | "empty413" | "json400" | "empty500" | "reset";
  /** Status of a deleted session. Choice. @default 404 */
  readonly afterDelete: 404 | 410;
  /** Status of an expired session. Choice. @default 401 */
  readonly afterExpiry: 401 | 404;
  /** Graph redirects each request once: with 307 to another path of its own, or with 308 to another host (field reports). @default "none" */
  readonly graphRedirect: "none" | "within" | "elsewhere";
  /**
   * Headers on an upload host that no range needs: refused, so that a client that sends there what is for Graph is found
   * out, or ignored, as HTTP has it and PnPjs relies on. Choice. @default "refuse"
   */
  readonly uploadHostHeaders: "refuse" | "ignore";
  /** First requests to Graph and to the host of drives that get 302 to …/Throttle.htm (SharePoint, documented). @default 0 */
  readonly throttleRedirects: number;
  /** Life of a session. It is fixed at creation (documented), its length is a choice. @default 3600 */
  readonly sessionSeconds: number;
  /** Percent-encodes the id in the Location of a final 201. Choice. @default false */
  readonly locationEncoded: boolean;
  /** Sends no Location with a final 201, as a browser sees it across origins. @default false */
  readonly locationMissing: boolean;
  /** "off" gives no CORS permission on any origin, as some webviews experience. @default "strict" */
  readonly cors: "strict" | "off";
  /** Lets pages read Location and Retry-After of the Outlook host. No source says that it does. @default false */
  readonly corsExposeLocation: boolean;
  /** Body of a final 201: empty (documented) or, for hostile tests, the attachment as JSON. @default "empty" */
  readonly finalBody: "empty" | "json";
  /** Answers 412 to a write that overlaps another write to the same item (field report; here every time). @default true */
  readonly conflicts: boolean;
  /**
   * Counts opening an Outlook session among these writes. The docs change the item only when all bytes of a session have arrived
   * (outlook-large-attachments), and the 412 of the report came to ranges (dotnet #1287: its stack is that of their sender).
   * Choice. @default false
   */
  readonly sessionConflicts: boolean;
  /** Simultaneous requests to one mailbox before 429 ApplicationThrottled (documented: 4). @default 4 */
  readonly concurrency: number;
  /** Requests to one mailbox in 10 minutes (documented: 10,000). @default 10000 */
  readonly mailboxRequests: number;
  /** Bytes of PATCH, POST and PUT to one mailbox in 5 minutes (documented: 150 MB). @default 157286400 */
  readonly mailboxUploadBytes: number;
  /**
   * Counts requests to the Outlook host in the two limits above, for the mailbox of their session. The documentation counts "PATCH,
   * POST, PUT" of a mailbox (throttling-limits, Outlook service), and doesn't say whether ranges are among them. Choice. @default false
   */
  readonly countOutlookRequests: boolean;
  /** `Retry-After` of the emulator's own 429. null omits the header. @default 1 */
  readonly retryAfterSeconds: number | null;
  /**
   * `Retry-After` of a mailbox whose bytes are used up names the seconds until the request fits (docs: throttling, "the response
   * tells how long to wait"), instead of `retryAfterSeconds`. Choice. @default false
   */
  readonly retryAfterFits: boolean;
  /** Number of first session PUTs to a draft that get 404 ErrorItemNotFound (field report). @default 0 */
  readonly replicationDelay: number;
  /** US Government cloud: no sessions for Outlook (documented). The answer, 400, is a choice. @default false */
  readonly usGov: boolean;
  /** China: no To Do at all (documented). The answer, 400, is a choice. @default false */
  readonly china: boolean;
  /** Answers 403 to a new session in a mailbox of another user (documented known issue). @default false */
  readonly sharedMailbox403: boolean;
  /** Answers 403 to writes to mail, as with the scope Mail.Send only (field report). Sending is allowed. @default false */
  readonly mailSendOnly403: boolean;
  /** Attachments per page of a list. Choice. @default 10 */
  readonly listPageSize: number;
  /** An Outlook attachment's `size` divided by its bytes (1.045 in the documented sample). @default 1.045 */
  readonly sizeFactor: number;
  /** Message limit of the tenant: "35 MB" (documented), compared to 1.37 times the attachments on sending. @default 36700160 */
  readonly tenantMessageLimit: number;
  /** Inline attachments of a new event: dropped silently (2024) or refused with 400 (2019). Disputed. @default "drop" */
  readonly eventAttachments: "drop" | "refuse";
  /** A POST of a referenceAttachment on v1.0, which documents no URL for it. beta takes it. Disputed. @default "refused" */
  readonly referenceAttachments: "refused" | "taken";
  /** GETs after `/send` that still show the draft. Deleting it in that time stops the message (inferred). @default 0 */
  readonly sentDelay: number;
  /** JSON names of mail and events: as documented, or also as the metadata and the generated SDKs write them (`Message`). @default "documented" */
  readonly jsonNames: "documented" | "anyCase";
  /** Number of first requests to a new draft or event that get 404 ErrorItemNotFound (field reports). @default 0 */
  readonly newItemDelay: number;
  /**
   * Milliseconds for which every request to a draft or event gets 404 ErrorItemNotFound after it was saved: classic Outlook
   * saves locally and synchronizes later, after half a minute to several minutes (office-js #5847, #6077). @default 0
   */
  readonly draftVisibleAfter: number;
  /** First creations (items, folders, files, sessions) that are done and answer `createdFailure` (docs #133, sdk-ruby #38). @default 0 */
  readonly createdFailures: number;
  /** Status of these answers: 503 and 504 are in these reports. @default 503 */
  readonly createdFailure: 503 | 504;
  /** Attachments in the body of `createReply`, `createReplyAll` and `createForward`: kept, or dropped (field reports). @default "keep" */
  readonly answerAttachments: "keep" | "drop";
  /**
   * Lists with a `$filter` that do not show a message which was just made, moved or sent. The documentation promises no time;
   * all folders together are a search folder, which follows its folders later (field reports). @default 0
   */
  readonly filterDelay: number;
  /** A deleted message: gone, or moved to Deleted Items, where lists of all folders find it (field reports). @default "gone" */
  readonly deletedMail: "gone" | "moved";
  /** Extended properties in the body of `createReply` and the like, which no page describes: kept, or dropped. Choice. @default "keep" */
  readonly answerProperties: "keep" | "drop";
  /** A message with a deferred send time (0x3FEF): sent immediately, or it waits in Drafts, where deleting it cancels it (field report). @default "send" */
  readonly deferredMail: "send" | "wait";
  /** Items made below `/calendars/{id}` or `/mailFolders/{id}`: found on every path, or only there, as those of others are (field reports). @default "found" */
  readonly otherPaths: "found" | "missing";
  /** MIME above 2,240 kB but within the request cap: taken, or answered with 200 and ignored (field report, docs #13979). @default "taken" */
  readonly largeMime: "taken" | "ignored";
  /** Sending with another address as `from` than the mailbox's: granted, or 403 ErrorSendAsDenied (both documented). @default "granted" */
  readonly sendAs: "granted" | "denied";
}

/** Disputed or open facts about drives. */
export interface DriveVariations {
  /** Kind of all drives. They differ in ids, upload URLs, `fileSize`, `deferCommit` and links. @default "business" */
  readonly driveKind: "business" | "personal";
  /** When a session that may not replace a file reports one with its name. A file added later is reported at the end. @default "atLastByte" */
  readonly driveConflict: "atLastByte" | "atCreate";
  /**
   * A session by path that names no conflict behavior: fails if the name is taken (documented), or replaces the file (field
   * report, docs #19010; rclone relies on it). @default "fail"
   */
  readonly driveSessionDefault: "fail" | "replace";
  /** When a range that is not a multiple of 327,680 bytes is refused: immediately, or after the last range. Choice. @default "refuse" */
  readonly driveMisaligned: "refuse" | "atCommit";
  /** `nextExpectedRanges` of a new session: absent, or `["0-"]` (both documented). @default "absent" */
  readonly driveCreateRanges: "absent" | "0-";
  /** Form of `nextExpectedRanges`: `["26-"]`, `["26-127"]`, or the same in two adjoining ranges (documented forms). @default "open" */
  readonly driveRanges: "open" | "closed" | "several";
  /** Ranges in the answer to a GET on an uploadUrl: all, the first only, or no such key (field reports). @default "all" */
  readonly driveStatusRanges: "all" | "first" | "absent";
  /** Ranges in the answer to the last range under `deferCommit`: empty, or no such key. Choice. @default "empty" */
  readonly driveDeferredRanges: "empty" | "absent";
  /** A request with Authorization to the upload host. The documentation says that it may fail. Disputed. @default "refuse" */
  readonly driveAuthorization: "refuse" | "ignore";
  /** A second session for a name that has an open one (409, field report). @default "refuse" */
  readonly driveSecondSession: "refuse" | "accept";
  /** Requests for a session that a name refuses after its session was deleted (field report, onedrive-api-docs #989). @default 0 */
  readonly driveNameHeld: number;
  /** Refuses each n-th range with `driveRefusal`, although its session lives (field reports: one in ten). 0 is off. @default 0 */
  readonly driveRefusedEvery: number;
  /** Status of these refusals (field reports). @default 404 */
  readonly driveRefusal: 400 | 401 | 403 | 404 | 409 | 412;
  /** First sessions that take one range and refuse with 416, from then on, the offset that they name (field report). @default 0 */
  readonly drivePoisoned: number;
  /** End of a session: each range moves it, or it is 24 hours after the start (disputed). It is never later. @default "moves" */
  readonly driveExpiry: "moves" | "fixed";
  /** Seconds by which a range moves that end ("about 15 min", field report). @default 900 */
  readonly driveSessionSeconds: number;
  /** Status of a wrong range: 400, 413 or 416 as it applies, or 400 for all but a repeated one. Choice. @default "own" */
  readonly driveRefusalStatus: "own" | 400;
  /** Longest PUT on `/content`: "250 MB" (documented), 4 MB in older pages. @default 262144000 */
  readonly driveContentMaximum: 262144000 | 4194304;
  /** Answer to a GET on `/content`: 302 to the upload host (documented), or the bytes themselves. @default "redirect" */
  readonly driveContent: "redirect" | "bytes";
  /** Missing folders in the path of a new file. Choice. @default "create" */
  readonly driveMissingFolders: "create" | "refuse";
  /** A session by the id of a file: taken (documented), or 400 "File name not provided" (personal drives, field report). @default "accept" */
  readonly driveSessionById: "accept" | "refuse";
  /** The folder of an app: there, or made when it is read, so that writing into it is a 404 before (field report). @default "there" */
  readonly driveAppFolder: "there" | "whenRead";
  /** Bytes that the service adds to an Office file or a picture after its upload (SharePoint, field reports). @default 0 */
  readonly driveRewrittenBytes: number;
  /** `%2F` in a name: part of the name, which is refused, or a separator with its dots (field reports). Disputed. @default "name" */
  readonly driveEncodedSlash: "name" | "separator";
  /**
   * Properties that a new folder, a changed item or a session does not have: ignored, or refused. Annotations are ignored
   * always. No source says; clients that send such properties work (rclone, onedrive). Choice. @default "ignore"
   */
  readonly driveUnknownProperties: "ignore" | "refuse";
  /** `parentReference.path` of an item in `delta`: absent (documented), or present (onedrive by abraunegg relies on it). @default "absent" */
  readonly driveDeltaPath: "absent" | "present";
  /** Items per page of `children` (documented: 200). @default 200 */
  readonly drivePageSize: number;
  /**
   * People outside of contoso.example: invited, refused in a 207 with the others invited (documented), or a reason to refuse
   * the whole invitation with 400 (field report; code and text are choices). @default "invite"
   */
  readonly driveGuests: "invite" | "partly" | "refuse";
  /** Scopes of links that the tenant does not allow (403; documented as possible, its code is a choice). @default "none" */
  readonly driveRefusedScopes: "none" | "anonymous" | "organization" | "both";
}

/** Disputed or open facts about Universal Print. */
export interface PrintVariations {
  /** A request with Authorization to the upload host. The documentation says that it might fail. Disputed. @default "refuse" */
  readonly printAuthorization: "refuse" | "ignore";
  /** Bytes that a range must be shorter than: "10 MB" (documented). Choice. @default 10485760 */
  readonly printRangeMaximum: 10485760 | 10000000;
  /** Simultaneous ranges of one session before 429 (documented: 4). @default 4 */
  readonly printConcurrency: number;
  /** Status of a wrong range that is not a repeated one. Choice. @default 400 */
  readonly printRefusalStatus: 400 | 416;
  /** A second session for a document that has all its bytes. Choice. @default "accept" */
  readonly printSecondSession: "accept" | "refuse";
  /** Life of a session. No source states it. Choice. @default 3600 */
  readonly printSessionSeconds: number;
}

/** Disputed or open facts about Teams. */
export interface TeamsVariations {
  /** Status of a message above 28 KB (about that is documented). 413 is a field report. Choice. @default 413 */
  readonly teamsTooLarge: 413 | 400;
  /** The id of a file in a message: the GUID in its item's eTag (documented), or any GUID. @default "eTag" */
  readonly teamsAttachmentId: "eTag" | "any";
  /** Number of first requests for a channel's `filesFolder` that get 404 (field report). @default 0 */
  readonly teamsFolderDelay: number;
  /** Members per page. Choice. @default 100 */
  readonly teamsPageSize: number;
}

/** Disputed or open facts about Azure DevOps. */
export interface AzureDevOpsVariations {
  /** Azure DevOps Server at every URL: no DELETE, bearer or previews. `/tfs/…` is always a Server. @default false */
  readonly azureServer: boolean;
  /** Latest released api-version. Services with 7.1 also accept 7.2-preview (documented). @default "7.1" */
  readonly azureApiCeiling: "7.1" | "7.0" | "6.0" | "5.0" | "4.1" | "3.2" | "2.3" | "1.0";
  /** Status of a simple upload and of a start: 201 in all examples, 200 in swagger. Disputed. @default 201 */
  readonly azureUploadStatus: 200 | 201 | 202;
  /** Status of a chunk: examples of 4.1 say 201, for the last one 200; swagger says 200. Disputed. @default "201 then 200" */
  readonly azureChunkStatus: "201 then 200" | 200 | 201 | 202;
  /** First api-version that takes chunks by PUT: 2.0 in samples, 5.0 in swagger. Disputed. @default "2.0" */
  readonly azureChunkFloor: "2.0" | "5.0";
  /** Repeats the `fileName` of a chunk's request in the `url` of its answer. Choice. @default false */
  readonly azureChunkFileName: boolean;
  /** The last range, sent again: refused with 400, or accepted in its own place. Choice. @default "refuse" */
  readonly azureReplay: "refuse" | "accept";
  /** Status of a chunk for an attachment that does not exist. Choice. @default 400 */
  readonly azureUnknownId: 400 | 404;
  /** Largest attachment: 60 MB on Services (documented), 4 MB or 60 MB on Server (disputed), 2 GB at most. @default 62914560 */
  readonly azureMaximum: 62914560 | 4194304 | 2000000000;
  /** Status of TF237082. Only its message is known. Choice. @default 400 */
  readonly azureTooLargeStatus: 400 | 413;
  /** Size above which only chunks are accepted: "130 MB" (documented). Choice. @default 136314880 */
  readonly azureSimpleCeiling: number;
  /** Answer to GET and POST with a bad credential: the sign-in page, a redirect to it, or 401 without a body (field reports). @default 203 */
  readonly azureSignIn: 203 | 302 | 401;
  /** Status of a link for another revision: 412 with VS403351, or 409 or 400 with TF26071 (field reports). @default 412 */
  readonly azureStaleRevision: 412 | 409 | 400;
  /** Status of VS402330: another user reads an attachment that is not linked. Choice. @default 403 */
  readonly azureUnlinkedRead: 403 | 401 | 404;
  /** A link without `attributes`: stored with 0 KB (one report), or refused with 400. Choice. @default "zeroSize" */
  readonly azureMissingAttributes: "zeroSize" | "refuse";
  /** `Retry-After` in seconds, with X-RateLimit-*, on every success (documented as possible). @default null */
  readonly azureRetryAfterOnSuccess: number | null;
  /** Requests in 5 minutes before 429. The documented unit is not requests, so the number is a choice. @default Infinity */
  readonly azureRequests: number;
  /** `url` in answers: on the requested host, or in the legacy form on another host (one capture). @default "requested" */
  readonly azureReturnedUrl: "requested" | "otherHost";
  /** Days after which an attachment that was never linked is removed: 30 (Microsoft, 2018), one dissent. @default 30 */
  readonly azureOrphanDays: number;
}

export const defaultVariations: Variations = {
  outlookMinimum: 0,
  outlookMaximum: 157286400,
  rangeMaximum: "none",
  intermediateKeys: "mixed",
  intermediateRanges: "bare",
  outlookStatus: 200,
  uploadPath: "api/v2.0",
  audienceError: "InvalidAudience",
  todoCreateStatus: 200,
  todoKeys: "pascal",
  todoStrictRange: false,
  todoMaximum: 26214400,
  todoInlineOver3MB: "accept",
  tooLarge: "json413",
  afterDelete: 404,
  afterExpiry: 401,
  graphRedirect: "none",
  uploadHostHeaders: "refuse",
  throttleRedirects: 0,
  sessionSeconds: 3600,
  locationEncoded: false,
  locationMissing: false,
  cors: "strict",
  corsExposeLocation: false,
  finalBody: "empty",
  conflicts: true,
  sessionConflicts: false,
  concurrency: 4,
  mailboxRequests: 10000,
  mailboxUploadBytes: 157286400,
  countOutlookRequests: false,
  retryAfterSeconds: 1,
  retryAfterFits: false,
  replicationDelay: 0,
  usGov: false,
  china: false,
  sharedMailbox403: false,
  mailSendOnly403: false,
  listPageSize: 10,
  sizeFactor: 1.045,
  tenantMessageLimit: 36700160,
  eventAttachments: "drop",
  referenceAttachments: "refused",
  sentDelay: 0,
  jsonNames: "documented",
  newItemDelay: 0,
  draftVisibleAfter: 0,
  createdFailures: 0,
  createdFailure: 503,
  answerAttachments: "keep",
  filterDelay: 0,
  deletedMail: "gone",
  answerProperties: "keep",
  deferredMail: "send",
  otherPaths: "found",
  largeMime: "taken",
  sendAs: "granted",
  azureServer: false,
  azureApiCeiling: "7.1",
  azureUploadStatus: 201,
  azureChunkStatus: "201 then 200",
  azureChunkFloor: "2.0",
  azureChunkFileName: false,
  azureReplay: "refuse",
  azureUnknownId: 400,
  azureMaximum: 62914560,
  azureTooLargeStatus: 400,
  azureSimpleCeiling: 136314880,
  azureSignIn: 203,
  azureStaleRevision: 412,
  azureUnlinkedRead: 403,
  azureMissingAttributes: "zeroSize",
  azureRetryAfterOnSuccess: null,
  azureRequests: Infinity,
  azureReturnedUrl: "requested",
  azureOrphanDays: 30,
  driveKind: "business",
  driveConflict: "atLastByte",
  driveSessionDefault: "fail",
  driveMisaligned: "refuse",
  driveCreateRanges: "absent",
  driveRanges: "open",
  driveStatusRanges: "all",
  driveDeferredRanges: "empty",
  driveAuthorization: "refuse",
  driveSecondSession: "refuse",
  driveNameHeld: 0,
  driveRefusedEvery: 0,
  driveRefusal: 404,
  drivePoisoned: 0,
  driveExpiry: "moves",
  driveSessionSeconds: 900,
  driveRefusalStatus: "own",
  driveContentMaximum: 262144000,
  driveContent: "redirect",
  driveMissingFolders: "create",
  driveSessionById: "accept",
  driveAppFolder: "there",
  driveRewrittenBytes: 0,
  driveEncodedSlash: "name",
  driveUnknownProperties: "ignore",
  driveDeltaPath: "absent",
  drivePageSize: 200,
  driveRefusedScopes: "none",
  driveGuests: "invite",
  printAuthorization: "refuse",
  printRangeMaximum: 10485760,
  printConcurrency: 4,
  printRefusalStatus: 400,
  printSecondSession: "accept",
  printSessionSeconds: 3600,
  teamsTooLarge: 413,
  teamsAttachmentId: "eTag",
  teamsFolderDelay: 0,
  teamsPageSize: 100,
};
