import { UploadError } from "./errors.js";

type Signals = readonly (AbortSignal | null | undefined)[];

/**
 * Loads a part of this package when it is first needed, so that a page starts without it. If loading fails, the next call
 * tries again. Once it is loaded, the part is returned without a promise. A caller whose signal aborts stops waiting.
 */
export function lazy<T extends object>(load: () => Promise<T>): (...signals: Signals) => T | Promise<T> {
  let part: T | undefined;
  let loading: Promise<T> | undefined;
  return (...signals) => {
    if (part) return part;
    loading ??= load().then(
      (loaded) => (part = loaded),
      (cause: unknown) => {
        loading = undefined;
        throw new UploadError("notLoaded", NOT_LOADED, { cause });
      },
    );
    return orAborted(loading, signals);
  };
}

const NOT_LOADED =
  "The part of graph-large-attachments that uploads could not be loaded, so nothing was sent. Reload the page, or call preload(client) when it starts.";

/** The `orAborted` of signals.ts is larger, and is loaded with the rest. */
function orAborted<T>(loading: Promise<T>, signals: Signals): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      const signal = signals.find((one) => one?.aborted);
      // signals of React Native have no reason
      if (signal)
        reject(signal.reason ?? Object.assign(new Error("This operation was aborted"), { name: "AbortError" }));
    };
    for (const signal of signals) signal?.addEventListener("abort", stop);
    loading.then(resolve, reject).finally(() => {
      for (const signal of signals) signal?.removeEventListener("abort", stop);
    });
    stop();
  });
}
