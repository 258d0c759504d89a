import type { Reply } from "./api.js";
import type { Variations } from "./variations.js";

/** A reply with a JSON body. */
export function json(status: number, value: unknown, headers: Record<string, string> = {}): Reply {
  const body = Buffer.from(JSON.stringify(value));
  return { status, headers: { "content-type": "application/json", ...headers }, body };
}

/** A reply without body and content type. */
export function empty(status: number, headers: Record<string, string> = {}): Reply {
  return { status, headers, body: Buffer.alloc(0) };
}

/** A reply with an HTML page, as from a gateway. */
export function html(status: number, text: string): Reply {
  return { status, headers: { "content-type": "text/html" }, body: Buffer.from(text) };
}

/** Graph's error body (documented). The service adds ids and date to `innerError`. */
export function refuse(status: number, code: string, message: string, headers?: Record<string, string>): Reply {
  return json(status, { error: { code, message, innerError: {} } }, headers);
}

/** The item does not exist, or is not replicated yet (field report). */
export const itemNotFound = (): Reply =>
  refuse(404, "ErrorItemNotFound", "The specified object was not found in the store.");

/** The session is over or never existed. The code is a choice. */
export const sessionNotFound = (status: number = 404): Reply =>
  refuse(status, "uploadSessionNotFound", "The upload session was not found.");

/** A range that is not the expected one. The code is documented as a general one, 416 is a choice. */
export const invalidRange = (message: string): Reply => refuse(416, "invalidRange", message);

export const badRequest = (message: string): Reply => refuse(400, "BadRequest", message);

export const methodNotAllowed = (): Reply =>
  refuse(405, "MethodNotAllowed", "The HTTP method is not allowed for this resource.");

/** The path is outside Graph's model. The message is a field report. */
export const noSegment = (segment: string): Reply => badRequest(`Resource not found for the segment '${segment}'.`);

/** Access denied (field report, for Mail.Send alone; likely for shared mailboxes). */
export const accessDenied = (): Reply =>
  refuse(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.");

/** Two simultaneous writes to one item (field report). */
export const irresolvableConflict = (): Reply =>
  refuse(
    412,
    "ErrorIrresolvableConflict",
    "The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.",
  );

/** The header that the emulator's own 429 carries, by the variation. */
export const retryAfter = ({ retryAfterSeconds: seconds }: Variations): Record<string, string> =>
  seconds === null ? {} : { "retry-after": String(seconds) };
