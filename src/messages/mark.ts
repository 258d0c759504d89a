import type { Service } from "../http/service.js";
import { isObject, member, text, type Members } from "../json.js";
import type { Composition } from "../protocols/compositions.js";
import { item } from "../protocols/graph/item.js";
import { withMember } from "../spelling.js";

/** The name of the extended property that tells the drafts of one call from all others. The GUID is ours. */
const PROPERTY = "String {8d3b6f0e-5c1e-4a53-9c0b-2f6d3a0c7b41} Name graph-large-attachments";

/** A new item that is known again although the reply to its creation was lost. */
export interface Mark {
  readonly body: Members;
  /** Looks for the item: its members, or "notDone" if it can be created again. Rejects if the service cannot be asked. */
  look(service: Service): Promise<Members | "notDone">;
}

/**
 * Marks a new item. A repeated event with the same `transactionId` is not made twice (docs: resources/event). A draft has no
 * such member, but is found by an extended property (docs: singlevaluelegacyextendedproperty-get).
 */
export function marked({ event, holder, items, bare }: Composition, body: Members): Mark {
  if (event) {
    const given = text(member(body, "transactionId"));
    return {
      body: given === undefined ? withMember(body, "transactionId", newId()) : body,
      look: async () => "notDone",
    };
  }
  const value = newId();
  const name = holder === undefined || bare ? undefined : holder;
  const message = name === undefined ? body : (member(body, name) ?? {});
  const held = isObject(message) ? message : {};
  const others = member(held, PROPERTIES);
  const own = [...(Array.isArray(others) ? others : []), { id: PROPERTY, value }];
  const changed = withMember(held, PROPERTIES, own);
  return {
    body: name === undefined ? changed : withMember(body, name, changed),
    async look(service) {
      const filter = `${PROPERTIES}/Any(ep: ep/id eq '${PROPERTY}' and ep/value eq '${value}')`;
      const query = `$filter=${encodeURIComponent(filter)}&$expand=${encodeURIComponent(MARKS)}&$select=id`;
      const page = await service.get({ method: "GET", url: `${items}?${query}`, to: "api" }, item.page);
      const found = page.value.find((one) => holds(one, value));
      const id = text(member(found, "id"));
      if (id === undefined) return "notDone";
      if (isPath(id)) throw new Error("The service names an item by a path.");
      return service.get(item.read(`${items}/${encodeURIComponent(id)}`), item.members);
    },
  };
}

/** An id that no URL can contain. */
export const isPath = (id: string): boolean => /^\.{1,2}$/.test(id);

const PROPERTIES = "singleValueExtendedProperties";

/** What shows the marks of found items. */
export const MARKS = `${PROPERTIES}($filter=id eq '${PROPERTY}')`;

/** True for an item with the mark of any call. */
export const isMarked = (found: unknown): boolean => {
  const properties = member(found, PROPERTIES);
  return Array.isArray(properties) && properties.length > 0;
};

function holds(found: unknown, value: string): boolean {
  const properties = member(found, PROPERTIES);
  return Array.isArray(properties) && properties.some((one) => member(one, "value") === value);
}

/** The time at which a message is to be sent (MAPI: PidTagDeferredSendTime). It waits in Drafts until then. */
export function isDeferred(message: Members): boolean {
  const properties = member(message, PROPERTIES);
  const isTime = (one: unknown) => /\b0x0*3fef\b/i.test(text(member(one, "id")) ?? "");
  return Array.isArray(properties) && properties.some(isTime);
}

/** A random UUID. `crypto.randomUUID` is missing in pages without TLS. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const [a, b, c, d] = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(13, 16), hex.slice(17, 20)];
  return `${a}-${b}-4${c}-8${d}-${hex.slice(20)}`;
}
