import { clientOf, watch, type State, type Target } from "./upload.js";

/** Does a whole upload in a dedicated worker, and tells the page how it stands. */
addEventListener("message", ({ data: { target, file } }: MessageEvent<{ target: Target; file: File }>) => {
  const state: State = { progress: [] };
  const attaching = clientOf(target)
    .api(target.path)
    .attach(file, { onProgress: (progress) => void state.progress.push(progress) });
  watch(state, attaching);
  attaching.catch(() => {}).finally(() => postMessage(state));
});
