import { UploadError } from "../errors.js";
import { orAborted } from "../signals.js";

/**
 * Loads a part of this package when it is first needed, so that a page starts without it. If loading fails, the next call
 * tries again. Once it is loaded, the part is returned without a promise.
 */
export function lazy<T extends object>(load: () => Promise<T>): (signal?: AbortSignal) => T | Promise<T> {
  let part: T | undefined;
  let loading: Promise<T> | undefined;
  return (signal) => {
    if (part) return part;
    loading ??= load().then(
      (loaded) => (part = loaded),
      (cause: unknown) => {
        loading = undefined;
        throw new UploadError("notLoaded", NOT_LOADED, { cause });
      },
    );
    return orAborted(loading, signal);
  };
}

const NOT_LOADED =
  "The part of graph-large-attachments that uploads could not be loaded, so nothing was sent. Reload the page, or call preload(client) when it starts.";
