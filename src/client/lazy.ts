import { orAborted } from "../signals.js";
import { UploadError } from "../errors.js";

/**
 * A part of this package that is loaded when it is first needed, so that a page does not begin with it. One that could not
 * be loaded is asked for again the next time.
 */
export function later<T extends object>(load: () => Promise<T>): (signal?: AbortSignal) => T | Promise<T> {
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
  "The part of graph-large-attachments that uploads could not be loaded, so nothing was sent: is the page still online, and are the files that it was built into still there? Reload the page, or call preload(client) when it starts.";
