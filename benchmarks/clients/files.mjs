// A file on disk as a Blob. Its slices go to fetch directly, or are read first, or are read ahead.
import { createReadStream, openAsBlob } from "node:fs";
import { graphClient, MESSAGE } from "../support/graphClient.mjs";
import { LargeAttachmentTask } from "../../dist/esm/index.js";

/** Creates work that uploads the file by `send(file, ranges, put)`. */
function fromFile(send) {
  return async (parameters) => {
    const { path, origin, size, rangeSize } = parameters;
    const file = await openAsBlob(path);
    const put = async (start, body) => {
      const end = Math.min(start + rangeSize, size);
      const headers = {
        "Content-Type": "application/octet-stream",
        "Content-Range": `bytes ${start}-${end - 1}/${size}`,
      };
      const response = await fetch(`${origin}/sessions/drive/1`, { method: "PUT", headers, body });
      if (!response.ok) throw new Error(`The service answered ${response.status}.`);
      await response.text();
    };
    const all = (total) =>
      send({
        file,
        total,
        slice: (start) => file.slice(start, Math.min(start + rangeSize, total)),
        put,
        rangeSize,
        parameters,
      });
    return { warmUp: () => all(Math.min(size, 2 * rangeSize)), work: () => all(size) };
  };
}

export const asIs = fromFile(async ({ slice, total, put, rangeSize }) => {
  for (let start = 0; start < total; start += rangeSize) await put(start, slice(start));
});

export const readFirst = fromFile(async ({ slice, total, put, rangeSize }) => {
  for (let start = 0; start < total; start += rangeSize) await put(start, await slice(start).arrayBuffer());
});

export const readAhead = fromFile(async ({ slice, total, put, rangeSize }) => {
  let ahead = slice(0).arrayBuffer();
  for (let start = 0; start < total; start += rangeSize) {
    const bytes = await ahead;
    if (start + rangeSize < total) ahead = slice(start + rangeSize).arrayBuffer();
    await put(start, bytes);
  }
});

export const task = fromFile(async ({ file, total, parameters }) => {
  const { origin, rangeSize } = parameters;
  const blob = total === file.size ? file : file.slice(0, total);
  const upload = await LargeAttachmentTask.create(graphClient(origin), MESSAGE, blob, { name: "file.bin", rangeSize });
  await upload.upload();
});

/** Opens the file as a Node stream. */
export const stream = fromFile(async ({ total, parameters }) => {
  const { origin, path, rangeSize } = parameters;
  const source = createReadStream(path, { end: total - 1 });
  const options = { name: "file.bin", rangeSize, size: total };
  const upload = await LargeAttachmentTask.create(graphClient(origin), MESSAGE, source, options);
  await upload.upload();
});
