import type { Reply, SentMail } from "../api.js";
import type { GraphCall } from "../call.js";
import type { Context } from "../context.js";
import { readObject } from "../graph/requestBody.js";
import { select } from "../graph/select.js";
import { placeOf } from "../items/routes.js";
import type { StoredItem } from "../items/store.js";
import { badRequest, empty, json, methodNotAllowed } from "../replies.js";
import { readChange } from "./composed.js";
import { expanded, extended, mergeProperties } from "./extended.js";
import { addressesIn, contentOf, readLetter } from "./letter.js";
import { subjectTest } from "./listing.js";
import { hasAttachments } from "./messages.js";

/** Answers GET (by subject) and POST on a collection of events. */
export function answerEvents(context: Context, call: GraphCall): Reply {
  if (call.head.method !== "GET") return createEvent(context, call);
  const subject = subjectTest(call.query.get("$filter"));
  if (!subject) return badRequest("The emulator finds events by their subject only.");
  const found = [...context.store.items.values()].filter(
    ({ kind, properties }) => kind === "event" && subject(properties.subject),
  );
  return json(200, { value: found.map((event) => select(call, describeEvent(call, event))) });
}

/** Answers POST on a collection of events. It invites attendees immediately, before any file can be attached. */
function createEvent(context: Context, call: GraphCall): Reply {
  if (call.head.method !== "POST") return methodNotAllowed();
  const body = readObject(call);
  if ("status" in body) return body;
  const letter = readLetter(body.value, "event");
  if ("status" in letter) return letter;
  // Disputed: refused in 2019, dropped in 2024. The service never kept them.
  if (letter.attachments.length > 0 && context.vary.eventAttachments === "refuse") {
    return badRequest("Attachments are not supported when an event is created.");
  }
  // A second request with one transactionId gets 201 and the first event (docs: resources/event).
  const { transactionId } = letter.properties;
  const made = [...context.store.items.values()].find(
    ({ kind, properties }) => kind === "event" && transactionId && properties.transactionId === transactionId,
  );
  if (made) return json(201, describeEvent(call, made));
  const event = context.store.addItem("event", { properties: letter.properties });
  Object.assign(event, { posted: true, place: placeOf(call.route) });
  write(context, event, true);
  return json(201, describeEvent(call, event));
}

/** Answers GET, PATCH and DELETE on an event. */
export function answerEvent(context: Context, call: GraphCall, event: StoredItem): Reply {
  switch (call.head.method) {
    case "GET":
      return json(200, { ...select(call, describeEvent(call, event)), ...expanded(call, event) });
    case "PATCH":
      return patchEvent(context, call, event);
    case "DELETE":
      context.store.items.delete(event.id);
      record(context, event, "cancellation", event.invited);
      return empty(204);
    default:
      return methodNotAllowed();
  }
}

function patchEvent(context: Context, call: GraphCall, event: StoredItem): Reply {
  const letter = readChange(call, "event");
  if ("status" in letter) return letter;
  mergeProperties(event.properties, letter.properties);
  write(context, event, Object.keys(letter.properties).length > 0);
  return json(200, describeEvent(call, event));
}

/** Sends invitations to new attendees, updates to the others, and cancellations to removed ones. */
function write(context: Context, event: StoredItem, changed: boolean): void {
  const attendees = addressesIn(event.properties.attendees);
  const invited = event.invited;
  event.invited = attendees;
  const fresh = attendees.filter((address) => !invited.includes(address));
  const kept = attendees.filter((address) => invited.includes(address));
  const gone = invited.filter((address) => !attendees.includes(address));
  record(context, event, "invitation", fresh);
  if (changed) record(context, event, "update", kept);
  record(context, event, "cancellation", gone);
}

function record(
  { store }: Context,
  event: StoredItem,
  kind: Exclude<SentMail["kind"], "mail">,
  recipients: readonly string[],
): void {
  if (recipients.length === 0) return;
  store.outbox.push({
    kind,
    subject: String(event.properties.subject ?? ""),
    recipients: [...recipients],
    body: contentOf(event.properties),
    attachments: kind === "cancellation" ? [] : [...event.attachments],
    item: { id: event.id, path: event.path },
  });
}

function describeEvent(call: GraphCall, event: StoredItem): Record<string, unknown> {
  const { id, created } = event;
  const { [extended]: _, ...properties } = event.properties;
  return {
    "@odata.context": `${new URL(call.head.url).origin}/${call.route.version}/$metadata#events/$entity`,
    id,
    createdDateTime: created,
    lastModifiedDateTime: created,
    ...{ subject: "", attendees: [], importance: "normal", showAs: "busy", isAllDay: false },
    ...properties,
    ...{ body: { contentType: "text", content: "", ...(properties.body as object) } },
    hasAttachments: hasAttachments(event),
    isDraft: false,
  };
}
