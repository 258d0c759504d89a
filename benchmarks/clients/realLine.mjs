// Uploads over a line as long as real ones, with TLS. What an application has done before it attaches is done before as well:
// it has talked to Graph, so that this connection is open.
import { withLargeAttachments } from "../../dist/esm/index.js";
import { graphClient } from "../support/graphClient.mjs";
import { MIB } from "../support/format.mjs";
import { bytesOf } from "../support/source.mjs";

const PATHS = {
  outlook: (name) => `/me/messages/${name}`,
  drive: () => "/me/drive/root/children",
};
/** Bytes of a range, as the library sends them to Outlook. */
const RANGE = 3_932_160;
/** Bytes that open the connection to the upload host, and its window. */
const LITTLE = 8 * MIB;

/** The same requests by bare `fetch`, without a list: the least that any client takes over the same line. */
export function bare({ origin, name, size }) {
  const file = bytesOf(size);
  const item = `${origin}/v1.0${PATHS.outlook(name)}`;
  return {
    warmUp: async () => void (await (await fetch(item)).text()),
    async work() {
      const opened = await fetch(`${item}/attachments/createUploadSession`, { method: "POST" });
      const { uploadUrl } = await opened.json();
      for (let start = 0; start < size; start += RANGE) {
        const body = file.subarray(start, Math.min(start + RANGE, size));
        const headers = { "Content-Range": `bytes ${start}-${start + body.length - 1}/${size}` };
        const response = await fetch(uploadUrl, { method: "PUT", headers, body });
        if (!response.ok) throw new Error(`The service answered ${response.status}.`);
        await response.text();
      }
    },
  };
}

/** `to`: "outlook" or "drive". `again`: the process has uploaded a file before. `lean`: by `rangeFetch`. */
export async function upload({ origin, to, name, size, again, lean }) {
  const options = lean ? { fetch: (await import("../../dist/esm/node/index.js")).rangeFetch() } : {};
  const client = withLargeAttachments(graphClient(origin), options);
  const file = bytesOf(size);
  const attach = (bytes, path, called) => client.api(path).attach(bytes, { name: `${called}.bin` });
  return {
    async warmUp() {
      await client.api(PATHS[to](`${name}-before`)).get();
      if (again) await attach(file.subarray(0, LITTLE), PATHS[to](`${name}-before`), "before");
    },
    work: () => attach(file, PATHS[to](name), name).then(() => undefined),
  };
}
