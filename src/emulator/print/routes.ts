import { router, type Route } from "../router.js";

/** A path to a print document. Its keys: `through` and the `id` of that printer or share, `job` and `document`. */
export type PrintRoute = Route<"print", "document" | "createUploadSession">;

const document = "/print/{through=printers|shares|printerShares}/{id}/jobs/{job}/documents/{document}";

/** Reads the Graph path of a print document. Undefined for every other path. */
export const readPrintPath = router<"print", PrintRoute["target"]>("print", [
  [document, "document", { GET: "read" }],
  [`${document}/createUploadSession`, "createUploadSession", { POST: "create" }],
]);
