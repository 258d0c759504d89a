import { isObject } from "./isObject.js";

/** A member in any letter case: services, documentation and generated clients spell JSON names differently. */
export function member(body: unknown, name: string): unknown {
  const key = keyOf(body, name);
  return key === undefined || !isObject(body) ? undefined : body[key];
}

/** The spelling in which an object holds a member. */
export function keyOf(body: unknown, name: string): string | undefined {
  if (!isObject(body)) return undefined;
  if (Object.hasOwn(body, name)) return name;
  const wanted = name.toLowerCase();
  return Object.keys(body).find((key) => key.toLowerCase() === wanted);
}

/** A string that is not empty. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Parses JSON; `undefined` if the text is not JSON. */
export function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
