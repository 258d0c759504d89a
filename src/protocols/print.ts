import { isObject } from "../isObject.js";
import { member, text } from "../json.js";
import type { Protocol } from "../protocol.js";
import { firstGap, KIB_320 } from "../range.js";
import { below, BEFORE, keyed, splitUrl } from "./graph/path.js";
import { graphApi, graphSession, json } from "./graph/session.js";

const DOCUMENT = new RegExp(
  `^(${BEFORE}/print/(?:printers|shares|printerShares)${keyed("{}/jobs{}/documents{}")})(?:/(?:microsoft\\.graph\\.)?createUploadSession)?/?$`,
  "i",
);

/**
 * Documents of Universal Print. Ranges of less than 10 MB go to a pre-authenticated URL in any order, up to four at the same
 * time. The document comes in the last reply (docs: printdocument-createuploadsession).
 */
export const print: Protocol = {
  name: "print",
  api: graphApi("Universal Print", { permission: "PrintJob.ReadWrite" }),
  target: {
    where: "the print document",
    collection: (url) => DOCUMENT.exec(splitUrl(url)[0])?.[1],
    fileLimit: () => Infinity,
    item: (collection) => collection.toLowerCase(),
  },
  session: {
    ...graphSession("upload"),
    limits: { range: 9_999_999, unit: 1, parallel: 4 },
    rangeSize: 8 * KIB_320,
    create: (collection, { name, size, contentType = "application/octet-stream" }) => ({
      method: "POST",
      url: below(collection, "/createUploadSession"),
      headers: json,
      body: JSON.stringify({ properties: { documentName: name, contentType, size } }),
      to: "api",
    }),
    owns: ({ uploadUrl }) => !/^https?:\/\/[^/?#]*graph/i.test(uploadUrl),
    read({ status, body }, { file }) {
      if (status >= 300) return undefined;
      if (isObject(body) && text(member(body, "id"))) return { done: { attachment: body } };
      return firstGap(member(body, "nextExpectedRanges"), file.size);
    },
  },
  list: {
    /** The document itself: its size shows whether it has its bytes. */
    request: (collection) => ({ method: "GET", url: collection, to: "api" }),
    read({ status, body }, file) {
      const id = text(member(body, "id"));
      if (status !== 200 || !isObject(body) || id === undefined) return undefined;
      const size = member(body, "size");
      return { items: [{ id: `${id} ${String(size)}`, name: size === file.size ? file.name : "", attachment: body }] };
    },
  },
};
