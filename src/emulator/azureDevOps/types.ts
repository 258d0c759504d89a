/** A work item to put into the service before a test begins. */
export interface WorkItemInit {
  /** @default "MyProject" */
  readonly project?: string;
  /** @default "" */
  readonly title?: string;
  /** The revision it begins with. @default 1 */
  readonly rev?: number;
}

/** A work item as a client names it; `path` is what follows the organisation's URL. */
export interface WorkItemReference {
  readonly id: number;
  readonly path: string;
  readonly rev: number;
}

/** A relation as it reads back; for `AttachedFile`, `attributes` holds name, comment, id and four dates. */
export interface WorkItemRelation {
  readonly rel: string;
  readonly url: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface WorkItemInfo {
  readonly id: number;
  readonly rev: number;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly relations: readonly WorkItemRelation[];
}

/** What Azure DevOps holds after an upload or amid one; `bytes` and `sha256` (hex) are what has arrived so far. */
export interface StoredBlob {
  readonly id: string;
  readonly fileName?: string;
  readonly bytes: Buffer;
  readonly sha256: string;
  /** False from the start of a chunked upload until its last byte. */
  readonly complete: boolean;
  readonly areaPath?: string;
  /** Ids of the work items whose relations name it now. */
  readonly linkedTo: readonly number[];
  /** How many chunks it came in; 0 for a simple upload. */
  readonly chunks: number;
}

/** Azure DevOps as a test sees it from outside; URLs without a slash at the end, all with the same data behind them. */
export interface AzureDevOpsFixture {
  /** As `https://dev.azure.com/fabrikam`. */
  readonly organizationUrl: string;
  /** As a Server with a virtual directory and a collection: `https://…/tfs/DefaultCollection`. */
  readonly serverUrl: string;
  /** As `https://fabrikam.visualstudio.com`; `/DefaultCollection` may follow. */
  readonly legacyUrl: string;
  /** A PAT, for Basic with any user name. */
  readonly personalAccessToken: string;
  /** The PAT of another user, who does not see what is neither linked nor uploaded for a project or area. */
  readonly otherPersonalAccessToken: string;
  /** The access token that is valid now. */
  readonly bearer: string;
  /** Lets the access token expire and gives the one that is valid from now on. */
  renewBearer(): string;
  addWorkItem(init?: WorkItemInit): WorkItemReference;
  /** Throws for an id that is not there. */
  workItem(id: number): WorkItemInfo;
  /** All that was uploaded and started, oldest first. */
  attachments(): StoredBlob[];
  /** Throws for an id that is not there. */
  blob(id: string): StoredBlob;
}
