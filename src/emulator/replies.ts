import type { Reply } from "./api.js";

/** A reply with a JSON body. */
export function json(status: number, value: unknown, headers: Record<string, string> = {}): Reply {
  const body = Buffer.from(JSON.stringify(value));
  return { status, headers: { "content-type": "application/json", ...headers }, body };
}

/** A reply without body and content type. */
export function empty(status: number, headers: Record<string, string> = {}): Reply {
  return { status, headers, body: Buffer.alloc(0) };
}

/** A reply with an HTML page, as gateways give. */
export function html(status: number, text: string): Reply {
  return { status, headers: { "content-type": "text/html" }, body: Buffer.from(text) };
}

/** Graph's error body (documented); the service adds ids and date to `innerError`. */
export function refuse(status: number, code: string, message: string, headers?: Record<string, string>): Reply {
  return json(status, { error: { code, message, innerError: {} } }, headers);
}

/** The item is gone, or not replicated yet (field report). */
export const itemNotFound = (): Reply =>
  refuse(404, "ErrorItemNotFound", "The specified object was not found in the store.");

/** A session that ended or never was; the code is a choice. */
export const sessionNotFound = (status: number = 404): Reply =>
  refuse(status, "uploadSessionNotFound", "The upload session was not found.");

/** A range that is not the one wanted; documented as a general code, 416 is a choice for Outlook and To Do. */
export const invalidRange = (message: string): Reply => refuse(416, "invalidRange", message);

export const badRequest = (message: string): Reply => refuse(400, "BadRequest", message);

export const methodNotAllowed = (): Reply =>
  refuse(405, "MethodNotAllowed", "The HTTP method is not allowed for this resource.");

/** What Graph says to a path outside of its model (the message is from the field). */
export const noSegment = (segment: string): Reply => badRequest(`Resource not found for the segment '${segment}'.`);

/** Access denied (field report, for Mail.Send alone; likely for shared mailboxes). */
export const accessDenied = (): Reply =>
  refuse(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.");

/** Two writes to one item at once (field report). */
export const irresolvableConflict = (): Reply =>
  refuse(
    412,
    "ErrorIrresolvableConflict",
    "The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.",
  );
