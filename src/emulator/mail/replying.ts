import type { Reply } from "../api.js";
import type { GraphCall } from "../call.js";
import type { Context } from "../context.js";
import { readParameters } from "../graph/requestBody.js";
import { userName, type StoredItem } from "../items/store.js";
import { badRequest, json, methodNotAllowed } from "../replies.js";
import { isMime, makeMessage, readMime } from "./composed.js";
import { extended } from "./extended.js";
import { addressesIn, contentOf, readLetter, recipient, type Letter } from "./letter.js";
import { describeMessage } from "./messages.js";
import { sendNow } from "./sending.js";

type Verb = "reply" | "replyAll" | "forward";

/** Answers reply, replyAll and forward, which send immediately (202), and their create… forms (201 and the draft). */
export function answerReply(context: Context, call: GraphCall, original: StoredItem): Reply {
  if (call.head.method !== "POST") return methodNotAllowed();
  const { target } = call.route;
  const drafts = target.startsWith("create");
  const verb = (drafts ? target[6]!.toLowerCase() + target.slice(7) : target) as Verb;
  const letter = isMime(call) ? readMime(context, call) : readAnswer(call, verb, drafts, original);
  if ("status" in letter) return letter;
  const drops = drafts && context.vary.answerAttachments === "drop";
  const item = makeMessage(context, call, drops ? { ...letter, attachments: [] } : letter, "drafts");
  if (drafts && context.vary.answerProperties === "drop") delete item.properties[extended];
  // The attachments of the original come first, in their order.
  if (verb === "forward") item.attachments.unshift(...copies(context, original));
  if (!drafts) return sendNow(context, call, item, true);
  item.posted = true;
  context.store.keep(item);
  return json(201, describeMessage(call, item));
}

/** Reads comment, message and recipients. The properties of `message` override those derived from the original. */
function readAnswer(call: GraphCall, verb: Verb, drafts: boolean, original: StoredItem): Letter | Reply {
  const names = ["comment", "message", ...(verb === "forward" ? ["toRecipients"] : [])];
  const parameters = readParameters(call, names);
  if ("status" in parameters) return parameters;
  const { comment, message, toRecipients } = parameters.value;
  const letter = readLetter(message ?? {}, "message");
  if ("status" in letter) return letter;
  const own = readLetter(toRecipients ? { toRecipients } : {}, "message");
  if ("status" in own) return own;
  if (typeof (comment ?? "") !== "string") return badRequest("comment is a string.");
  // Documented for comment and body, and for both toRecipients.
  if (comment && letter.properties.body) return badRequest("Specify comment or the body of message, not both.");
  const named = [toRecipients, letter.properties.toRecipients].filter(Boolean).length;
  if (verb === "forward" && (named === 2 || (named === 0 && !drafts))) {
    return badRequest("Specify either toRecipients or the toRecipients of message.");
  }
  const body = { contentType: "text", content: quote(comment, original) };
  const properties = { ...derive(verb, original), body, ...own.properties, ...letter.properties };
  return { properties, attachments: letter.attachments };
}

function quote(comment: unknown, original: StoredItem): string {
  const text = contentOf(original.properties);
  return [comment, text && `________________________________\n${text}`].filter(Boolean).join("\n\n");
}

/** Derives subject and recipients from the original. */
function derive(verb: Verb, { properties }: StoredItem): Record<string, unknown> {
  const bare = String(properties.subject ?? "").replace(/^(?:RE|FW): /i, "");
  if (verb === "forward") return { subject: `FW: ${bare}` };
  const { replyTo, from, toRecipients, ccRecipients } = properties;
  const replyTos = addressesIn(replyTo);
  const to = replyTos.length > 0 ? replyTos : addressesIn(from ? [from] : []);
  if (verb === "reply") return { subject: `RE: ${bare}`, toRecipients: to.map(recipient) };
  const others = (list: unknown, without: readonly string[]): string[] =>
    addressesIn(list).filter((address) => address !== userName && !without.includes(address));
  const everyone = [...to, ...others(toRecipients, to)];
  return {
    subject: `RE: ${bare}`,
    toRecipients: everyone.map(recipient),
    ccRecipients: others(ccRecipients, everyone).map(recipient),
  };
}

const copies = (context: Context, original: StoredItem): StoredItem["attachments"] =>
  original.attachments.map((attachment) => ({ ...attachment, id: context.store.newId() }));
