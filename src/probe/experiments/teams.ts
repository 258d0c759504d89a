import { isDone, listAt, textAt } from "../answer.js";
import { Unexpected } from "../errors.js";
import type { Experiment } from "../experiment.js";
import { sharedUser } from "../items.js";
import type { Lab } from "../lab.js";
import { graph } from "../requests.js";
import { sharedFile } from "./drive.js";

const service = "teams";

/** The chat that the user has with nobody else, and the user's id. */
const ownChat = (lab: Lab): Promise<{ chat: string; user: string }> =>
  lab.shared("chat", async () => {
    const user = textAt((await sharedUser(lab)).body, "id");
    const { body } = await lab.ask(graph("GET", `${lab.me}/chats?$expand=members`));
    const alone = listAt(body, "value").find((chat) => {
      const members = listAt(chat, "members").map((member) => textAt(member, "userId"));
      return members.length > 0 && members.every((member) => member === user);
    });
    const chat = (id: string) => `/users/${encodeURIComponent(user)}/chats/${encodeURIComponent(id)}`;
    if (alone !== undefined) return { user, chat: chat(textAt(alone, "id")) };
    // Teams shows it under this id, and not in the list.
    const notes = await lab.ask(graph("GET", `${chat("48:notes")}/messages?$top=1`));
    if (!isDone(notes)) throw new Unexpected("there is no chat with yourself alone");
    return { user, chat: chat("48:notes") };
  });

/** Posts a message to the chat. It begins with the name of the probe, by which it is found and deleted. */
async function post(lab: Lab, label: string, content: (name: string) => string, attachments: object[] = []) {
  const { chat } = await ownChat(lab);
  const name = `${lab.name} ${label}`;
  const strike = lab.made(`the message "${name}" in the chat with yourself`, () => removeMessages(lab, chat, name));
  const value = { body: { contentType: "html", content: content(name) }, attachments };
  const answer = await lab.ask(graph("POST", `${chat}/messages`, value, { makes: true }));
  if (!isDone(answer)) strike();
  return answer;
}

async function removeMessages(lab: Lab, chat: string, name: string): Promise<boolean> {
  const all = await lab.ask(graph("GET", `${chat}/messages`));
  const ours = listAt(all.body, "value").filter((each) => textAt(each, "body", "content").includes(name));
  let gone = isDone(all);
  for (const each of ours) {
    const { status } = await lab.ask(graph("POST", `${chat}/messages/${textAt(each, "id")}/softDelete`));
    gone &&= status === 204;
  }
  return gone;
}

const long: Experiment = {
  name: "a long message",
  service,
  facts: {
    teamsTooLarge: {
      fact: "Status of a message of 29 KB",
      documented: 413,
      sides: [413, 400],
      client: "The library passes the refusal on, and deletes the files.",
    },
  },
  async run(lab) {
    const { status } = await post(lab, "long", (name) => name + ".".repeat(29 * 1024));
    lab.tell("teamsTooLarge", status);
  },
};

const guid: Experiment = {
  name: "the id of a file in a message",
  service,
  facts: {
    teamsAttachmentId: {
      fact: "The id of a file in a message: that of its eTag, or any",
      documented: "eTag",
      sides: ["eTag", "any"],
      client: "The library takes that of the eTag.",
    },
  },
  async run(lab) {
    await ownChat(lab);
    const contentUrl = textAt((await sharedFile(lab)).body, "webUrl");
    const id = "00000000-0000-4000-8000-00000000beef";
    const file = { id, contentType: "reference", contentUrl, name: "small.txt" };
    const answer = await post(lab, "file", (name) => `${name}<attachment id="${id}"></attachment>`, [file]);
    if (isDone(answer) || answer.status === 400) lab.tell("teamsAttachmentId", isDone(answer) ? "any" : "eTag");
  },
};

export const teams = [long, guid];
