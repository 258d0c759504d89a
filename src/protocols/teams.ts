import { isObject, type Members } from "../isObject.js";
import { keyOf, member, text } from "../json.js";
import type { Reply, WireRequest } from "../protocol.js";
import { item } from "./graph/item.js";
import { keyed, splitUrl } from "./graph/path.js";
import { graphApi } from "./graph/session.js";
import { escaped } from "./sharing.js";
import { withMember } from "../spelling.js";

/** A chat or channel that a message with files is posted to. */
export interface Conversation {
  /** URL of the children of the folder that its files go to, or of the resource that names the folder. */
  readonly files: { readonly children: string } | { readonly folder: string };
  /** Member of the body that holds the message. Absent if the body itself does. */
  readonly holder?: "replyMessage";
  /** URL of the people who need access, if the folder does not give it to them. */
  readonly members?: string;
  /** The API with its version. */
  readonly api: string;
}

const CHAT = new RegExp(
  keyed("^(.*?)((?:/(?:me|users{}))?)(/chats{})/messages(/(?:microsoft\\.graph\\.)?replyWithQuote)?/?$"),
  "i",
);
const CHANNELS = "^(.*?)(/teams{}/(?:channels{}|primaryChannel))";
const CHANNEL = new RegExp(keyed(`${CHANNELS}/messages(?:{}/replies)?/?$`), "i");
const FOLDER = new RegExp(keyed(`${CHANNELS}/filesFolder(?:/children)?/?$`), "i");
/** The folder's name in Teams, the same in every language (field reports). */
const CHAT_FILES = "Microsoft%20Teams%20Chat%20Files";

/** The conversation that a POST of a message goes to. `undefined` if the URL is not that of a chat or channel. */
export function conversationAt(url: string): Conversation | undefined {
  const [path] = splitUrl(url);
  const [, api, mailbox, chat, quotes] = CHAT.exec(path) ?? [];
  if (api !== undefined) {
    const children = `${api}${mailbox || "/me"}/drive/root:/${CHAT_FILES}:/children`;
    const holder = quotes === undefined ? undefined : "replyMessage";
    return { api, files: { children }, holder, members: `${api}${mailbox}${chat}/members` };
  }
  const [, before, channel] = CHANNEL.exec(path) ?? [];
  return before === undefined ? undefined : { api: before, files: { folder: `${before}${channel}/filesFolder` } };
}

/** The folder of a channel at this URL, or its children. `undefined` if it is none. */
export function filesFolderAt(url: string): { readonly api: string; readonly folder: string } | undefined {
  const [, api, channel] = FOLDER.exec(splitUrl(url)[0]) ?? [];
  return api === undefined ? undefined : { api, folder: `${api}${channel}/filesFolder` };
}

/** Requests to Teams itself. Its files belong to a drive. */
export const teams = graphApi("Teams", { permission: "ChatMessage.Send or ChannelMessage.Send" });

/** The children of a channel's folder. `undefined` if the folder is about to be created (404). */
export function readFolder({ status, body }: Reply, api: string): string | undefined {
  const driveId = text(member(member(body, "parentReference"), "driveId"));
  const id = text(member(body, "id"));
  if (status !== 200 || driveId === undefined || id === undefined) return undefined;
  return `${api}/drives/${encodeURIComponent(driveId)}/items/${encodeURIComponent(id)}/children`;
}

/** A member of a chat, or the creator of a file. */
export interface Person {
  readonly id?: string;
  readonly email?: string;
  readonly name?: string;
}

/** One page of the members of a chat. */
export function readMembers({ status, body }: Reply): { people: Person[]; next?: string } | undefined {
  const value = member(body, "value");
  if (status !== 200 || !Array.isArray(value)) return undefined;
  const people = value.map((one) => ({
    id: text(member(one, "userId")),
    email: text(member(one, "email")),
    name: text(member(one, "displayName")),
  }));
  return { people, next: text(member(body, "@odata.nextLink")) };
}

/** The creator of a file. Drives tell the id, the address, or both. */
export function creatorOf(file: object): Person {
  const user = member(member(file, "createdBy"), "user");
  return { id: text(member(user, "id")), email: text(member(user, "email")) };
}

const same = (one: string | undefined, other: string | undefined) =>
  one !== undefined && one.toLowerCase() === other?.toLowerCase();

/** Everybody who can be invited, except those. */
export function othersIn(people: readonly Person[], except: readonly Person[]): Person[] {
  return people.filter(
    ({ id, email }) => (id ?? email) !== undefined && !except.some((one) => same(id, one.id) || same(email, one.email)),
  );
}

/** A person as an invitation to a file names them. */
export const recipient = ({ id, email }: Person): object => (id ? { objectId: id } : { email });

/** The people of an invitation whom the service could not invite. It succeeds in part (docs: driveitem-invite, 207). */
export function notInvited({ body }: Reply, people: readonly Person[]): Person[] {
  const value = member(body, "value");
  const failed = Array.isArray(value) ? value.filter((one) => isObject(member(one, "error"))) : [];
  return failed.map((one) => {
    const user = member(member(one, "grantedToV2") ?? member(one, "grantedTo"), "user");
    const email = text(member(user, "email")) ?? text(member(member(one, "invitation"), "email"));
    const replied: Person = { id: text(member(user, "id")), email, name: text(member(user, "displayName")) };
    return people.find(({ id, email }) => same(id, replied.id) || same(email, replied.email)) ?? replied;
  });
}

/** People as a message names them: the first five. */
export function namesOf(people: readonly Person[]): string {
  const names = people.map(({ id, email, name }) => email ?? name ?? id ?? "somebody");
  const more = names.length - 5;
  return names.slice(0, 5).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** A file as a message refers to it: by the GUID in its eTag (docs: chatmessage-post, file attachments). */
export interface Reference {
  readonly id: string;
  readonly contentType: "reference";
  readonly contentUrl: string;
  readonly name: string;
}

export const askReference = (url: string): WireRequest => item.read(url, "id,name,eTag,webUrl,webDavUrl");

export function readReference({ status, body }: Reply): Reference | undefined {
  const id = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i.exec(text(member(body, "eTag")) ?? "")?.[0].toLowerCase();
  const contentUrl = text(member(body, "webDavUrl")) ?? text(member(body, "webUrl"));
  const name = text(member(body, "name"));
  if (status !== 200 || !id || !contentUrl || !name) return undefined;
  return { id, contentType: "reference", contentUrl, name };
}

/** Changes the message in a body. `holder`: the member that holds it, in any letter case. */
export function inMessage(body: Members, holder: string | undefined, change: (message: Members) => Members): Members {
  if (holder === undefined) return change(body);
  const key = keyOf(body, holder) ?? holder;
  const held = body[key];
  return { ...body, [key]: change(isObject(held) ? held : {}) };
}

/** Adds files to a message: each has its tag in the HTML. */
export function withReferences(message: Members, references: readonly Reference[]): Members {
  const body = member(message, "body");
  const content = text(member(body, "content")) ?? "";
  const html = text(member(body, "contentType"))?.toLowerCase() === "html";
  const shown = html ? content : escaped(content).replace(/\r\n?|\n/g, "<br>");
  const tags = references.map(({ id }) => `<attachment id="${id}"></attachment>`).join("");
  const attachments = member(message, "attachments");
  const others: readonly unknown[] = Array.isArray(attachments) ? attachments : [];
  const shownBody = withMember(message, "body", { contentType: "html", content: shown + tags });
  return withMember(shownBody, "attachments", [...others, ...references]);
}
