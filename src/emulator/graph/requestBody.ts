import type { Reply } from "../api.js";
import type { Call } from "../call.js";
import type { Context } from "../context.js";
import { badRequest, empty, html, refuse } from "../replies.js";

/** The longest body of a Graph POST: 4 MiB (two field measurements; "4 MB" in the documentation). */
const requestCap = 4_194_304;
/** The cap that To Do names to a consumer account (one field report). */
const consumerCap = 30_000_000;

/** Reads a body that is a JSON object. The statuses of refusals are choices. */
export function readObject(call: Call): { value: Record<string, unknown> } | Reply {
  const contentType = call.head.headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  if (contentType !== "application/json") {
    return refuse(415, "UnsupportedMediaType", "Content-Type must be application/json.");
  }
  try {
    const value: unknown = JSON.parse(call.body.toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return { value: value as Record<string, unknown> };
    }
  } catch {
    return badRequest("Unable to read JSON request payload.");
  }
  return badRequest("The request body must be a JSON object.");
}

/**
 * The first member that is not known. Annotations, which have an `@` in their names, are ignored if they are not (OData 4.01,
 * part 1, section 6.4), such as the `@name.conflictBehavior` of rclone and onedrive.
 */
export const strayIn = (value: object, known: readonly string[]): string | undefined =>
  Object.keys(value).find((name) => !known.includes(name) && !name.includes("@"));

/** Reads the parameters of an action in any letter case (metadata Pascal, documentation camel). A body is optional. */
export function readParameters(call: Call, names: readonly string[]): { value: Record<string, unknown> } | Reply {
  if (call.body.length === 0) return { value: {} };
  const body = readObject(call);
  if ("status" in body) return body;
  const value: Record<string, unknown> = {};
  for (const [key, each] of Object.entries(body.value)) {
    if (key.includes("@")) continue;
    const name = names.find((candidate) => candidate.toLowerCase() === key.toLowerCase());
    if (name === undefined) return badRequest(`The parameter '${key}' does not exist on this action.`);
    value[name] = each;
  }
  return { value };
}

/** Refuses a Graph POST that is too long. Drives take files by PUT, without this cap. */
export function refuseLargeBody(context: Context, call: Call, resource?: string): Reply | undefined {
  if (call.head.method !== "POST") return undefined;
  if (resource === "task" && context.vary.todoInlineOver3MB === "consumer") {
    return call.body.length > consumerCap ? badRequest(`request body size limit ${consumerCap}`) : undefined;
  }
  return call.body.length > requestCap ? tooLarge(context) : undefined;
}

/** The answers in field reports, section 5.4 of the protocol reference. */
function tooLarge(context: Context): Reply {
  switch (context.vary.tooLarge) {
    case "json413":
      return refuse(413, "BadRequest", "The maximum request length supported is 4MB.");
    case "entity413":
      return refuse(413, "RequestEntityTooLarge", "Request entity too large");
    case "html413":
      return html(413, "<html><head><title>413 Payload too large</title></head><body>Payload too large</body></html>");
    case "empty413":
      return empty(413);
    case "json400":
      return refuse(400, "BadRequest", "Maximum request length exceeded.");
    case "empty500":
      return empty(500);
    case "reset":
      return empty(0);
  }
}
