import { abortedBehind, onAbort } from "../signals.js";

/** Milliseconds for everything that is cleaned up after an abort. */
const CLEAN_UP_TIMEOUT = 5_000;

/** When everything that an abort has stopped must be cleaned up, by the signal that was aborted. Monotonic milliseconds. */
const deadlines = new WeakMap<AbortSignal, number>();

/** Milliseconds that are left for what an abort has stopped. `undefined` if there was none. */
function timeLeft(signal: AbortSignal | undefined): number | undefined {
  const aborted = signal && abortedBehind(signal);
  if (!aborted) return undefined;
  const now = performance.now();
  const deadline = deadlines.get(aborted) ?? now + CLEAN_UP_TIMEOUT;
  deadlines.set(aborted, deadline);
  return Math.max(0, deadline - now);
}

/**
 * Cleans up whether or not `signal` is aborted. Once it is, everything that it has stopped has five seconds in all, and then
 * the signal that `work` gets is aborted. `hurried`: the work has five seconds in any case, and leaves half of what is left
 * after an abort to the work that comes next.
 */
export async function cleanUpWithin<T>(
  signal: AbortSignal | undefined,
  hurried: boolean,
  work: (late: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const hurry = () => {
    clearTimeout(timer);
    const left = timeLeft(signal);
    const most = left === undefined ? CLEAN_UP_TIMEOUT : hurried ? left / 2 : left;
    timer = setTimeout(() => late.abort(new Error("Cleaning up took too long.")), most);
  };
  if (hurried || signal?.aborted) hurry();
  const leave = signal?.aborted ? () => {} : onAbort(signal, hurry);
  try {
    return await work(late.signal);
  } finally {
    clearTimeout(timer);
    leave();
  }
}
