import type { Reply } from "../api.js";
import type { GraphCall } from "../call.js";
import type { Context } from "../context.js";
import { describeItem } from "../drive/describe.js";
import { folderNamed } from "../drive/tree.js";
import { tenantId, userId, userName } from "../items/store.js";
import { readParameters } from "../graph/requestBody.js";
import { badRequest, empty, json, methodNotAllowed, refuse } from "../replies.js";
import { readMessage } from "./message.js";
import type { TeamsRoute } from "./routes.js";
import type { Place, StoredMessage } from "./store.js";

type TeamsCall = GraphCall<TeamsRoute>;

/** Answers a request to Graph that names a chat or channel. */
export function answerTeams(context: Context, call: TeamsCall): Reply {
  const { target } = call.route;
  const { id, team, message: messageId } = call.route.keys;
  if (target === "chats") return listChats(context, call);
  const place = id === undefined ? context.teams.primaryChannel(team) : context.teams.places.get(id);
  if (!place || place.team !== team?.toLowerCase()) return notFound("The chat or channel was not found.");
  const message = messageId === undefined ? undefined : place.messages.find((each) => each.id === messageId);
  if (messageId !== undefined && !message) return notFound("The message was not found.");
  if (call.head.method === "POST" && (target === "messages" || target === "replies")) {
    return postMessage(context, call, place, message);
  }
  if (call.head.method === "POST" && target === "softDelete") {
    place.messages.splice(place.messages.indexOf(message!), 1);
    return empty(204);
  }
  if (call.head.method === "POST" && target === "replyWithQuote") return replyWithQuote(context, call, place);
  return call.head.method === "GET" ? answerGet(context, call, place, message) : methodNotAllowed();
}

function listChats({ teams }: Context, call: TeamsCall): Reply {
  if (call.head.method !== "GET") return methodNotAllowed();
  const chats = [...teams.places.values()].filter(({ team }) => team === undefined);
  return json(200, { value: chats.map((chat) => describePlace(call, chat)) });
}

/** Status and code are those of other 404s of Teams (field report). */
const notFound = (message: string): Reply => refuse(404, "NotFound", message);

function answerGet(context: Context, call: TeamsCall, place: Place, message: StoredMessage | undefined): Reply {
  const { target } = call.route;
  const list = (messages: readonly StoredMessage[]): Reply =>
    json(200, { value: messages.map((each) => describeMessage(place, each)) });
  switch (target) {
    case "place":
      return json(200, describePlace(call, place));
    case "members":
      return listMembers(context, call, place);
    case "messages":
      return list(place.messages.filter(({ replyToId }) => replyToId === undefined));
    case "message":
      return json(200, entity(context, call, place, message!));
    case "replies":
      return list(place.messages.filter(({ replyToId }) => replyToId === message!.id));
    case "filesFolder":
      return answerFilesFolder(context, call, place);
    default:
      return methodNotAllowed();
  }
}

function postMessage(context: Context, call: TeamsCall, place: Place, replied: StoredMessage | undefined): Reply {
  const read = readMessage(context, call);
  if ("status" in read) return read;
  const message = context.teams.addMessage(place, { ...read, ...(replied ? { replyToId: replied.id } : {}) });
  return json(201, entity(context, call, place, message));
}

/** The action `replyWithQuote` (documented). The statuses of refusals are choices. */
function replyWithQuote(context: Context, call: TeamsCall, place: Place): Reply {
  const read = readParameters(call, ["messageIds", "replyMessage"]);
  if ("status" in read) return read;
  const { messageIds, replyMessage = null } = read.value;
  const ids: unknown[] = Array.isArray(messageIds) ? messageIds : [];
  if (ids.length === 0 || ids.length > 10) return badRequest("messageIds names 1 to 10 messages.");
  if (!ids.every((one) => place.messages.some(({ id }) => id === one))) return notFound("The message was not found.");
  return postMessage(context, { ...call, body: Buffer.from(JSON.stringify(replyMessage)) }, place, undefined);
}

const entity = ({ graphUrl }: Context, { route }: TeamsCall, place: Place, message: StoredMessage): object => ({
  "@odata.context": `${graphUrl}${route.version}/$metadata#chatMessages/$entity`,
  ...describeMessage(place, message),
});

function describeMessage(place: Place, { id, replyToId, created, body, subject, attachments }: StoredMessage): object {
  return {
    ...{ id, replyToId: replyToId ?? null, etag: id, messageType: "message" },
    ...{ createdDateTime: created, lastModifiedDateTime: created, deletedDateTime: null },
    ...{ subject: subject ?? null, importance: "normal", locale: "en-us", mentions: [], reactions: [] },
    from: { user: { id: userId, displayName: "Megan Bowen", userIdentityType: "aadUser" } },
    ...(place.team ? { channelIdentity: { teamId: place.team, channelId: place.id } } : { chatId: place.id }),
    body,
    attachments: attachments.map((each) => ({
      contentUrl: null,
      name: null,
      content: null,
      thumbnailUrl: null,
      ...each,
    })),
  };
}

function describePlace(call: TeamsCall, place: Place): object {
  const { id, created, team, name, members } = place;
  if (team) return { id, createdDateTime: created, displayName: name, membershipType: "standard", tenantId };
  const expanded = /\bmembers\b/i.test(call.query.get("$expand") ?? "") ? { members: members.map(describeMember) } : {};
  const chatType = members.length === 2 ? "oneOnOne" : "group";
  return { id, topic: null, createdDateTime: created, chatType, tenantId, ...expanded };
}

const describeMember = ({ userId, email }: Place["members"][number]): object => ({
  "@odata.type": "#microsoft.graph.aadUserConversationMember",
  id: Buffer.from(`##${userId}`).toString("base64"),
  ...{ roles: email === userName ? ["owner"] : [], displayName: email, userId, email, tenantId },
});

function listMembers({ vary }: Context, call: TeamsCall, { members }: Place): Reply {
  const skip = Number(call.query.get("$skiptoken") ?? 0);
  const next = skip + vary.teamsPageSize;
  const url = new URL(call.head.url);
  url.searchParams.set("$skiptoken", String(next));
  return json(200, {
    "@odata.count": members.length,
    "@odata.nextLink": next < members.length ? url.href : undefined,
    value: members.slice(skip, next).map(describeMember),
  });
}

/** The folder of a standard channel, in the drive of its team's group (documented). */
function answerFilesFolder(context: Context, call: TeamsCall, place: Place): Reply {
  // Code and text are a field report, dotnet #967.
  if (place.unreadyFolders < context.vary.teamsFolderDelay) {
    place.unreadyFolders++;
    return notFound("Folder location for this channel is not ready yet, please try again later.");
  }
  const { root } = context.drives.ownedBy("groups", place.team);
  return json(200, describeItem(context, call, folderNamed(context, root, place.name!)));
}
