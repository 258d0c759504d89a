import { UploadError } from "../errors.js";
import type { UploadOptions } from "../options.js";

/** Characters. The name stands in the query of a URL. */
const LONGEST = 200;

/** Checks the option `once` before the first request. */
export function mustBeOnce({ once, deleteSentCopy }: UploadOptions): void {
  if (once === undefined) return;
  const bad = (why: string) => new UploadError("invalid", `once names one job and ${why}. Nothing was sent.`);
  if (typeof once !== "string") throw bad(`must be a string, but is a ${typeof once}`);
  if (once.trim() === "") throw bad("must not be empty");
  if (once.length > LONGEST) throw bad(`takes up to ${LONGEST} characters, but has ${once.length}. Give a hash of it`);
  if (/[\ud800-\udfff]/u.test(once)) throw bad("must be well-formed text, but contains half of a character");
  if (deleteSentCopy) throw new UploadError("invalid", COPY_NEEDED);
}

export const COPY_NEEDED =
  "once finds a mail that was sent by its copy in Sent Items. Omit saveToSentItems: false and deleteSentCopy. Nothing was sent.";
export const NOT_ONCE =
  "once is for POSTs that create or send a message or an event, or that attach a file to one. Nothing was sent.";
