import { UploadError } from "../errors.js";
import type { FileInfo } from "../file.js";
import { graphError, Refusal } from "../http/refusal.js";
import type { LinkedItem, LinkProtocol } from "../protocol.js";
import type { Job } from "../upload/job.js";
import type { UploadSession } from "../uploadSession.js";

/** A complete attachment, and the file that it was made of. */
export interface Uploaded {
  readonly attachment: object;
  readonly file: FileInfo;
}

type Linking = Pick<Job, "service" | "linkTo">;

/** True if an earlier process has already linked an attachment. */
export async function isLinked(job: Linking, link: LinkProtocol, attachment: object): Promise<boolean> {
  return link.holds(await stateOf(job, link, true), attachment);
}

/** Checks that an item is there, and has room for more attachments, before anything is uploaded. */
export async function mustTake(jobs: readonly Job[]): Promise<LinkedItem | undefined> {
  const [first] = jobs;
  const link = first?.protocol.link;
  if (!first || !link || first.linkTo === undefined) return undefined;
  for (const { checkpoint } of jobs) if (await checkpoint?.load()) return undefined; // it may be linked already
  const state = await stateOf(first, link, false);
  const { attachments = 0 } = state;
  if (attachments + jobs.length <= (link.most ?? Infinity)) return state;
  const message = `The work item has ${attachments} attachments, and ${first.service.api.label} takes up to ${link.most} (VS403313). Remove some, or attach ${first.file.name} to another item.`;
  throw new UploadError("invalid", message);
}

/** Reads what the item holds. `doubt`: an attachment may already be linked, and only this shows it. */
async function stateOf({ service, linkTo = "" }: Linking, link: LinkProtocol, doubt: boolean): Promise<LinkedItem> {
  return service.get(link.read(linkTo), link.readItem).catch((error: unknown) => {
    throw doubt && error instanceof Refusal ? cannotTell(error) : error;
  });
}

/**
 * Links an item to its attachments, all in one revision. The item is read before each attempt, and an attempt counts only for
 * the revision that was read, so a lost reply never links twice. `state`: what was read before the upload.
 */
export async function linkAll(
  job: Linking,
  link: LinkProtocol,
  uploaded: readonly Uploaded[],
  { session, state: first }: { readonly session?: UploadSession; readonly state?: LinkedItem } = {},
): Promise<void> {
  const { service, linkTo = "" } = job;
  const missingIn = (state: LinkedItem) => uploaded.filter(({ attachment }) => !link.holds(state, attachment));
  let known = first;
  await service.ask<true>({
    async request(doubt) {
      const state = known ?? (await stateOf(job, link, doubt));
      known = undefined;
      const missing = missingIn(state);
      return missing.length === 0 ? { done: true } : link.write(linkTo, state, missing);
    },
    read: (reply) => (link.readItem(reply) ? true : undefined),
    repeat: "always",
    async settle() {
      known = await stateOf(job, link, true).catch((error: unknown) => {
        const unread = error instanceof UploadError && error.code === "interrupted";
        throw unread ? uncertain(error, session) : error;
      });
      return missingIn(known).length === 0 ? true : "notDone";
    },
    session,
  });
}

const cannotTell = ({ reply }: Refusal): UploadError => uncertain(graphError(reply));

function uncertain(cause: Error, session?: UploadSession): UploadError {
  const message =
    "The work item may already have its link to the file, but cannot be read. Check it before you attach the file again.";
  return new UploadError("uncertain", message, { cause, session });
}
