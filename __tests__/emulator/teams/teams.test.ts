import type { DriveFile, Item, Variations } from "../../../src/emulator/index";
import { defaultVariations } from "../../../src/emulator/variations";
import { errorOf, sampleBytes, startBench, type Bench } from "../support";

let bench: Bench;
let file: DriveFile;
beforeAll(async () => {
  bench = await startBench();
});
beforeEach(() => {
  bench.emulator.reset();
  bench.emulator.vary(defaultVariations);
  file = bench.emulator.drive.addFile("/Microsoft Teams Chat Files/plan.docx", sampleBytes(10));
});
afterAll(() => bench.emulator.close());

const guidOf = ({ eTag }: DriveFile): string => /\{(.*)\}/.exec(eTag)![1]!;
const tag = (id: string): string => `<attachment id="${id}"></attachment>`;

/** A message that refers to a file, as the documentation has it. */
const messageOf = (attached: DriveFile, id = guidOf(attached), more: object = {}) => ({
  body: { contentType: "html", content: `Here is the plan. ${tag(id)}` },
  attachments: [{ id, contentType: "reference", contentUrl: attached.webDavUrl, name: attached.name, ...more }],
});
const post = (item: Item, body: object) => bench.graph("POST", `${item.path}/messages`, body);
const read = async <T = Record<string, unknown>>(response: Promise<Response>): Promise<T> =>
  (await (await response).json()) as T;

describe.each([
  ["a chat", () => bench.emulator.teams.addChat()],
  ["a channel", () => bench.emulator.teams.addChannel()],
])("%s", (_what, add) => {
  test("accepts a message with a file and returns it with its attachment", async () => {
    const place = add();
    const posted = await post(place, messageOf(file));
    const message = (await posted.json()) as { id: string };
    expect([posted.status, message]).toEqual([
      201,
      expect.objectContaining({
        messageType: "message",
        replyToId: null,
        body: messageOf(file).body,
        attachments: [expect.objectContaining({ id: guidOf(file), contentUrl: file.webDavUrl, name: "plan.docx" })],
      }),
    ]);
    const [stored] = bench.emulator.teams.messages(place);
    expect(stored).toMatchObject({ id: message.id, contentType: "html", attachments: [{ name: "plan.docx" }] });
    expect(stored!.attachments[0]!.file).toMatchObject({ id: file.id, sha256: file.sha256 });
    expect(await read(bench.graph("GET", `${place.path}/messages/${message.id}`))).toMatchObject(message);
    expect(await read(bench.graph("GET", `${place.path}/messages`))).toMatchObject({ value: [{ id: message.id }] });
    expect(bench.emulator.requests[0]!.kind).toBe("chat");
  });

  test("accepts a message without a file, also as text", async () => {
    const place = add();
    expect((await post(place, { body: { content: "Hello" } })).status).toBe(201);
    expect(bench.emulator.teams.messages(place)).toMatchObject([{ contentType: "text", attachments: [] }]);
  });

  test("is found in any letter case, with its id encoded or in parentheses", async () => {
    const { path, id } = add();
    for (const each of [path.toUpperCase().replace(id.toUpperCase(), id), path.replace(id, encodeURIComponent(id))]) {
      expect((await read(bench.graph("GET", each))).id).toBe(id);
    }
    expect((await read(bench.graph("GET", path.replace(`/${id}`, `('${id}')`)))).id).toBe(id);
    expect((await bench.graph("GET", `${path}0`)).status).toBe(404);
    expect((await bench.graph("GET", `${path}/messages/1`)).status).toBe(404);
    expect((await bench.graph("DELETE", path)).status).toBe(405);
  });
});

