import type { FileInfo, Reply, Step, UploadProtocol } from "../protocol.js";
import { firstGap, KIB_320 } from "../range.js";
import { below, BEFORE, keyed } from "./graph/path.js";
import { member, text } from "./graph/reply.js";
import { graphSession, json } from "./graph/session.js";

const DOCUMENT = new RegExp(
  `^(${BEFORE}/print/(?:printers|shares|printerShares)${keyed("{}/jobs{}/documents{}")})(?:/(?:microsoft\\.graph\\.)?createUploadSession)?/?$`,
  "i",
);

/**
 * Documents of Universal Print. Ranges of less than 10 MB go to a pre-authenticated URL in any order, up to four at once; the
 * document comes in the last reply (docs: printdocument-createuploadsession).
 */
export const print: UploadProtocol = {
  ...graphSession({ permission: "PrintJob.ReadWrite", rangeSuffix: "", rangesTo: "upload" }),
  name: "print",
  service: "Universal Print",
  limits: { range: 9_999_999, unit: 1, parallel: 4 },
  fileLimit: () => Infinity,
  rangeSize: 8 * KIB_320,
  threshold: () => -1,
  collection: (url) => DOCUMENT.exec(url.split(/[?#]/, 1)[0]!)?.[1],
  item: (collection) => collection.toLowerCase(),
  createSession: (collection, { name, size, contentType = "application/octet-stream" }) => ({
    method: "POST",
    url: below(collection, "/createUploadSession"),
    headers: json,
    body: JSON.stringify({ properties: { documentName: name, contentType, size } }),
    to: "api",
  }),
  opened: ({ uploadUrl }) => !/^https?:\/\/[^/?#]*graph/i.test(uploadUrl),
  readRange({ status, body }, { file }): Step | undefined {
    if (status >= 300) return undefined;
    if (text(member(body, "id"))) return { done: { attachment: body as object } };
    return firstGap(member(body, "nextExpectedRanges"), file.size);
  },
  created: (_, { resource }) => resource!,
  /** The document itself: its size tells whether it has its bytes. */
  list: (collection) => ({ method: "GET", url: collection, to: "api" }),
  readList({ status, body }: Reply, file: FileInfo) {
    const id = text(member(body, "id"));
    if (status !== 200 || id === undefined) return undefined;
    const size = member(body, "size");
    return {
      items: [{ id: `${id} ${String(size)}`, name: size === file.size ? file.name : "", resource: body as object }],
    };
  },
};
