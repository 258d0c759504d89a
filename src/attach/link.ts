import { UploadError } from "../errors.js";
import { graphError, Refusal, type NoReply } from "../http/refusal.js";
import type { FileInfo, LinkedItem, Linking, Reply, UploadSession } from "../protocol.js";
import type { Service } from "../http/service.js";

/** An attachment that is whole, and the file that it was made of. */
export interface Uploaded {
  readonly attachment: object;
  readonly file: FileInfo;
}

/** Whether an item has been told of an attachment already, by an earlier process. */
export async function isLinked(service: Service, item: string, attachment: object): Promise<boolean> {
  const linking = service.protocol.linking as Linking;
  return linking.holds(await stateOf(service, item, true), attachment);
}

/** What an item holds. `doubt`: it may have been told of an attachment, and whether it has shows only here. */
async function stateOf(service: Service, item: string, doubt: boolean): Promise<LinkedItem> {
  const linking = service.protocol.linking as Linking;
  return service.ask(linking.read(item), linking.readItem).catch((error: unknown) => {
    throw doubt && error instanceof Refusal ? unknown(error) : error;
  });
}

/**
 * Tells an item of its attachments, all in one revision. What the item holds is read before each attempt, and an attempt
 * counts only for the revision that was read: a lost reply never links twice.
 */
export async function link(
  service: Service,
  item: string,
  uploaded: readonly Uploaded[],
  session?: UploadSession,
): Promise<void> {
  const linking = service.protocol.linking as Linking;
  let doubt = false;
  for (const patience = service.patience(); ;) {
    const state = await stateOf(service, item, doubt);
    const missing = uploaded.filter(({ attachment }) => !linking.holds(state, attachment));
    if (missing.length === 0) return;
    const answer: Reply | NoReply = await service.attempt(linking.write(item, state, missing));
    const reply = "status" in answer ? answer : undefined;
    if (reply && linking.readItem(reply)) return;
    const trouble = reply ? service.protocol.trouble(reply) : "passing";
    if (!["busy", "passing", "unsure"].includes(trouble)) throw service.refusal(reply!);
    doubt ||= trouble !== "busy";
    if (!(await patience.again(reply))) throw service.interrupted(answer, session);
  }
}

function unknown({ reply }: Refusal): UploadError {
  const message =
    "The work item may have its link to the file already, but cannot be read. Look at it before attaching again.";
  return new UploadError("uncertain", message, { cause: graphError(reply) });
}
