/** Settles as `work` does, or rejects with the signal's reason when it aborts. Leaves no listener behind. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

/** A signal that aborts as soon as one of these does. `undefined` if there is none. */
export function signalFor(...signals: readonly (AbortSignal | null | undefined)[]): AbortSignal | undefined {
  const [first, ...others] = new Set(signals.filter((signal) => signal !== undefined && signal !== null));
  return first && others.length > 0 ? AbortSignal.any([first, ...others]) : first;
}
