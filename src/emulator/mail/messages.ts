import type { Reply } from "../api.js";
import type { GraphCall } from "../call.js";
import type { Context } from "../context.js";
import { select } from "../graph/select.js";
import { placeOf } from "../items/routes.js";
import { userName, type StoredItem } from "../items/store.js";
import { badRequest, empty, json, methodNotAllowed } from "../replies.js";
import { makeMessage, readChange, readPosted } from "./composed.js";
import { contentOf, extendedProperty, recipient } from "./letter.js";
import { discardSending, noteSeen } from "./sending.js";

/** Answers GET `…/messages`, and POST with a new draft, attachments included (201, documented). */
export function answerMessages(context: Context, call: GraphCall): Reply {
  if (call.head.method === "GET") return listMessages(context, call);
  if (call.head.method !== "POST") return methodNotAllowed();
  const letter = readPosted(call);
  if ("status" in letter) return letter;
  const draft = makeMessage(context, call, letter);
  Object.assign(draft, { posted: true, place: placeOf(call.route) });
  context.store.keep(draft);
  return json(201, describeMessage(call, draft));
}

/** The subject in a filter by it, the form that most samples of the documentation have. */
export const subjectIn = (filter: string | null): string | undefined =>
  /^subject eq '((?:[^']|'')*)'$/i.exec(filter ?? "")?.[1]?.replaceAll("''", "'");

/** Lists messages. The only filters are by subject and by one extended property (docs: singlevaluelegacyextendedproperty-get). */
function listMessages({ store }: Context, call: GraphCall): Reply {
  const filter = call.query.get("$filter");
  const [, id, value] =
    /^singleValueExtendedProperties\/Any\(ep: ep\/id eq '([^']*)' and ep\/value eq '([^']*)'\)$/i.exec(filter ?? "") ??
    [];
  const subject = subjectIn(filter);
  if (filter !== null && id === undefined && subject === undefined) {
    return badRequest("The emulator knows no such $filter.");
  }
  const found = [...store.items.values()].filter(
    ({ kind, properties }) =>
      kind === "message" &&
      (id === undefined || extendedProperty(properties, id) === value) &&
      (subject === undefined || properties.subject === subject),
  );
  const expand = call.query.get("$expand");
  const describe = (item: StoredItem) => {
    const { singleValueExtendedProperties, ...others } = describeMessage(call, item);
    return { ...select(call, others), ...(expand === null ? {} : { singleValueExtendedProperties }) };
  };
  return json(200, { value: found.map(describe) });
}

/** Answers GET, PATCH and DELETE on a message. */
export function answerMessage(context: Context, call: GraphCall, item: StoredItem): Reply {
  switch (call.head.method) {
    case "GET": {
      const reply = json(200, select(call, describeMessage(call, item)));
      noteSeen(context, item);
      return reply;
    }
    case "PATCH":
      return patchMessage(call, item);
    case "DELETE":
      discardSending(context, item);
      context.store.items.delete(item.id);
      return empty(204);
    default:
      return methodNotAllowed();
  }
}

function patchMessage(call: GraphCall, item: StoredItem): Reply {
  const letter = readChange(call, "message");
  if ("status" in letter) return letter;
  Object.assign(item.properties, letter.properties);
  return json(200, describeMessage(call, item));
}

export function describeMessage(call: GraphCall, item: StoredItem): Record<string, unknown> {
  const { id, created, properties } = item;
  const metadata = `${new URL(call.head.url).origin}/${call.route.version}/$metadata#messages/$entity`;
  const me = recipient(userName);
  return {
    "@odata.context": metadata,
    id,
    createdDateTime: created,
    lastModifiedDateTime: created,
    ...{ toRecipients: [], ccRecipients: [], bccRecipients: [], replyTo: [] },
    ...{ subject: "", importance: "normal", isRead: true, from: me, sender: me },
    ...properties,
    ...{ body: { contentType: "text", content: "", ...(properties.body as object) } },
    bodyPreview: contentOf(properties).slice(0, 255),
    hasAttachments: hasAttachments(item),
    parentFolderId: item.folder,
    isDraft: item.draft,
  };
}

/** Inline attachments do not count (documented). */
export const hasAttachments = (item: StoredItem): boolean => item.attachments.some(({ isInline }) => !isInline);
