import { UploadError } from "../errors.js";
import { graphError, Refusal } from "../http/refusal.js";
import type { Service } from "../http/service.js";
import type { Reply } from "../protocol.js";
import { item } from "../protocols/graph/item.js";

/** Something created for an operation that then failed. */
export interface Leftover {
  readonly url: string;
  readonly id: string;
  /** The message for the case that it cannot be deleted. */
  readonly message: string;
  readonly cause: unknown;
}

/**
 * Deletes what is left over. Throws an error that names it if that fails as well. A 404 says that it is gone, unless its URL
 * was never reached. `service`: see `Service.cleanUp`.
 */
export async function discardItem(service: Service, { url, id, message, cause }: Leftover): Promise<void> {
  const known = service.fresh?.reached ?? true;
  const gone = (reply: Reply) => item.done(reply) ?? (known && reply.status === 404 ? true : undefined);
  await service.get(item.discard(url), gone).catch(() => {
    const reason = cause instanceof Refusal ? graphError(cause.reply) : cause;
    throw new UploadError("leftBehind", message, { cause: reason, item: id });
  });
}
