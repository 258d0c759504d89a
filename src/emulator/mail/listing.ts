import type { Reply } from "../api.js";
import type { GraphCall } from "../call.js";
import type { Context } from "../context.js";
import { select } from "../graph/select.js";
import type { StoredItem } from "../items/store.js";
import { badRequest, json } from "../replies.js";
import { expanded } from "./extended.js";
import { extendedProperty } from "./letter.js";

const byProperty =
  /^singleValueExtendedProperties\/Any\(ep: ep\/id eq '((?:[^']|'')*)' and ep\/value eq '((?:[^']|'')*)'\)$/i;

const byMessageId = /^internetMessageId eq '((?:[^']|'')*)'$/i;

const bySubject = /^(?:subject eq '((?:[^']|'')*)'|startswith\(subject,\s*'((?:[^']|'')*)'\))$/i;

/** The test of a filter by the subject or its beginning. Undefined for every other filter. */
export function subjectTest(filter: string | null): ((subject: unknown) => boolean) | undefined {
  const [match, whole, start] = bySubject.exec(filter ?? "") ?? [];
  if (match === undefined) return undefined;
  const wanted = (whole ?? start ?? "").replaceAll("''", "'");
  return (subject) => (whole === undefined ? String(subject).startsWith(wanted) : subject === wanted);
}

/**
 * Lists the messages of a folder, or of all folders, the deleted ones included (documented). The only filters are
 * by one extended property (docs: singlevaluelegacyextendedproperty-get), by the Message-ID and by the subject.
 */
export function listMessages(
  { store, vary }: Context,
  call: GraphCall,
  describe: (call: GraphCall, item: StoredItem) => Record<string, unknown>,
): Reply {
  const filter = call.query.get("$filter");
  const [, id, value] = (byProperty.exec(filter ?? "") ?? []).map((text) => text?.replaceAll("''", "'"));
  const messageId = byMessageId.exec(filter ?? "")?.[1]?.replaceAll("''", "'");
  const subject = subjectTest(filter);
  if (filter !== null && (id ?? messageId ?? subject) === undefined)
    return badRequest("The emulator knows no such $filter.");
  const folder = call.route.keys.folder?.toLowerCase();
  const found = [...store.items.values()].filter(
    (item) =>
      item.kind === "message" &&
      (folder === undefined || item.folder.toLowerCase() === folder) &&
      (vary.otherPaths === "found" || item.place === undefined || item.place === call.route.keys.folder) &&
      (subject?.(item.properties.subject) ?? true) &&
      (messageId === undefined || item.properties.internetMessageId === messageId) &&
      (id === undefined || (extendedProperty(item.properties, id) === value && isIndexed(item, vary.filterDelay))),
  );
  const described = found.map((item) => ({ ...select(call, describe(call, item)), ...expanded(call, item) }));
  return json(200, { value: described });
}

/** True if a list with a filter shows the item. It counts the lists since the item was made, moved or sent. */
const isIndexed = (item: StoredItem, delay: number): boolean => item.listed++ >= delay;
