import { router, type Route } from "../router.js";

/** A path to print jobs or to a document. Its keys: `through` and the `id` of that printer or share, `job` and `document`. */
export type PrintRoute = Route<"print", "document" | "createUploadSession" | "jobs" | "cancel">;

const jobs = "/print/{through=printers|shares|printerShares}/{id}/jobs";
const document = `${jobs}/{job}/documents/{document}`;

/** Reads the Graph path of a print document. Undefined for every other path. */
export const readPrintPath = router<"print", PrintRoute["target"]>("print", [
  [jobs, "jobs", { POST: "item" }],
  [`${jobs}/{job}/cancel`, "cancel", { POST: "item" }],
  [document, "document", { GET: "read" }],
  [`${document}/createUploadSession`, "createUploadSession", { POST: "create" }],
]);
