import { member, text, type Members } from "../json.js";
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
  /** URL of the people who need access, if the folder does not give it to them. */
  readonly members?: string;
  /** The API with its version. */
  readonly api: string;
}

const CHAT = new RegExp(keyed("^(.*?)((?:/(?:me|users{}))?)(/chats{})/messages/?$"), "i");
const CHANNEL = new RegExp(keyed("^(.*?)(/teams{}/channels{})/messages(?:{}/replies)?/?$"), "i");
/** The folder's name in Teams, the same in every language (field reports). */
const CHAT_FILES = "Microsoft%20Teams%20Chat%20Files";

/** The conversation that a POST of a message goes to. `undefined` if the URL is not that of a chat or channel. */
export function conversationAt(url: string): Conversation | undefined {
  const [path] = splitUrl(url);
  const [, api, mailbox, chat] = CHAT.exec(path) ?? [];
  if (api !== undefined) {
    const children = `${api}${mailbox || "/me"}/drive/root:/${CHAT_FILES}:/children`;
    return { api, files: { children }, members: `${api}${mailbox}${chat}/members` };
  }
  const [, before, channel] = CHANNEL.exec(path) ?? [];
  return before === undefined ? undefined : { api: before, files: { folder: `${before}${channel}/filesFolder` } };
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
}

/** One page of the members of a chat. */
export function readMembers({ status, body }: Reply): { people: Person[]; next?: string } | undefined {
  const value = member(body, "value");
  if (status !== 200 || !Array.isArray(value)) return undefined;
  const people = value.map((one) => ({ id: text(member(one, "userId")), email: text(member(one, "email")) }));
  return { people, next: text(member(body, "@odata.nextLink")) };
}

/** The creator of a file. Drives tell the id, the address, or both. */
export function creatorOf(file: object): Person {
  const user = member(member(file, "createdBy"), "user");
  return { id: text(member(user, "id")), email: text(member(user, "email")) };
}

/** Everybody except those, as an invitation to a file names them. */
export function recipientsFrom(people: readonly Person[], except: readonly Person[]): object[] {
  const same = (one: string | undefined, other: string | undefined) =>
    one !== undefined && one.toLowerCase() === other?.toLowerCase();
  const others = people.filter(({ id, email }) => !except.some((one) => same(id, one.id) || same(email, one.email)));
  return others.flatMap(({ id, email }): object[] => (id ? [{ objectId: id }] : email ? [{ email }] : []));
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

/** Adds files to a message: each has its tag in the HTML. */
export function withReferences(message: Members, references: readonly Reference[]): object {
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
