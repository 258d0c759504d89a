import { isObject, type Members } from "./isObject.js";
import { keyOf } from "./json.js";

/** An object with a member set, in the spelling in which the object holds it. */
export function withMember(body: Members, name: string, value: unknown): Members {
  return { ...body, [keyOf(body, name) ?? name]: value };
}

/** Two spellings of one name that an object holds. */
export function spelledTwice(body: unknown): readonly [string, string] | undefined {
  const seen = new Map<string, string>();
  for (const key of Object.keys(isObject(body) ? body : {})) {
    const before = seen.get(key.toLowerCase());
    if (before !== undefined) return [before, key];
    seen.set(key.toLowerCase(), key);
  }
  return undefined;
}