describe("a message is accepted only in the documented form", () => {
  test.each<[string, (attached: DriveFile) => object]>([
    ["no body", (attached) => ({ ...messageOf(attached), body: undefined })],
    ["an empty body", (attached) => ({ ...messageOf(attached), body: { contentType: "html", content: "" } })],
    ["a body of text", (attached) => ({ ...messageOf(attached), body: { content: tag(guidOf(attached)) } })],
    ["a body without the tag", (attached) => ({ ...messageOf(attached), body: { contentType: "html", content: "x" } })],
    ["a tag without its attachment", (attached) => ({ ...messageOf(attached), attachments: [] })],
    ["the same attachment twice", (attached) => twice(messageOf(attached))],
    ["no id", (attached) => messageOf(attached, undefined, { id: undefined })],
    ["an id that is no GUID", (attached) => messageOf(attached, "1")],
    [
      "an id that is not the one in the eTag",
      (attached) => messageOf(attached, "153fa47d-18c9-4179-be08-9879815a9f90"),
    ],
    ["no name", (attached) => messageOf(attached, undefined, { name: "" })],
    ["no contentType", (attached) => messageOf(attached, undefined, { contentType: undefined })],
    [
      "a URL that is none of a file",
      (attached) => messageOf(attached, undefined, { contentUrl: `${attached.webDavUrl}x` }),
    ],
    [
      "the URL of a folder",
      (attached) => messageOf(attached, undefined, { contentUrl: attached.webDavUrl.replace(/\/[^/]+$/, "") }),
    ],
    ["an unknown property", (attached) => ({ ...messageOf(attached), text: "x" })],
    ["an unknown property of an attachment", (attached) => messageOf(attached, undefined, { size: 10 })],
  ])("not with %s", async (_what, body) => {
    const chat = bench.emulator.teams.addChat();
    const response = await post(chat, body(file));
    expect([response.status, (await errorOf(response)).code]).toEqual([400, "BadRequest"]);
    expect(bench.emulator.teams.messages(chat)).toEqual([]);
  });

  const twice = <T extends { attachments: object[] }>(message: T): T => ({
    ...message,
    attachments: [...message.attachments, ...message.attachments],
  });

  test("not with a file that was deleted", async () => {
    await bench.graph("DELETE", file.path);
    expect((await post(bench.emulator.teams.addChat(), messageOf(file))).status).toBe(400);
  });

  test("with webUrl instead of webDavUrl, and with any GUID in that variation", async () => {
    const chat = bench.emulator.teams.addChat();
    expect((await post(chat, messageOf(file, undefined, { contentUrl: file.webUrl }))).status).toBe(201);
    bench.emulator.vary({ teamsAttachmentId: "any" });
    expect((await post(chat, messageOf(file, "153fa47d-18c9-4179-be08-9879815a9f90"))).status).toBe(201);
  });

  test("with cards, which refer to no file", async () => {
    const chat = bench.emulator.teams.addChat();
    const card = { id: "c1", contentType: "application/vnd.microsoft.card.thumbnail", content: "{}" };
    const body = { contentType: "html", content: tag("c1") };
    expect((await post(chat, { body, attachments: [card] })).status).toBe(201);
    expect(bench.emulator.teams.messages(chat)[0]!.attachments).toEqual([]);
  });

  test.each<[Partial<Variations>, number]>([
    [{}, 413],
    [{ teamsTooLarge: 400 }, 400],
  ])("not above 28 KB: %j", async (changes, status) => {
    bench.emulator.vary(changes);
    const chat = bench.emulator.teams.addChat();
    const long = (length: number) => post(chat, { body: { content: "x".repeat(length) } });
    const response = await long(28 * 1024);
    expect([response.status, (await errorOf(response)).code]).toEqual([status, "RequestBodyTooLarge"]);
    expect((await long(28_000)).status).toBe(201);
  });
});

describe("a chat", () => {
  test("lists its members in pages", async () => {
    bench.emulator.vary({ teamsPageSize: 2 });
    const members = ["adele@contoso.example", "alex@contoso.example"];
    const chat = bench.emulator.teams.addChat({ members });
    const first = await read<{ value: object[]; "@odata.nextLink": string }>(
      bench.graph("GET", `${chat.path}/members`),
    );
    const path = first["@odata.nextLink"].replace(`${bench.emulator.graphUrl}v1.0`, "");
    const second = await read<{ value: object[] }>(bench.graph("GET", path));
    expect(second).not.toHaveProperty("@odata.nextLink");
    expect([...first.value, ...second.value]).toMatchObject(chat.members);
    expect(chat.members.map(({ email }) => email)).toEqual(["megan@contoso.example", ...members]);
    expect(await read(bench.graph("GET", `/me${chat.path}?$expand=members`))).toMatchObject({
      ...{ id: chat.id, chatType: "group" },
      members: chat.members,
    });
  });

  test("shows who of its members may read a file", async () => {
    const chat = bench.emulator.teams.addChat();
    const recipients = chat.members.slice(1).map(({ userId }) => ({ objectId: userId }));
    await bench.graph("POST", `${file.path}/invite`, { recipients, roles: ["read"] });
    await post(chat, messageOf(file));
    const [message] = bench.emulator.teams.messages(chat);
    expect(message!.attachments[0]!.readers).toEqual([chat.members[1]!.userId]);
    expect(bench.emulator.drive.readers(file)).toEqual([chat.members[1]!.userId]);
  });

  test("has no folder, and no replies", async () => {
    const { path } = bench.emulator.teams.addChat();
    expect((await bench.graph("GET", `${path}/filesFolder`)).status).toBe(400);
    expect((await bench.graph("POST", `${path}/messages/1/replies`, {})).status).toBe(400);
  });
});

