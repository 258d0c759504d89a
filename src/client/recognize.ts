import type { Context } from "@microsoft/microsoft-graph-client";
import type { Given } from "../middlewareOptions.js";
import { isLarge, REQUEST_LIMIT, type Settings } from "../settings.js";

const COLLECTION = /\/attachments\/?(\?|#|$)/i;
/** Wider than what is composed in the end. The code that decides is loaded only then. */
const MESSAGES = /[/.](messages|events|sendMail|((create)?(reply|replyAll|forward)))\/?(\?|#|$)/i;

/** The URL of a POST. `undefined` for other requests. */
export function postedTo({ request, options }: Context): string | undefined {
  // engines have a quick way to lower case only
  return options?.method?.toLowerCase() === "post" && typeof request === "string" ? request : undefined;
}

/** Cheap check that a POST may attach a file. Runs before the upload code is loaded. */
export function mayAttach(url: string): boolean {
  return COLLECTION.test(url);
}

/** Cheap check that a POST may create or send a message or event with files next to it, or with more inside than fits. */
export function mayCompose(url: string, body: unknown, { files, upload }: Given, settings: () => Settings): boolean {
  if (files || upload?.once !== undefined) return true;
  if (!body || !MESSAGES.test(url)) return false;
  if (typeof body !== "string") return !(bytesIn(body) <= REQUEST_LIMIT / 3); // may be MIME
  return body.length > REQUEST_LIMIT / 3 || isLarge(body.length, settings());
}

/** The length of bytes. `NaN` for a stream. */
function bytesIn(body: unknown): number {
  const { byteLength, size } = Object(body);
  return Number(byteLength ?? size);
}
