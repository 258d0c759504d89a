import { NoReply } from "../http/refusal.js";
import type { Reply, WireRequest } from "../protocol.js";
import type { Service } from "../http/service.js";

/**
 * Sends a request that must not be done twice: it is repeated only where it was certainly not taken. `mayBeDone` is called
 * whenever that changes.
 */
export async function once(
  service: Service,
  request: WireRequest,
  mayBeDone: (now: boolean) => void = () => {},
): Promise<Reply | NoReply> {
  for (const patience = service.patience(); ;) {
    service.settings.signal?.throwIfAborted();
    mayBeDone(true);
    const answer = await service.attempt(request);
    const reply = answer instanceof NoReply ? undefined : answer;
    if (!reply || service.protocol.trouble(reply) !== "busy") return answer;
    mayBeDone(false);
    if (!(await patience.again(reply))) return answer;
  }
}
