// The page that uploads a picked file in several ways. It is bundled, and the local service serves it.
import { LargeAttachmentTask } from "../../dist/esm/index.js";
import { graphClient, MESSAGE } from "../support/graphClient.mjs";

async function put(body, start, size) {
  const length = body.size ?? body.byteLength;
  const headers = { "Content-Range": `bytes ${start}-${start + length - 1}/${size}` };
  const response = await fetch("/sessions/drive/1", { method: "PUT", headers, body });
  if (!response.ok) throw new Error(`The service answered ${response.status}.`);
  await response.text();
}

/** Each function uploads `file` in ranges of `rangeSize`. */
const ways = {
  async readFirst(file, rangeSize) {
    for (let start = 0; start < file.size; start += rangeSize)
      await put(await file.slice(start, start + rangeSize).arrayBuffer(), start, file.size);
  },

  async asIs(file, rangeSize) {
    for (let start = 0; start < file.size; start += rangeSize)
      await put(file.slice(start, start + rangeSize), start, file.size);
  },

  async readAhead(file, rangeSize) {
    const read = (start) => file.slice(start, start + rangeSize).arrayBuffer();
    let ahead = read(0);
    for (let start = 0; start < file.size; start += rangeSize) {
      const bytes = await ahead;
      if (start + rangeSize < file.size) ahead = read(start + rangeSize);
      await put(new Blob([bytes]), start, file.size);
    }
  },

  async task(file, rangeSize) {
    const task = await LargeAttachmentTask.create(graphClient(location.origin), MESSAGE, file, { rangeSize });
    await task.upload();
  },
};

/** Milliseconds to upload the first bytes of the file. */
async function run(way, rangeSize, size) {
  const picked = document.querySelector("input").files[0];
  const file = size < picked.size ? new File([picked.slice(0, size)], picked.name) : picked;
  const begun = performance.now();
  await ways[way](file, rangeSize);
  return performance.now() - begun;
}

Object.assign(globalThis, { page: { run } });
