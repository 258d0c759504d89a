import type { Context } from "@microsoft/microsoft-graph-client";
import { attachedFiles, requestOptions } from "../middlewareOptions.js";
import { isLarge, REQUEST_LIMIT, type Settings } from "../settings.js";

const COLLECTION = /\/attachments\/?(\?|#|$)/i;
/** Wider than what is composed in the end. The code that decides is loaded only then. */
const MESSAGES = /[/.](messages|events|sendMail|((create)?(reply|replyAll|forward)))\/?(\?|#|$)/i;

/** Cheap check that a request may attach a file. Runs before the upload code is loaded. */
export function mayAttach({ request, options }: Context): boolean {
  return isPost(options) && typeof request === "string" && COLLECTION.test(request);
}

/** Cheap check that a request may create or send a message or event with files next to it, or with more inside than fits. */
export function mayCompose(context: Context, settings: () => Settings): boolean {
  const { request, options } = context;
  if (!isPost(options) || typeof request !== "string") return false;
  if (attachedFiles(context) || requestOptions(context)?.once !== undefined) return true;
  const body: unknown = options?.body;
  if (!body || !MESSAGES.test(request)) return false;
  if (typeof body !== "string") return !(bytesIn(body) <= REQUEST_LIMIT / 3); // may be MIME
  return body.length > REQUEST_LIMIT / 3 || isLarge(body.length, settings());
}

/** The length of bytes. `NaN` for a stream. */
function bytesIn(body: unknown): number {
  const { byteLength, size } = Object(body);
  return Number(byteLength ?? size);
}

function isPost(options: Context["options"]): boolean {
  return options?.method?.toUpperCase() === "POST";
}
