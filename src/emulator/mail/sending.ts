import type { Reply, SentMail } from "../api.js";
import type { GraphCall } from "../call.js";
import type { Context } from "../context.js";
import { readParameters } from "../graph/requestBody.js";
import { userName, type StoredItem } from "../items/store.js";
import { badRequest, empty, methodNotAllowed, refuse } from "../replies.js";
import { isMime, makeMessage, readMime } from "./composed.js";
import { addressesIn, contentOf, extendedProperty, readLetter } from "./letter.js";

/** MIME adds about 37 % to a message's bytes (inferred from base64 with its line breaks). */
const mimeFactor = 1.37;

/** Answers POST `…/sendMail`: 202 without a body (documented). */
export function answerSendMail(context: Context, call: GraphCall): Reply {
  if (call.head.method !== "POST") return methodNotAllowed();
  if (isMime(call)) {
    const letter = readMime(context, call);
    return "status" in letter ? letter : sendNow(context, call, makeMessage(context, call, letter), true);
  }
  const parameters = readParameters(call, ["message", "saveToSentItems"]);
  if ("status" in parameters) return parameters;
  const { message, saveToSentItems = true } = parameters.value;
  // The message is a field report.
  if (!message) return refuse(400, "ErrorInvalidParameter", "The value of the parameter 'Message' is empty.");
  if (!isBoolean(saveToSentItems)) return badRequest("saveToSentItems is a boolean.");
  const letter = readLetter(message, "message");
  if ("status" in letter) return letter;
  return sendNow(context, call, makeMessage(context, call, letter), String(saveToSentItems) === "true");
}

/** Several documented samples write the boolean as a string. */
const isBoolean = (value: unknown): boolean => /^(?:true|false)$/.test(String(value));

/** Sends a message that was never a draft. */
export function sendNow(context: Context, call: GraphCall, item: StoredItem, save: boolean): Reply {
  const refused = refuseSending(context, call, item);
  if (refused) return refused;
  if (save) arrive(context, item);
  context.store.outbox.push(mailOf(item, save ? item : undefined));
  return empty(202);
}

/** Answers POST `…/messages/{id}/send`: 202 without a body, always saved to Sent Items (documented). */
export function answerSend(context: Context, call: GraphCall, item: StoredItem): Reply {
  if (call.head.method !== "POST") return methodNotAllowed();
  if (!["", "{}"].includes(call.body.toString("latin1"))) return badRequest("send takes no body.");
  if (isSent(item) || !item.draft) return sentAlready();
  const refused = refuseSending(context, call, item);
  if (refused) return refused;
  const { properties, attachments, mime } = item;
  const becomes = item.immutable ? item : context.store.makeItem("message", { properties, attachments, mime });
  const mail = mailOf(item, becomes);
  context.store.outbox.push(mail);
  const waits = context.vary.deferredMail === "wait" && extendedProperty(properties, "SystemTime 0x3FEF") !== undefined;
  item.sending = { becomes, mail, left: waits ? Infinity : context.vary.sentDelay };
  if (item.sending.left <= 0) finish(context, item);
  return empty(202);
}

/** Counts a GET that showed the draft of a message in transit. */
export function noteSeen(context: Context, item: StoredItem): void {
  if (item.sending && --item.sending.left <= 0) finish(context, item);
}

/** Stops a message whose draft is deleted in transit (inferred from the field). */
export function discardSending({ store }: Context, { sending }: StoredItem): void {
  if (sending) store.outbox.splice(store.outbox.indexOf(sending.mail), 1);
}

/** Completes sending. The draft's id ceases to exist unless it is immutable (documented). */
function finish(context: Context, item: StoredItem): void {
  context.store.items.delete(item.id);
  arrive(context, item.sending!.becomes);
}

function arrive(context: Context, item: StoredItem): void {
  item.sending = undefined;
  item.draft = false;
  item.sent = true;
  item.folder = "sentitems";
  item.listed = 0;
  context.store.keep(item);
}

function mailOf(item: StoredItem, saved: StoredItem | undefined): SentMail {
  const { subject } = item.properties;
  return {
    kind: "mail",
    subject: String(subject ?? ""),
    recipients: recipientsOf(item.properties),
    body: contentOf(item.properties),
    attachments: [...item.attachments],
    item: saved && { id: saved.id, path: saved.path },
    ...(item.mime ? { mime: item.mime } : {}),
  };
}

/** The addresses of To, Cc and Bcc in that order. */
export const recipientsOf = ({ toRecipients, ccRecipients, bccRecipients }: Record<string, unknown>): string[] =>
  [toRecipients, ccRecipients, bccRecipients].flatMap(addressesIn);

/** Refuses a message that cannot be sent. The recipients in MIME are not checked. */
function refuseSending({ vary }: Context, { route }: GraphCall, item: StoredItem): Reply | undefined {
  const recipients = recipientsOf(item.properties);
  const { user = userName } = route.keys;
  const [sender = user] = addressesIn(item.properties.from ? [item.properties.from] : []);
  if (vary.sendAs === "denied" && ![user, userName].includes(sender.toLowerCase())) {
    const words =
      "The user account which was used to submit this request does not have the right to send mail on behalf of the specified sending account.";
    return refuse(403, "ErrorSendAsDenied", words);
  }
  if (!item.mime && (recipients.length === 0 || !recipients.every((address) => address.includes("@")))) {
    return refuse(400, "ErrorInvalidRecipients", "At least one recipient is not valid.");
  }
  const files = item.attachments.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const size = Math.max(files, item.mime?.length ?? 0);
  // The code is a field report, the status is a choice.
  return size * mimeFactor > vary.tenantMessageLimit
    ? refuse(400, "ErrorMessageSizeExceeded", "The message exceeds the maximum supported size.")
    : undefined;
}

/** True from `/send` on, even while the message still looks like a draft. */
export const isSent = (item: StoredItem): boolean => item.sent || item.sending !== undefined;

/** A sent message cannot be changed (documented). Status and code are choices. */
export const sentAlready = (): Reply => refuse(400, "ErrorInvalidOperation", "The message was sent already.");
