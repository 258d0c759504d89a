import { defaultDriveVariations, type DriveVariations } from "./drive/variations.js";
import { defaultPrintVariations, type PrintVariations } from "./print/variations.js";
import { defaultTeamsVariations, type TeamsVariations } from "./teams/variations.js";
import { defaultAzureDevOpsVariations, type AzureDevOpsVariations } from "./azureDevOps/variations.js";

/**
 * Where sources disagree or say nothing, the emulator can take each side. Byte and second values are plain numbers.
 * "Disputed": sources differ, the first reading named is the default. "Choice": no source, the default is ours.
 */
export interface Variations extends AzureDevOpsVariations, DriveVariations, PrintVariations, TeamsVariations {
  /** Bytes below which an Outlook session is refused; 0 is off (one 2026 client opens them for 95 kB). Disputed. @default 0 */
  readonly outlookMinimum: 0 | 2097152 | 3000000 | 3145728;
  /** "150 MB" (documented) in bytes. Choice. @default 157286400 */
  readonly outlookMaximum: 157286400 | 150000000;
  /** Whether one Outlook range may be longer than 4,194,304 bytes (5 MiB works in the field). Disputed. @default "none" */
  readonly rangeMaximum: "none" | "4MiB";
  /** Letter case of the two keys in an Outlook intermediate reply. Disputed. @default "mixed" */
  readonly intermediateKeys: "mixed" | "pascal" | "camel";
  /** Form of the ranges in Outlook and To Do intermediate replies: `"N"` (documented), `"N-"`, or no such key. @default "bare" */
  readonly intermediateRanges: "bare" | "open" | "absent";
  /** Answer to GET on an Outlook uploadUrl. Disputed. @default 200 */
  readonly outlookStatus: 200 | 404 | 405;
  /** Path in front of `Users(…)` on the Outlook host; the g-versions write `users(…)/messages(…)`. Disputed. @default "api/v2.0" */
  readonly uploadPath: "api/v1.0" | "api/v2.0" | "api/beta" | "api/gv1.0" | "api/gbeta";
  /** Code of the 401 for a request with Authorization to the Outlook host. Disputed. @default "InvalidAudience" */
  readonly audienceError: "InvalidAudience" | "InvalidAudienceForResource";
  /** Status of a created To Do session: every example says 200, prose 201. Disputed. @default 200 */
  readonly todoCreateStatus: 200 | 201;
  /** Letter case of the keys in a To Do intermediate reply: examples Pascal, prose camel. Disputed. @default "pascal" */
  readonly todoKeys: "pascal" | "camel";
  /** Refuse To Do ranges from 4,000,000 bytes instead of above 4,194,304. Choice. @default false */
  readonly todoStrictRange: boolean;
  /** "25 MB" (documented) in bytes. Choice. @default 26214400 */
  readonly todoMaximum: 26214400 | 25000000;
  /** A To Do POST of more than 3,000,000 file bytes; "consumer" also lifts the request cap to 30,000,000. Disputed. @default "accept" */
  readonly todoInlineOver3MB: "accept" | "refuse" | "consumer";
  /** The answer to a Graph POST above 4,194,304 bytes; all are reported somewhere. Disputed. @default "json413" */
  readonly tooLarge: "json413" | "entity413" | "html413" | "empty413" | "json400" | "empty500" | "reset";
  /** Status of a session that was deleted. Choice. @default 404 */
  readonly afterDelete: 404 | 410;
  /** Status of a session whose time is over. Choice. @default 401 */
  readonly afterExpiry: 401 | 404;
  /** Life of a session in seconds; it is fixed at creation (documented), its length is a choice. @default 3600 */
  readonly sessionSeconds: number;
  /** Percent-encode the id in the Location of a final 201. Choice. @default false */
  readonly locationEncoded: boolean;
  /** No Location on a final 201: what a browser sees of it across origins. @default false */
  readonly locationMissing: boolean;
  /** "off" has no origin answer to CORS, so that pages of other origins can do nothing: some webviews see that. @default "strict" */
  readonly cors: "strict" | "off";
  /** Whether the Outlook host lets pages read Location and Retry-After; no source says that it does. @default false */
  readonly corsExposeLocation: boolean;
  /** Body of a final 201: empty (documented) or, for hostile runs, the attachment as JSON. @default "empty" */
  readonly finalBody: "empty" | "json";
  /** 412 for a write that overlaps another write to the same item (field report; here every time). @default true */
  readonly conflicts: boolean;
  /** Requests at once on one mailbox before 429 ApplicationThrottled (documented: 4). @default 4 */
  readonly concurrency: number;
  /** Requests on one mailbox in 10 minutes (documented: 10,000). @default 10000 */
  readonly mailboxRequests: number;
  /** Bytes of PATCH, POST and PUT on one mailbox in 5 minutes (documented: 150 MB). @default 157286400 */
  readonly mailboxUploadBytes: number;
  /** Whether requests to the Outlook host count in the two windows above. Choice. @default false */
  readonly countOutlookRequests: boolean;
  /** `Retry-After` in seconds on the emulator's own 429; null leaves the header out. @default 1 */
  readonly retryAfterSeconds: number | null;
  /** How many first session PUTs to a draft get 404 ErrorItemNotFound (field report). @default 0 */
  readonly replicationDelay: number;
  /** US Government cloud: no sessions for Outlook (documented); the answer is a choice: 400. @default false */
  readonly usGov: boolean;
  /** China: no To Do at all (documented); the answer is a choice: 400. @default false */
  readonly china: boolean;
  /** 403 when a session is created in a mailbox that is not the caller's (documented known issue). @default false */
  readonly sharedMailbox403: boolean;
  /** 403 on writes to mail as with the Mail.Send scope only (field report); what sends is allowed. @default false */
  readonly mailSendOnly403: boolean;
  /** Attachments per page of a list. Choice. @default 10 */
  readonly listPageSize: number;
  /** An Outlook attachment's `size` divided by its bytes; the documented sample has 1.045. @default 1.045 */
  readonly sizeFactor: number;
  /** "35 MB" of a tenant (documented) in bytes, against 1.37 times a message's attachments when it is sent. @default 36700160 */
  readonly tenantMessageLimit: number;
  /** Inline attachments of a new event: dropped without a word (2024) or refused with 400 (2019). Disputed. @default "drop" */
  readonly eventAttachments: "drop" | "refuse";
  /** A POST of a referenceAttachment on v1.0, which documents no URL of it; beta takes it. Disputed. @default "refused" */
  readonly referenceAttachments: "refused" | "taken";
  /** GETs of a message after its `/send` that still show the draft; deleted before, it is never sent (inferred). @default 0 */
  readonly sentDelay: number;
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
  sessionSeconds: 3600,
  locationEncoded: false,
  locationMissing: false,
  cors: "strict",
  corsExposeLocation: false,
  finalBody: "empty",
  conflicts: true,
  concurrency: 4,
  mailboxRequests: 10000,
  mailboxUploadBytes: 157286400,
  countOutlookRequests: false,
  retryAfterSeconds: 1,
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
  ...defaultAzureDevOpsVariations,
  ...defaultDriveVariations,
  ...defaultPrintVariations,
  ...defaultTeamsVariations,
};
