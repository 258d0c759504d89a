import type { Client, GraphError } from "@microsoft/microsoft-graph-client";
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { LargeAttachmentTask, withLargeAttachments, type UploadError } from "../../src/index.js";
import { clientOf, fileOf, sha256 } from "../support/graph.js";

const large = fileOf(5_000_000);
const small = fileOf(1_000);

let emulator: Emulator;
let client: Client;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => {
  emulator.reset();
  client = withLargeAttachments(clientOf(emulator), { delay: 1, retries: 2, timeout: 1_000 });
});
afterEach(() => {
  emulator.verifyFaults();
  emulator.vary({ teamsFolderDelay: 0 });
});
afterAll(() => emulator.close());

const failed = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: UploadError & GraphError) => error,
  );
const hashes = (item: { id: string }) => emulator.attachments(item as never).map((one) => one.sha256);
const stored = (drive = emulator.drive) => drive.files().map(({ filePath, sha256 }) => [filePath, sha256]);

test.each(["calendarGroup", "calendargroup", "calendarGroups/g", "calendarGroups('g')"])(
  "an event below %s takes attachments",
  async (group) => {
    const event = emulator.addEvent();
    await client.api(`/me/${group}/calendars/c/events/${event.id}`).attach(large, { name: "a.bin" });
    expect(hashes(event)).toEqual([sha256(large)]);
  },
);

test("an event is created below calendarGroup with its files", async () => {
  const request = client.api("/me/calendarGroup/calendars/c/events");
  const { id } = (await request.withAttachments([{ file: large, name: "a.bin" }]).post({ subject: "x" })) as {
    id: string;
  };
  expect(hashes({ id })).toEqual([sha256(large)]);
});

describe("the URL of createUploadSession is that of the attachments", () => {
  test.each([
    "createUploadSession",
    "createuploadsession",
    "microsoft.graph.createUploadSession",
    "createUploadSession/",
  ])("%s", async (action) => {
    for (const item of [emulator.addMessage(), emulator.addEvent(), emulator.addTask()]) {
      const url = `${item.path}/attachments/${action}`;
      await client.api(url).attach(small, { name: "small.bin" });
      await client.api(url).attach(large, { name: "large.bin" });
      const task = await LargeAttachmentTask.create(client, url, large, { name: "task.bin" });
      await task.upload();
      expect(hashes(item)).toEqual([small, large, large].map(sha256));
    }
  });
});

describe("an event in the calendar of a group, which takes no attachments", () => {
  const paths = [
    "/groups/g/events/e",
    "/groups/g/calendar/events/e",
    "/groups('g')/events('e')",
    "/groups/g/calendarView/e/instances/i",
  ];
  const message = expect.stringMatching(/^Events in the calendar of a group take no attachments\./);
  const body = {
    "@odata.type": "#microsoft.graph.fileAttachment",
    name: "a.bin",
    contentBytes: large.toString("base64"),
  };

  test.each(paths)("%s is refused before the first request", async (path) => {
    for (const work of [
      () => client.api(path).attach(small, { name: "a.bin" }),
      () => client.api(`${path}/attachments`).attach(large, { name: "a.bin" }),
      () => LargeAttachmentTask.create(client, path, large, { name: "a.bin" }),
      () => client.api(`${path}/attachments`).post(body) as Promise<unknown>,
    ]) {
      expect(await failed(work())).toMatchObject({ code: "unsupported", message });
    }
    expect(emulator.requests).toEqual([]);
  });

  test("may have a link to a file of any size, which the error names", async () => {
    await failed(client.api(paths[0]!).attach(small, { name: "a.bin", overflow: "link" }));
    expect(emulator.drive.of("/groups/g/drive").files()).toEqual([]);
    expect(emulator.requests.map(({ path }) => path.split("?")[0])).toContain(
      "/v1.0/groups/g/drive/root:/Email%20attachments/a.bin:/content",
    );
  });
});

describe("a reply with a quote", () => {
  test.each(["replyMessage", "ReplyMessage"])("in a chat takes files next to its %s", async (holder) => {
    const chat = emulator.teams.addChat();
    const { id } = (await client.api(`${chat.path}/messages`).post({ body: { content: "First" } })) as { id: string };
    const reply = (await client
      .api(`${chat.path}/messages/replyWithQuote`)
      .withAttachments([{ file: large, name: "film.mp4" }])
      .post({ messageIds: [id], [holder]: { body: { content: "See the file" } } })) as { attachments: object[] };
    expect(reply.attachments).toEqual([expect.objectContaining({ name: "film.mp4" })]);
    const [, last] = emulator.teams.messages(chat);
    expect(last).toMatchObject({ content: expect.stringMatching(/^See the file<attachment id=/) });
    expect(last!.attachments[0]!.readers).toEqual(chat.members.slice(1).map(({ userId }) => userId));
    expect(stored()).toEqual([["/Microsoft Teams Chat Files/film.mp4", sha256(large)]]);
  });

  test("that is refused leaves no file behind", async () => {
    const chat = emulator.teams.addChat();
    const error = await failed(
      client
        .api(`${chat.path}/messages/replyWithQuote`)
        .withAttachments([{ file: small, name: "a.txt" }])
        .post({ messageIds: ["none"], replyMessage: { body: { content: "x" } } }) as Promise<unknown>,
    );
    expect(error).toMatchObject({ statusCode: 404 });
    expect(stored()).toEqual([]);
  });
});

describe("the folder of a channel", () => {
  const folders = (channel: { path: string }) => [
    `${channel.path}/filesFolder`,
    `${channel.path}/filesFolder/children`,
    `${channel.path.replace(/channels.*/, "primaryChannel")}/filesFolder`,
  ];

  test.each([0, 1, 2])("takes files of any size (%p)", async (index) => {
    const channel = emulator.teams.addChannel();
    emulator.vary({ teamsFolderDelay: 1 });
    const path = folders(channel)[index]!;
    const file = await client.api(path).attach(large, { name: "a.bin" });
    expect(file).toMatchObject({ name: "a.bin", size: large.length });
    await client.api(path).attach(small, { name: "b.bin" });
    const task = await LargeAttachmentTask.create(client, path, large, { name: "c.bin" });
    const restored = await LargeAttachmentTask.restore(client, JSON.parse(JSON.stringify(task.session)), large);
    await restored.upload();
    expect(stored(emulator.drive.of(channel.drivePath))).toEqual([
      ["/General/a.bin", sha256(large)],
      ["/General/b.bin", sha256(small)],
      ["/General/c.bin", sha256(large)],
    ]);
  });

  test("that does not exist is reported as the service's refusal", async () => {
    const error = await failed(client.api("/teams/t/channels/c/filesFolder").attach(small, { name: "a" }));
    expect(error).toMatchObject({ statusCode: 404, code: "NotFound" });
  });
});

test.each(["messages", "replies"])("the primary channel takes %s with files", async (kind) => {
  const channel = emulator.teams.addChannel();
  const path = `${channel.path.replace(/channels.*/, "primaryChannel")}/messages`;
  const send = (where: string) =>
    client
      .api(where)
      .withAttachments([{ file: small, name: "a.txt" }])
      .post({ body: { content: "See" } }) as Promise<{ id: string }>;
  if (kind === "messages") await send(path);
  else {
    const { id } = (await client.api(path).post({ body: { content: "First" } })) as { id: string };
    await send(`${path}/${id}/replies`);
  }
  expect(emulator.teams.messages(channel).at(-1)!.attachments).toHaveLength(1);
  expect(stored(emulator.drive.of(channel.drivePath))).toEqual([["/General/a.txt", sha256(small)]]);
});
