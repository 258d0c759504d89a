import { networkFailure } from "./explain.js";
import { CommandError, EXIT } from "./failure.js";

/** Milliseconds after which a host that does not answer counts as out of reach. */
const PATIENCE = 20_000;

/**
 * Asks whether a service can be reached at all, without a token: an upload, which is patient with networks that come and
 * go, would say so only after all its retries.
 */
export async function reach(url: string, fetchOptions: Record<string, unknown>, signal: AbortSignal): Promise<void> {
  const late = AbortSignal.timeout(PATIENCE);
  const { host } = new URL(url);
  try {
    const stop = AbortSignal.any([signal, late]);
    await fetch(url, { ...fetchOptions, method: "HEAD", redirect: "manual", signal: stop });
  } catch (error) {
    signal.throwIfAborted();
    const found = networkFailure(late.aborted ? { code: "ETIMEDOUT" } : error, host);
    if (found) throw new CommandError(found);
    const message = `There is no connection to ${host}.`;
    throw new CommandError({ exitCode: EXIT.brokeOff, code: "network", message, hint: "Check the address." });
  }
}
