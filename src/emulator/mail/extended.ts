import type { GraphCall } from "../call.js";
import type { StoredItem } from "../items/store.js";

export const extended = "singleValueExtendedProperties";

interface Property {
  readonly id?: string;
  readonly value?: unknown;
}

const listIn = (properties: Record<string, unknown>): Property[] => (properties[extended] ?? []) as Property[];

const isSame = (one: Property, other: Property): boolean => one.id?.toLowerCase() === other.id?.toLowerCase();

/** Extended properties that a request asks for by `$expand`; no reply has them otherwise (documented). */
export function expanded({ query }: GraphCall, { properties }: StoredItem): Record<string, unknown> {
  const expand = query.get("$expand");
  if (!expand?.startsWith(extended)) return {};
  const wanted = [...expand.matchAll(/\bid eq '((?:[^']|'')*)'/gi)].map(([, id]) =>
    id!.replaceAll("''", "'").toLowerCase(),
  );
  const found = listIn(properties).filter(({ id }) => wanted.includes(id?.toLowerCase() ?? ""));
  return found.length > 0 ? { [extended]: found } : {};
}

/** Writes the properties of a PATCH. Extended properties are added to, or replaced by their id (documented). */
export function mergeProperties(target: Record<string, unknown>, change: Record<string, unknown>): void {
  const given = listIn(change);
  const kept = listIn(target).filter((one) => !given.some((other) => isSame(one, other)));
  Object.assign(target, change, given.length > 0 ? { [extended]: [...kept, ...given] } : {});
}
