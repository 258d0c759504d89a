import type { Service } from "../http/service.js";
import { newId } from "../ids.js";
import { isObject, type Members } from "../isObject.js";
import { member, parseJson, text } from "../json.js";
import type { Composition } from "../protocols/compositions.js";
import { item } from "../protocols/graph/item.js";
import {
  changeProperties,
  expandProperties,
  PROPERTIES,
  propertyId,
  propertyIn,
  readProperties,
  type Property,
} from "../protocols/graph/properties.js";
import { withMember } from "../spelling.js";

/** Distinguishes the items of one call, or of one job, from all others. */
const MARK = propertyId("");
/** The progress of a job with the item, as JSON. */
const STATE = propertyId("-state");
/** The attachments that an answer was created with, as JSON. Apart from the state, so that no process erases them. */
const BEFORE = propertyId("-before");

/** The progress of a job with an item. */
export interface State {
  /** The process that works on it. */
  readonly owner?: string;
  /** When it was about to be sent, by the clock of the service. ISO date. */
  readonly sending?: string;
  /** The attachments that it was created with, and that are not ours: the ends of their ids. */
  readonly before?: readonly string[];
}

/** An item that carries a mark. */
export interface Marked {
  readonly id: string;
  readonly url: string;
  readonly isDraft: boolean;
  readonly created: string;
  readonly folder?: string;
  readonly state: State;
}

/** A new item that is known again although the reply to its creation was lost. */
export interface Mark {
  readonly body: Members;
  /** Looks for the item: its members, or "notDone" if it can be created again. Rejects if the service cannot be asked. */
  look(service: Service): Promise<Members | "notDone">;
}

/** A mark and its state, as a body holds them. */
function markOf(value: string, state?: State): Property[] {
  const mark = { id: MARK, value };
  if (!state) return [mark];
  const { before, ...progress } = state;
  const marks = [mark, { id: STATE, value: JSON.stringify(progress) }];
  return before ? [...marks, { id: BEFORE, value: JSON.stringify(before) }] : marks;
}

/** Writes a mark and its state on an item that exists. */
export const changeMark = (url: string, value: string, state: State) => changeProperties(url, markOf(value, state));

/**
 * Marks a new item. A repeated event with the same `transactionId` is not made twice (docs: resources/event). A draft has no
 * such member, but is found by an extended property (docs: singlevaluelegacyextendedproperty-get). `job`: the option `once`.
 */
export function marked({ event, holder, items, bare }: Composition, body: Members, job?: string, owner?: string): Mark {
  const value = job ?? newId();
  if (event) {
    const given = text(member(body, "transactionId"));
    return {
      body: given === undefined ? withMember(body, "transactionId", value) : body,
      look: async () => "notDone",
    };
  }
  const name = holder === undefined || bare ? undefined : holder;
  const message = name === undefined ? body : (member(body, name) ?? {});
  const held = isObject(message) ? message : {};
  const others = member(held, PROPERTIES);
  const own = [...(Array.isArray(others) ? others : []), ...markOf(value, owner === undefined ? undefined : { owner })];
  const changed = withMember(held, PROPERTIES, own);
  return {
    body: name === undefined ? changed : withMember(body, name, changed),
    async look(service) {
      const { found } = await findMarked(service, [items], value);
      const made = found.find(({ state }) => state.owner === owner);
      return made ? service.get(item.read(made.url), item.members) : "notDone";
    },
  };
}

/** Finds the items with a mark below these URLs, the oldest first. `now`: the clock of the service. Milliseconds since 1970. */
export async function findMarked(
  service: Service,
  places: readonly string[],
  value: string,
): Promise<{ readonly found: Marked[]; readonly now: number }> {
  const filter = `${PROPERTIES}/Any(ep: ep/id eq '${MARK}' and ep/value eq '${value.replaceAll("'", "''")}')`;
  const query = `$filter=${encodeURIComponent(filter)}&${expandProperties(MARK, STATE, BEFORE)}&$select=id,isDraft,createdDateTime,parentFolderId`;
  const found = new Map<string, Marked>();
  let now = Date.now();
  for (const place of places) {
    const seen = new Set<string>();
    for (let url = `${place}?${query}`; !seen.has(url);) {
      seen.add(url);
      const page = await service.get({ method: "GET", url, to: "api" }, (reply) => {
        now = Date.parse(reply.headers.get("Date") ?? "") || now;
        return item.page(reply);
      });
      for (const one of page.value) {
        const read = readMarked(one, place, value);
        if (read && !found.has(read.id)) found.set(read.id, read);
      }
      url = page.next ?? url;
    }
  }
  const order = ({ created, id }: Marked) => `${created} ${id}`;
  return { found: [...found.values()].sort((one, other) => (order(one) < order(other) ? -1 : 1)), now };
}

/** An item of a list, if it carries this very mark: a mailbox may compare without regard to letter case. */
function readMarked(one: unknown, place: string, value: string): Marked | undefined {
  const id = text(member(one, "id"));
  if (id === undefined || propertyIn(one, MARK) !== value) return undefined;
  if (isPath(id)) throw new Error("The service names an item by a path.");
  return {
    id,
    url: `${place}/${encodeURIComponent(id)}`,
    isDraft: member(one, "isDraft") !== false,
    created: text(member(one, "createdDateTime")) ?? "",
    folder: text(member(one, "parentFolderId")),
    state: stateIn(one),
  };
}

function stateIn(one: unknown): State {
  const state = parseJson(propertyIn(one, STATE) ?? "");
  const before = parseJson(propertyIn(one, BEFORE) ?? "");
  return {
    owner: text(member(state, "owner")),
    sending: text(member(state, "sending")),
    before: Array.isArray(before) ? before.map(String) : undefined,
  };
}

/** The state of one item. `undefined` if the item is gone. */
export async function readOwn(service: Service, url: string): Promise<State | undefined> {
  const stored = await service.get(readProperties(url, STATE, BEFORE), (reply) =>
    reply.status === 404 ? "gone" : item.members(reply),
  );
  return stored === "gone" ? undefined : stateIn(stored);
}

/** An id that no URL can contain. */
export const isPath = (id: string): boolean => /^\.{1,2}$/.test(id);

/** Shows the marks of found items. */
export const MARKS = `${PROPERTIES}($filter=id eq '${MARK}')`;

/** True for an item with the mark of any call. */
export const isMarked = (found: unknown): boolean => {
  const properties = member(found, PROPERTIES);
  return Array.isArray(properties) && properties.length > 0;
};

/** The time at which a message is to be sent (MAPI: PidTagDeferredSendTime). It waits in Drafts until then. */
export function isDeferred(message: Members): boolean {
  const properties = member(message, PROPERTIES);
  const isTime = (one: unknown) => /\b0x0*3fef\b/i.test(text(member(one, "id")) ?? "");
  return Array.isArray(properties) && properties.some(isTime);
}
