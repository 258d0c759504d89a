/** Where sources on Azure DevOps disagree or say nothing; "disputed" and "choice" as in the other variations. */
export interface AzureDevOpsVariations {
  /** Azure DevOps Server at every URL: no DELETE, bearer or previews; `/tfs/…` is always that. @default false */
  readonly azureServer: boolean;
  /** Latest released api-version; Services with 7.1 also takes 7.2-preview (documented). @default "7.1" */
  readonly azureApiCeiling: "7.1" | "7.0" | "6.0" | "5.0" | "4.1" | "3.2" | "2.3" | "1.0";
  /** Status of a simple upload and of a start: all examples say 201, swagger 200. Disputed. @default 201 */
  readonly azureUploadStatus: 200 | 201 | 202;
  /** Status of a chunk: examples of 4.1 say 201, the last one 200; swagger says 200. Disputed. @default "201 then 200" */
  readonly azureChunkStatus: "201 then 200" | 200 | 201 | 202;
  /** First api-version that takes chunks by PUT: 2.0 in samples, 5.0 in swagger. Disputed. @default "2.0" */
  readonly azureChunkFloor: "2.0" | "5.0";
  /** Repeat the `fileName` of a chunk's request in the `url` of its answer. Choice. @default false */
  readonly azureChunkFileName: boolean;
  /** A range that is sent again right after it was taken: refused with 400, or taken in its own place. Choice. @default "refuse" */
  readonly azureReplay: "refuse" | "accept";
  /** Status of a chunk for an attachment that is not there. Choice. @default 400 */
  readonly azureUnknownId: 400 | 404;
  /** Bytes of an attachment: 60 MB on Services (documented), 4 MB or 60 MB on Server (disputed), 2 GB at most. @default 62914560 */
  readonly azureMaximum: 62914560 | 4194304 | 2000000000;
  /** Status of TF237082, whose message alone is known. Choice. @default 400 */
  readonly azureTooLargeStatus: 400 | 413;
  /** Bytes above which only chunks are taken: "130 MB" (documented). Choice. @default 136314880 */
  readonly azureSimpleCeiling: number;
  /** What GET and POST with a bad credential get: the sign-in page, or the way to it; both from the field. @default 203 */
  readonly azureSignIn: 203 | 302;
  /** Status of VS402330: another user reads a blob that is not linked. Choice. @default 403 */
  readonly azureUnlinkedRead: 403 | 401 | 404;
  /** A link without `attributes`: stored with 0 KB (one report), or refused with 400. Choice. @default "zeroSize" */
  readonly azureMissingAttributes: "zeroSize" | "refuse";
  /** `Retry-After` in seconds, with X-RateLimit-*, on every success (documented as possible). @default null */
  readonly azureRetryAfterOnSuccess: number | null;
  /** Requests in 5 minutes before 429; the documented unit is not requests, so the figure is a choice. @default Infinity */
  readonly azureRequests: number;
  /** `url` in answers: where the request went, or the legacy form on another host (one capture). @default "requested" */
  readonly azureReturnedUrl: "requested" | "otherHost";
  /** Days after which a blob that was never linked is removed: 30 (Microsoft, 2018), one dissent. @default 30 */
  readonly azureOrphanDays: number;
}

export const defaultAzureDevOpsVariations: AzureDevOpsVariations = {
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
  azureUnlinkedRead: 403,
  azureMissingAttributes: "zeroSize",
  azureRetryAfterOnSuccess: null,
  azureRequests: Infinity,
  azureReturnedUrl: "requested",
  azureOrphanDays: 30,
};
