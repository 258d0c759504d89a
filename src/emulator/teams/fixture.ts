import type { Item, TeamsAttachment, TeamsFixture, TeamsMessage } from "../api.js";
import type { Context } from "../context.js";
import { describeFile, readersOf } from "../drive/fixture.js";
import { itemAtUrl } from "../drive/shares.js";
import type { PostedAttachment, StoredMessage } from "./store.js";

const colleague = "adele@contoso.example";

/** The fixture of Teams. */
export const teamsFixture = (context: Context): TeamsFixture => ({
  addChat: ({ members = [colleague] } = {}) => {
    const chat = context.teams.addChat(members);
    return { id: chat.id, path: `/chats/${chat.id}`, members: chat.members };
  },
  addChannel: ({ name = "General" } = {}) => {
    const { id, team = "" } = context.teams.addChannel(name);
    return { id, path: `/teams/${team}/channels/${id}`, drivePath: `/groups/${team}/drive` };
  },
  messages: (reference: Item | string) => {
    const id = typeof reference === "string" ? reference : reference.id;
    const place = context.teams.places.get(id);
    if (!place) throw new Error(`The emulator has no chat or channel ${id}.`);
    return place.messages.map((message) => describe(context, message));
  },
});

const describe = (context: Context, { id, replyToId, body, subject, attachments }: StoredMessage): TeamsMessage => ({
  id,
  ...(replyToId === undefined ? {} : { replyToId }),
  ...body,
  ...(subject === undefined ? {} : { subject }),
  attachments: attachments
    .filter(({ contentType }) => contentType === "reference")
    .map((attachment) => describeAttachment(context, attachment)),
});

function describeAttachment(context: Context, { id, name = "", contentUrl = "" }: PostedAttachment): TeamsAttachment {
  const item = itemAtUrl(context, contentUrl);
  return { id, name, contentUrl, readers: item ? readersOf(item) : [], ...(item ? { file: describeFile(item) } : {}) };
}
