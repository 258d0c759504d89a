import type { Context } from "@microsoft/microsoft-graph-client";
import { AttachedFiles } from "./attachedFiles.js";
import { isLarge, type Settings } from "../options.js";

/** Bytes that a request may hold, measured (see the protocol notes: 4 MiB exactly). */
export const REQUEST_LIMIT = 4_194_304;

const COLLECTION = /\/attachments\/?(\?|#|$)/i;
/** Wider than what is composed in the end: that is told with more code, which is loaded only then. */
const MESSAGES = /[/.](messages|events|sendMail|((create)?(reply|replyAll|forward)))\/?(\?|#|$)/i;

/** Whether a request may attach a file; told at a glance, before what takes it over is loaded. */
export function mayAttach({ request, options }: Context): boolean {
  return posts(request, options) && COLLECTION.test(request as string);
}

/** Whether a request may create or send a message or event with files beside it, or with more inside than it can carry. */
export function mayCompose(context: Context, settings: () => Settings): boolean {
  const { request, options } = context;
  if (!posts(request, options)) return false;
  if (filesBeside(context)) return true;
  const body: unknown = options!.body;
  if (typeof body !== "string" || !MESSAGES.test(request as string)) return false;
  return body.length > REQUEST_LIMIT / 3 || isLarge(body.length, settings());
}

/** Files that `withAttachments` has put beside a request. */
export function filesBeside({ middlewareControl }: Context): AttachedFiles | undefined {
  return middlewareControl?.getMiddlewareOptions(AttachedFiles) as AttachedFiles | undefined;
}

export function signalOf({ options }: Context): AbortSignal | undefined {
  return (options?.signal as AbortSignal | null | undefined) ?? undefined;
}

function posts(request: Context["request"], options: Context["options"]): boolean {
  return typeof request === "string" && options?.method?.toUpperCase() === "POST";
}
