import type { Reply } from "../api.js";
import { refuse } from "../replies.js";

/** The item, folder or drive does not exist. The code is documented. */
export const notThere = (): Reply => refuse(404, "itemNotFound", "The resource could not be found.");

/** The session is over or never existed. 404 is documented, code and text are field reports. */
export const sessionNotThere = (status = 404): Reply =>
  refuse(status, "itemNotFound", "The upload session was not found");

export const invalidRequest = (message: string, status = 400): Reply => refuse(status, "invalidRequest", message);

/** The name is taken at the end of a session. The text is documented. */
export const nameTakenBySession = (): Reply =>
  refuse(
    409,
    "nameAlreadyExists",
    "Another file exists with the same name as the uploaded session. You can redirect the upload session to use a new filename by calling PUT with the new metadata and @microsoft.graph.sourceUrl attribute.",
  );

export const nameTaken = (): Reply =>
  refuse(409, "nameAlreadyExists", "An item with the same name already exists under the parent");

/** A condition does not hold. 412 is documented, its code and text are choices. */
export const preconditionFailed = (): Reply =>
  refuse(412, "resourceModified", "ETag does not match current item's value");

/** The drive is full. 507 is documented, and the code as a general one. */
export const quotaReached = (): Reply => refuse(507, "quotaLimitReached", "Insufficient Space Available");

export const tooLarge = (message: string): Reply => refuse(413, "requestEntityTooLarge", message);

/** The request carries a wrong or unwanted token. The documentation has the status only. */
export const unauthenticated = (message: string): Reply => refuse(401, "unauthenticated", message);
