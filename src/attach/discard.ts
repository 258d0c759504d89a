import { UploadError } from "../errors.js";
import type { Reply } from "../protocol.js";
import { item } from "../protocols/graph/item.js";
import type { Service } from "../http/service.js";

/** What was made on the way to something that came to nothing. */
export interface Leftover {
  readonly url: string;
  readonly id: string;
  /** What has to be known where it cannot be deleted. */
  readonly message: string;
  readonly cause: unknown;
}

/** Deletes what is left over, whether or not the caller has stopped; an error that names it where that fails too. */
export async function discard(service: Service, { url, id, message, cause }: Leftover): Promise<void> {
  const unstoppable = service.with({ ...service.settings, signal: undefined });
  const gone = ({ status }: Reply) => (status < 300 || status === 404 ? true : undefined);
  await unstoppable.ask(item.discard(url), gone).catch(() => {
    throw new UploadError("leftBehind", message, { cause, item: id });
  });
}
