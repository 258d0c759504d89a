import type { GraphCall } from "../call.js";
import type { Reply } from "../api.js";
import { badRequest } from "../replies.js";

/**
 * The same call with documented JSON names. The metadata writes the parameters of actions in Pascal case, and the SDKs that
 * are generated from it, and those of Outlook's own API, write all names so. A name in both spellings is refused (choice).
 */
export function withDocumentedNames(call: GraphCall): GraphCall | Reply {
  let twice: string | undefined;
  const rename = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(rename);
    if (typeof value !== "object" || value === null) return value;
    const renamed: Record<string, unknown> = {};
    for (const [key, each] of Object.entries(value)) {
      const name = key.startsWith("@") ? key : key.charAt(0).toLowerCase() + key.slice(1);
      if (name in renamed) twice = name;
      renamed[name] = name === "@odata.type" ? documentedType(each) : rename(each);
    }
    return renamed;
  };
  if (!/^application\/json\b/i.test(call.head.headers["content-type"] ?? "")) return call;
  try {
    const body = Buffer.from(JSON.stringify(rename(JSON.parse(call.body.toString("utf8")))));
    return twice === undefined ? { ...call, body } : badRequest(`The property '${twice}' is given twice.`);
  } catch {
    return call; // whoever reads it refuses it
  }
}

const documentedType = (type: unknown): unknown =>
  typeof type === "string" ? type.replace(/^#?microsoft\.outlookservices\./i, "#microsoft.graph.") : type;
