import { UploadError } from "../errors.js";
import { Refusal } from "../http/refusal.js";
import type { Service } from "../http/service.js";
import { member, text } from "../json.js";
import { item, type Page } from "../protocols/graph/item.js";

/** An attachment that an item must hold. */
export interface Expected {
  readonly name: string;
  /** Bytes, if the service can be compared by them. */
  readonly size?: number;
  /** Present if the service itself confirmed the attachment. */
  readonly id?: string;
  /** Attaches it. Returns it with its id. */
  attach(): Promise<Expected>;
  /** Called if the item holds it already, without that this try has attached it. */
  held?(): void;
}

export interface Completed {
  /** Everything that the item holds now. */
  readonly held: readonly Expected[];
  /** The item holds something twice, which another try must have attached. */
  readonly twice: boolean;
}

/** Times that the list is read again: it may not show yet what was confirmed. */
const LATE = 3;

/**
 * Compares what an item holds with what it must hold, and attaches what the creating request has dropped. Throws an
 * `UploadError` if something confirmed is missing. `ours`: the item holds nothing else, so that a file under another name
 * can only be one of these. `before`: ends of ids that do not count.
 */
export async function complete(
  service: Service,
  url: string,
  expected: readonly Expected[],
  ours: boolean,
  before: readonly string[] = [],
): Promise<Completed> {
  const retrier = service.retrier(Math.min(LATE, service.settings.retries));
  for (let wanted = expected; ;) {
    const held = (await listed(service, url))?.filter((one) => !isOneOf(before, one));
    const missing = held ? without(wanted, held, ours) : [];
    const [lost] = missing.filter(({ id }) => id !== undefined);
    if (!lost) {
      const all = wanted.filter((one) => !missing.includes(one));
      for (const { id, held: tell } of all) if (id === undefined) tell?.();
      for (const one of missing) all.push(await one.attach());
      return { held: all, twice: doubles(held ?? [], all).length > 0 };
    }
    if (!(await retrier.next())) {
      const message = `Outlook has confirmed ${lost.name}, but the item doesn't hold it. Nothing was sent. Try again later.`;
      throw new UploadError("interrupted", message);
    }
  }
}

/** Deletes what two tries have attached twice. Whoever does it keeps the same ones. */
export async function dropDoubles(
  service: Service,
  url: string,
  expected: readonly Expected[],
  before: readonly string[] = [],
): Promise<void> {
  const order = (one: unknown) => String(member(one, "id"));
  const held = (await listed(service, url))?.filter((one) => !isOneOf(before, one)) ?? [];
  held.sort((one, other) => (order(one) < order(other) ? -1 : 1));
  for (const one of doubles(held, expected)) {
    const request = item.discard(`${url}/attachments/${encodeURIComponent(order(one))}`);
    await service.get(request, (reply) => item.done(reply) ?? (reply.status === 404 ? true : undefined));
  }
}

/** What an item holds beyond what is expected, by name and size. */
export function others(held: readonly unknown[], expected: readonly Expected[]): readonly unknown[] {
  const rest = [...held];
  for (const wanted of expected) {
    const at = rest.findIndex((one) => fits(one, wanted));
    if (at >= 0) rest.splice(at, 1);
  }
  return rest;
}

/** What an item holds more often than it is expected. */
const doubles = (held: readonly unknown[], expected: readonly Expected[]) =>
  others(held, expected).filter((one) => expected.some((wanted) => fits(one, wanted)));

const fits = (one: unknown, { name, size }: Expected) => member(one, "name") === name && hasSize(one, size);

const isOneOf = (before: readonly string[], one: unknown) => {
  const id = String(member(one, "id"));
  return before.some((end) => id.endsWith(end));
};

/** Everything that the item holds. `undefined` if the service refuses to list it. */
async function listed(service: Service, url: string): Promise<unknown[] | undefined> {
  const all: unknown[] = [];
  let request = item.list(url);
  for (const seen = new Set<string>(); !seen.has(request.url);) {
    seen.add(request.url);
    const page = await service.get<Page>(request, item.page).catch((error: unknown) => {
      if (error instanceof Refusal) return undefined;
      throw error;
    });
    if (!page) return undefined;
    all.push(...page.value);
    if (page.next === undefined) return all;
    request = { ...request, url: page.next };
  }
  return undefined;
}

/** Finds the files that are missing. Ids may be written in two ways, so names and sizes count as well. */
function without(expected: readonly Expected[], held: readonly unknown[], ours: boolean): readonly Expected[] {
  const rest = [...held];
  const isHeld = (fits: (one: unknown) => boolean) => {
    const at = rest.findIndex(fits);
    if (at >= 0) rest.splice(at, 1);
    return at >= 0;
  };
  const left = (wanted: readonly Expected[], fits: (one: unknown, expected: Expected) => boolean) =>
    wanted.filter((expected) => !isHeld((one) => fits(one, expected)));
  const byId = left(expected, (one, { id }) => id !== undefined && member(one, "id") === id);
  const byName = left(byId, (one, { name, size }) => member(one, "name") === name && hasSize(one, size));
  return left(byName, (one, { id, size }) => (ours || id !== undefined) && hasSize(one, size));
}

/** Outlook counts more bytes than the file has, never fewer. */
function hasSize(one: unknown, size: number | undefined): boolean {
  const shown = member(one, "size");
  if (size === undefined || typeof shown !== "number" || shown <= 0) return true;
  return shown >= size * 0.95 && shown <= size * 1.5 + 65_536;
}

export const idOf = (attachment: object): string => text(member(attachment, "id")) ?? "";
