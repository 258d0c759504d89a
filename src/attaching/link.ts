import { UploadError } from "../errors.js";
import { graphError, Refusal, type NoReply } from "../engine/refusal.js";
import type { FileInfo, Linking, Reply, UploadSession } from "../protocol.js";
import type { Service } from "../engine/service.js";

/** An attachment that is whole, and the file that it was made of. */
export interface Uploaded {
  readonly attachment: object;
  readonly file: FileInfo;
}

/** Whether an item has been told of an attachment already. */
export async function isLinked(service: Service, item: string, attachment: object): Promise<boolean> {
  const linking = service.protocol.linking as Linking;
  return linking.holds(await service.ask(linking.read(item), linking.readItem), attachment);
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
    const state = await service.ask(linking.read(item), linking.readItem).catch((error) => {
      throw doubt && error instanceof Refusal ? unknown(error) : error;
    });
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
    "The reply to the link was lost, and whether it was made cannot be read. Look at the work item before attaching again.";
  return new UploadError("uncertain", message, { cause: graphError(reply) });
}
