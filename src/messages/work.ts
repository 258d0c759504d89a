import type { Service } from "../http/service.js";
import type { InlineFile } from "../protocol.js";
import type { Composition } from "../protocols/compositions.js";
import type { Job } from "../upload/job.js";
import type { Letter } from "./letter.js";

/** A message or event to create with its attachments. */
export interface Work {
  readonly service: Service;
  readonly composition: Composition;
  readonly letter: Letter;
  /** Writes a file as a member of a body. */
  readonly inline: InlineFile;
  /** The letter's files, checked. Each is attached to the item once that exists. */
  readonly jobs: readonly Job[];
  /** Headers for the request that creates the item. */
  readonly headers: Readonly<Record<string, string>>;
  /** The option `once`. */
  readonly once?: string;
  /** True if another process, which began at the same moment, does the same job under another name. */
  readonly isOvertaken?: () => Promise<boolean>;
  /** The caller wants no copy in Sent Items, and may allow that it is deleted after sending. */
  readonly deletesCopy: boolean;
  readonly mayDeleteCopy?: boolean;
}
