import type { Reply } from "../api.js";
import { readAttachments } from "../items/attachmentBody.js";
import type { NewAttachment } from "../items/store.js";
import { badRequest } from "../replies.js";

/** The writable properties and the attachments in the JSON of a message or event. */
export interface Letter {
  readonly properties: Record<string, unknown>;
  readonly attachments: readonly Omit<NewAttachment, "via">[];
}

const words = (text: string): string[] => text.split(" ");

/** Read-only properties in the metadata. Graph ignores them silently. */
const readOnly = words(
  "id changeKey createdDateTime lastModifiedDateTime hasAttachments bodyPreview webLink isDraft parentFolderId " +
    "sentDateTime receivedDateTime conversationId conversationIndex internetMessageId uniqueBody " +
    "cancelledOccurrences iCalUId isCancelled isOrganizer occurrenceId onlineMeeting originalEndTimeZone originalStart " +
    "originalStartTimeZone organizer responseStatus seriesMasterId type uid",
);
const recipientLists = words("toRecipients ccRecipients bccRecipients replyTo attendees");
const common = words("subject body importance categories attachments extensions").concat(
  words("singleValueExtendedProperties multiValueExtendedProperties"),
);
const writable = {
  message: words(
    "toRecipients ccRecipients bccRecipients replyTo from sender flag inferenceClassification internetMessageHeaders " +
      "isDeliveryReceiptRequested isRead isReadReceiptRequested",
  ).concat(common, "internetMessageId"),
  event: words(
    "attendees start end allowNewTimeProposals hideAttendees isAllDay isOnlineMeeting isReminderOn location locations " +
      "onlineMeetingProvider onlineMeetingUrl recurrence reminderMinutesBeforeStart responseRequested sensitivity " +
      "showAs transactionId",
  ).concat(common),
};

/** Reads a message or event from a client. Answers 400 to an unknown property or a wrong form. */
export function readLetter(value: unknown, kind: "message" | "event"): Letter | Reply {
  if (!isObject(value)) return badRequest(`The ${kind} must be a JSON object.`);
  const names = Object.keys(value).filter((name) => !name.includes("@"));
  const stray = names.find((name) => !writable[kind].includes(name) && !readOnly.includes(name));
  if (stray !== undefined)
    return badRequest(`The property '${stray}' does not exist on type 'microsoft.graph.${kind}'.`);
  const attachments = readAttachments(value.attachments);
  if ("status" in attachments) return attachments;
  const kept = names.filter((name) => writable[kind].includes(name) && name !== "attachments");
  const wrong = kept.find((name) => !hasForm(name, value[name]));
  if (wrong !== undefined) return badRequest(`The value of '${wrong}' has the wrong form.`);
  return { properties: Object.fromEntries(kept.map((name) => [name, value[name]])), attachments };
}

function hasForm(name: string, value: unknown): boolean {
  if (name === "subject") return value === null || typeof value === "string";
  if (recipientLists.includes(name)) return Array.isArray(value) && value.every(isRecipient);
  if (name === "from" || name === "sender") return isRecipient(value);
  if (name === "start" || name === "end") return isObject(value) && typeof value.dateTime === "string";
  return name !== "body" || isBody(value);
}

const isRecipient = (value: unknown): boolean =>
  isObject(value) && isObject(value.emailAddress) && typeof value.emailAddress.address === "string";

const isBody = (value: unknown): boolean =>
  isObject(value) &&
  /^(?:text|html)$/i.test(String(value.contentType ?? "text")) &&
  typeof (value.content ?? "") === "string";

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A recipient as Graph writes it. */
export const recipient = (address: string): unknown => ({ emailAddress: { address, name: address } });

/** The addresses in a list of recipients or attendees. */
export function addressesIn(list: unknown): string[] {
  return ((list ?? []) as { emailAddress: { address: string } }[]).map(({ emailAddress }) => emailAddress.address);
}

/** The text of a body of any type. */
export const contentOf = (properties: Record<string, unknown>): string =>
  (properties.body as { content?: string } | undefined)?.content ?? "";

/** The value of an extended property. */
export function extendedProperty(properties: Record<string, unknown>, id: string): unknown {
  const all = (properties.singleValueExtendedProperties ?? []) as { id?: string; value?: unknown }[];
  return all.find((one) => one.id?.toLowerCase() === id.toLowerCase())?.value;
}
