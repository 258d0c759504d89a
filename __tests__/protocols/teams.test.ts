import {
  askReference,
  conversationAt,
  creatorOf,
  readFolder,
  readMembers,
  readReference,
  othersIn,
  recipient,
  teams,
  withReferences,
  type Person,
} from "../../src/protocols/teams.js";
import { failure, GRAPH, reply } from "../support/fakes.js";

const files = (owner: string) => `${GRAPH}${owner}/drive/root:/Microsoft%20Teams%20Chat%20Files:/children`;

describe("the place that a message is posted to", () => {
  test.each([
    ["/chats/19:a@thread.v2/messages", "", "/me", "/chats/19:a@thread.v2"],
    ["/me/chats/c/messages/", "/me", "/me", "/chats/c"],
    ["/users/a@b.c/chats/c/messages?$select=id", "/users/a@b.c", "/users/a@b.c", "/chats/c"],
    ["/Users('a')/Chats('19%3Aa')/Messages#x", "/Users('a')", "/Users('a')", "/Chats('19%3Aa')"],
  ])("is a chat at %s", (path, mailbox, owner, chat) => {
    expect(conversationAt(`${GRAPH}${path}`)).toEqual({
      api: GRAPH,
      files: { children: files(owner) },
      members: `${GRAPH}${mailbox}${chat}/members`,
    });
  });

  test.each([
    ["/teams/t/channels/19:c@thread.tacv2/messages", "/teams/t/channels/19:c@thread.tacv2"],
    ["/teams/t/channels/c/messages/1616990032035/replies", "/teams/t/channels/c"],
    ["/Teams('t')/Channels('c')/Messages('1')/Replies/?a=b", "/Teams('t')/Channels('c')"],
  ])("is a channel at %s, with a folder that everybody in the channel can read", (path, channel) => {
    expect(conversationAt(`${GRAPH}${path}`)).toEqual({
      api: GRAPH,
      files: { folder: `${GRAPH}${channel}/filesFolder` },
    });
  });

  test.each([
    ...[
      "/chats",
      "/chats/c",
      "/chats/c/members",
      "/chats/messages",
      "/chats/c/messages/1",
      "/chats/c/messages/1/replies",
    ],
    ...["/teams/t/channels/c/messages/1", "/teams/t/channels/c", "/teams/t/messages", "/teams/channels/c/messages"],
    ...["/me/messages", "/me/sendMail", "/me/drive/root:/chats/c/messages:/content", "", "/"],
  ])("does not exist at %s", (path) => {
    expect(conversationAt(`${GRAPH}${path}`)).toBeUndefined();
  });
});

describe("the folder of a channel", () => {
  const folder = { id: "01ABC!1", parentReference: { driveId: "b!x y" } };

  test("is addressed by its drive and its id", () => {
    expect(readFolder(reply(200, folder), GRAPH)).toBe(`${GRAPH}/drives/b!x%20y/items/01ABC!1/children`);
  });

  test.each([
    [404, folder],
    [200, { id: "1" }],
    [200, { parentReference: { driveId: "d" } }],
    [200, "<html>"],
    [200, undefined],
  ])("is not read from %i %j", (status, body) => {
    expect(readFolder(reply(status, body), GRAPH)).toBeUndefined();
  });
});