describe("a channel", () => {
  test("has its folder in the drive of its team", async () => {
    const channel = bench.emulator.teams.addChannel({ name: "Design" });
    const folder = await read<{ id: string; name: string; parentReference: { driveId: string } }>(
      bench.graph("GET", `${channel.path}/filesFolder`),
    );
    const drive = bench.emulator.drive.of(channel.drivePath);
    expect(folder).toMatchObject({ name: "Design", folder: {}, parentReference: { driveId: drive.id } });
    expect(drive.folders()).toEqual(["/Design"]);
    const path = `/drives/${folder.parentReference.driveId}/items/${folder.id}:/a.txt:/content`;
    expect((await bench.graph("PUT", path, "text")).status).toBe(201);
    expect((await post(channel, messageOf(drive.file("/Design/a.txt")))).status).toBe(201);
  });

  test("can have no folder at first", async () => {
    bench.emulator.vary({ teamsFolderDelay: 2 });
    const { path } = bench.emulator.teams.addChannel();
    for (let ask = 0; ask < 2; ask++) {
      const response = await bench.graph("GET", `${path}/filesFolder`);
      expect([response.status, (await errorOf(response)).message]).toEqual([
        404,
        "Folder location for this channel is not ready yet, please try again later.",
      ]);
    }
    expect((await bench.graph("GET", `${path}/filesFolder`)).status).toBe(200);
  });

  test("accepts replies to its messages, also with files", async () => {
    const channel = bench.emulator.teams.addChannel();
    const { id } = await read<{ id: string }>(post(channel, { subject: "Plan", body: { content: "See below" } }));
    const reply = await bench.graph("POST", `${channel.path}/messages/${id}/replies`, messageOf(file));
    expect([reply.status, await reply.json()]).toEqual([201, expect.objectContaining({ replyToId: id })]);
    expect(bench.emulator.teams.messages(channel)).toMatchObject([
      { id, subject: "Plan" },
      { replyToId: id, attachments: [{ name: "plan.docx" }] },
    ]);
    const ids = async (path: string) =>
      (await read<{ value: { id: string }[] }>(bench.graph("GET", `${channel.path}${path}`))).value.map(
        (each) => each.id,
      );
    expect(await ids("/messages")).toEqual([id]);
    expect(await ids(`/messages/${id}/replies`)).toHaveLength(1);
    expect((await bench.graph("POST", `${channel.path}/messages/1/replies`, messageOf(file))).status).toBe(404);
  });

  test("is found only in its own team", async () => {
    const { path } = bench.emulator.teams.addChannel();
    expect((await bench.graph("GET", path.replace(/teams\/[^/]+/, "teams/other"))).status).toBe(404);
    expect((await bench.graph("GET", path.replace(/\/teams\/[^/]+\/channels/, "/chats"))).status).toBe(404);
  });
});

test("a fault can meet a message", async () => {
  const chat = bench.emulator.teams.addChat();
  bench.emulator.fault({ on: { kind: "chat" }, status: 429, headers: { "Retry-After": "1" } });
  expect((await post(chat, messageOf(file))).status).toBe(429);
  expect((await post(chat, messageOf(file))).status).toBe(201);
  bench.emulator.verifyFaults();
});

test("PATCH changes the body of a message or event", async () => {
  const { emulator, graph } = bench;
  const body = { contentType: "html", content: `<a href="${file.webUrl}">plan.docx</a>` };
  for (const { path } of [emulator.addMessage({ body: "old" }), emulator.addEvent()]) {
    expect((await graph("PATCH", path, { body })).status).toBe(200);
    expect(await read(graph("GET", path))).toMatchObject({ body });
  }
});
