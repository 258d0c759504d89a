import { member, text } from "../../json.js";
import type { WireRequest } from "../../protocol.js";
import { item } from "./item.js";

/** Extended properties of Outlook items. They stay in the mailbox and are not headers of a mail (docs: resources/extended-properties-overview). */
export const PROPERTIES = "singleValueExtendedProperties";

/** The id of one of our properties. The GUID is ours. */
export const propertyId = (name: string) =>
  `String {8d3b6f0e-5c1e-4a53-9c0b-2f6d3a0c7b41} Name graph-large-attachments${name}`;

export interface Property {
  readonly id: string;
  readonly value: string;
}

/** Adds properties to an item, or replaces those with the same id (docs: singlevaluelegacyextendedproperty-post-singlevalueextendedproperties). */
export const changeProperties = (url: string, properties: readonly Property[]): WireRequest =>
  item.change(url, { [PROPERTIES]: properties });

/** The part of a query that asks for properties. No reply has them otherwise. */
export const expandProperties = (...ids: readonly string[]): string =>
  `$expand=${encodeURIComponent(`${PROPERTIES}($filter=${ids.map((id) => `id eq '${id}'`).join(" or ")})`)}`;

export const readProperties = (url: string, ...ids: readonly string[]): WireRequest => ({
  method: "GET",
  url: `${url}?$select=id&${expandProperties(...ids)}`,
  to: "api",
});

/** The property in a resource. Its id may come back in another letter case. */
export function propertyIn(resource: unknown, id: string): string | undefined {
  const properties = member(resource, PROPERTIES);
  const list: readonly unknown[] = Array.isArray(properties) ? properties : [];
  return text(
    member(
      list.find((one) => text(member(one, "id"))?.toLowerCase() === id.toLowerCase()),
      "value",
    ),
  );
}