describe("the people of a chat", () => {
  const next = `${GRAPH}/chats/c/members?$skiptoken=2`;

  test("are invited by their ids, or by their addresses if they have no id, except for the owner of the file", () => {
    const value = [{ userId: "u1", email: "a@b.c" }, { userId: null, email: "guest@x.y" }, { displayName: "A bot" }];
    const read = readMembers(reply(200, { value, "@odata.nextLink": next }));
    expect(read).toEqual({
      people: [{ id: "u1", email: "a@b.c" }, { email: "guest@x.y" }, { name: "A bot" }],
      next,
    });
    const people = read!.people;
    const recipientsFrom = (all: Person[], except: Person[]) => othersIn(all, except).map(recipient);
    expect(recipientsFrom(people, [{}])).toEqual([{ objectId: "u1" }, { email: "guest@x.y" }]);
    const files = [{ createdBy: { user: { id: "U1" } } }, { createdBy: { user: { email: "A@b.c" } } }];
    for (const file of files) expect(recipientsFrom(people, [creatorOf(file)])).toEqual([{ email: "guest@x.y" }]);
    expect(recipientsFrom(people, [creatorOf({})])).toHaveLength(2);
  });

  test.each([
    [200, { value: "x" }],
    [200, undefined],
    [403, { value: [] }],
  ])("are not read from %i %j", (status, body) => {
    expect(readMembers(reply(status, body))).toBeUndefined();
  });
});

describe("the reference of a message to a file", () => {
  const guid = "153fa47d-18c9-4179-be08-9879815a9f90";
  const file = { name: "a.docx", eTag: `"{${guid.toUpperCase()}},2"`, webUrl: "https://x/Doc.aspx" };

  test("has the GUID of the eTag, and the address of the file instead of that of a viewer", () => {
    const webDavUrl = "https://x/a.docx";
    const reference = { id: guid, contentType: "reference", contentUrl: webDavUrl, name: "a.docx" };
    expect(readReference(reply(200, { ...file, webDavUrl }))).toEqual(reference);
    expect(readReference(reply(200, file))).toEqual({ ...reference, contentUrl: file.webUrl });
  });

  test.each([
    [200, { ...file, eTag: "aRDQ5RjJFQjY" }],
    [200, { ...file, webUrl: undefined }],
    [200, { ...file, name: undefined }],
    [200, undefined],
    [404, file],
  ])("cannot be read from %i %j", (status, body) => {
    expect(readReference(reply(status, body))).toBeUndefined();
  });

  test("is requested with webDavUrl, which drives return only if it is selected", () => {
    expect(askReference(`${GRAPH}/me/drive/items/1`)).toEqual({
      method: "GET",
      url: `${GRAPH}/me/drive/items/1?$select=id,name,eTag,webUrl,webDavUrl`,
      to: "api",
    });
  });
});

describe("a message with files", () => {
  const one = { id: "1", contentType: "reference", contentUrl: "https://x/1", name: "1" } as const;
  const two = { ...one, id: "2" };
  const tag = (id: string) => `<attachment id="${id}"></attachment>`;
  const content = (body: object | undefined) =>
    (withReferences({ body }, [one, two]) as { body: { contentType: string; content: string } }).body;

  test.each([
    [{ content: "a < b & c\nd" }, "a &lt; b &amp; c<br>d"],
    [{ contentType: "text", content: "one\r\ntwo" }, "one<br>two"],
    [{ contentType: "HTML", content: "<b>a</b>\n&amp;" }, "<b>a</b>\n&amp;"],
    [{ contentType: "html" }, ""],
    [undefined, ""],
  ])("with the body %j has them at its end", (body, shown) => {
    expect(content(body)).toEqual({ contentType: "html", content: `${shown}${tag("1")}${tag("2")}` });
  });

  test("keeps its other members, and its own attachments come first", () => {
    const card = { id: "c", contentType: "application/vnd.microsoft.card.thumbnail", content: "{}" };
    const message = { subject: "s", importance: "high", attachments: [card], body: { content: "x" } };
    expect(withReferences(message, [one])).toEqual({
      subject: "s",
      importance: "high",
      attachments: [card, one],
      body: { contentType: "html", content: `x${tag("1")}` },
    });
    expect(message.attachments).toEqual([card]);
  });
});

test("a refusal names the permission of Teams, not that of a drive", () => {
  const { body } = teams.explain(failure(403, "AccessDenied"), `${GRAPH}/chats/c/messages`);
  expect((body as { error: { message: string } }).error.message).toContain("ChatMessage.Send or ChannelMessage.Send");
});
