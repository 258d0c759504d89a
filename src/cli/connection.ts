import { networkFailure } from "./explain.js";
import { CommandError } from "./failure.js";

/** Milliseconds that a host may take to answer. */
const TIMEOUT = 20_000;

/** Checks, without a token, that a service answers. An upload itself would report a dead network only after its retries. */
export async function checkConnection(
  url: string,
  fetchOptions: Record<string, unknown>,
  signal: AbortSignal,
): Promise<void> {
  const timeout = AbortSignal.timeout(TIMEOUT);
  const { host } = new URL(url);
  try {
    const either = AbortSignal.any([signal, timeout]);
    await fetch(url, { ...fetchOptions, method: "HEAD", redirect: "manual", signal: either });
  } catch (error) {
    signal.throwIfAborted();
    const failure = networkFailure(timeout.aborted ? { code: "ETIMEDOUT" } : error, host);
    throw new CommandError(failure ?? networkFailure({ message: "fetch failed" }, host)!);
  }
}
