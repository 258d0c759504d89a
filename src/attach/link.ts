import { UploadError } from "../errors.js";
import { graphError, Refusal } from "../http/refusal.js";
import type { FileInfo, LinkedItem, LinkProtocol, UploadSession } from "../protocol.js";
import type { Job } from "../upload/job.js";

/** A complete attachment, and the file that it was made of. */
export interface Uploaded {
  readonly attachment: object;
  readonly file: FileInfo;
}

type Linking = Pick<Job, "service" | "linkTo">;

/** Tells whether an earlier process has already linked an attachment. */
export async function isLinked(job: Linking, link: LinkProtocol, attachment: object): Promise<boolean> {
  return link.holds(await stateOf(job, link, true), attachment);
}

/** Reads what the item holds. `doubt`: an attachment may already be linked, and only this shows it. */
async function stateOf({ service, linkTo = "" }: Linking, link: LinkProtocol, doubt: boolean): Promise<LinkedItem> {
  return service.get(link.read(linkTo), link.readItem).catch((error: unknown) => {
    throw doubt && error instanceof Refusal ? cannotTell(error) : error;
  });
}

/**
 * Links an item to its attachments, all in one revision. The item is read before each attempt, and an attempt counts only for
 * the revision that was read, so a lost reply never links twice.
 */
export async function linkAll(
  job: Linking,
  link: LinkProtocol,
  uploaded: readonly Uploaded[],
  session?: UploadSession,
): Promise<void> {
  const { service, linkTo = "" } = job;
  await service.ask<true>({
    async request(doubt) {
      const state = await stateOf(job, link, doubt);
      const missing = uploaded.filter(({ attachment }) => !link.holds(state, attachment));
      return missing.length === 0 ? { done: true } : link.write(linkTo, state, missing);
    },
    read: (reply) => (link.readItem(reply) ? true : undefined),
    repeat: "always",
    session,
  });
}

function cannotTell({ reply }: Refusal): UploadError {
  const message =
    "The work item may already have its link to the file, but cannot be read. Check it before you attach the file again.";
  return new UploadError("uncertain", message, { cause: graphError(reply) });
}
