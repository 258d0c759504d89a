// A bare loop around `fetch`: the minimum cost of any client that uses `fetch`.
import { uploads } from "../support/source.mjs";

export function bare(parameters) {
  const { origin, rangeSize } = parameters;
  return uploads(parameters, async (source, size) => {
    const opened = await fetch(`${origin}/v1.0/me/messages/1/attachments/createUploadSession`, { method: "POST" });
    const { uploadUrl } = await opened.json();
    for (let start = 0; start < size; start += rangeSize) {
      const end = Math.min(start + rangeSize, size);
      await put(uploadUrl, source.subarray(start, end), `bytes ${start}-${end - 1}/${size}`);
    }
  });
}

/** The same from a stream. It reads a range, then sends it. */
export function bareStream(parameters) {
  const { origin, rangeSize } = parameters;
  const uploadUrl = `${origin}/sessions/drive/1`;
  return uploads(parameters, async (source, size) => {
    const range = new Uint8Array(rangeSize);
    let start = 0;
    let filled = 0;
    for await (const chunk of source) {
      for (let taken = 0; taken < chunk.length;) {
        const most = Math.min(rangeSize, size - start) - filled;
        const piece = chunk.subarray(taken, taken + most);
        range.set(piece, filled);
        filled += piece.length;
        taken += piece.length;
        if (piece.length < most) continue;
        await put(uploadUrl, range.subarray(0, filled), `bytes ${start}-${start + filled - 1}/${size}`);
        start += filled;
        filled = 0;
      }
    }
  });
}

async function put(url, body, range) {
  const headers = { "Content-Type": "application/octet-stream", "Content-Range": range };
  const response = await fetch(url, { method: "PUT", headers, body });
  if (!response.ok) throw new Error(`The service answered ${response.status}.`);
  const text = await response.text();
  return text && JSON.parse(text);
}
