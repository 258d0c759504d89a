import { isObject } from "../isObject.js";
import { parseJson } from "../json.js";
import type { CheckpointStore } from "../options.js";
import type { UploadSession } from "../uploadSession.js";

/** Keeps checkpoints in the browser, across reloads. Add-ins of one origin share them. Throws if the browser has no storage. */
export function localStorageCheckpoints(prefix = "graph-large-attachments:"): CheckpointStore {
  const { localStorage } = globalThis;
  /** True for the result of an upload whose session would have expired. */
  const isOver = (name: string) => {
    const stored = parseJson(localStorage.getItem(name) ?? "");
    return isStored(stored) && stored.done !== undefined && Date.parse(stored.expires ?? "") < Date.now();
  };
  return {
    load(key) {
      const stored = parseJson(localStorage.getItem(prefix + key) ?? "");
      return isStored(stored) ? stored : undefined; // damaged: the upload starts over
    },
    save(key, session) {
      for (const name of Object.keys(localStorage))
        if (name.startsWith(prefix) && isOver(name)) localStorage.removeItem(name);
      localStorage.setItem(prefix + key, JSON.stringify(session));
    },
    remove: (key) => localStorage.removeItem(prefix + key),
  };
}

/** Sessions are checked before they are used; here it is enough to tell them from text. */
function isStored(value: unknown): value is UploadSession {
  return isObject(value);
}
