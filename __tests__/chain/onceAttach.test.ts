import type { Client, GraphError } from "@microsoft/microsoft-graph-client";
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import {
  createAzureDevOpsClient,
  LargeAttachmentHandler,
  LargeAttachmentHandlerOptions,
  LargeAttachmentTask,
  withLargeAttachments,
  type UploadError,
} from "../../src/index.js";
import { clientOf, fileOf, sha256 } from "../support/graph.js";

const large = fileOf(5_000_000);
const small = fileOf(1_000);
let emulator: Emulator;
let client: Client;
const options = { delay: 1, retries: 2, timeout: 20_000 };
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => {
  emulator.reset();
  client = withLargeAttachments(clientOf(emulator), options);
});
afterEach(() => emulator.verifyFaults());
afterAll(() => emulator.close());

const count = (kind: string) => kinds().filter((one) => one === kind).length;
const kinds = () => emulator.requests.map(({ kind }) => kind);
const hashes = (item: { id: string }) => emulator.attachments(item.id).map((one) => [one.name, one.sha256]);
const failed = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: UploadError & GraphError) => error,
  );
const items = {
  message: () => emulator.addMessage(),
  event: () => emulator.addEvent({ attendees: [] }),
};
const fileAttachment = (bytes: Buffer) => ({
  "@odata.type": "#microsoft.graph.fileAttachment",
  name: "a.bin",
  contentBytes: bytes.toString("base64"),
});

describe.each(["message", "event"] as const)("attach with once to a %s", (kind) => {
  describe.each([
    ["a large file", large],
    ["a small file", small],
  ])("%s", (_, bytes) => {
    const attach = (path: string, once = "job") => client.api(path).attach(bytes, { name: "a.bin", once });

    test("attaches it once, and answers the attachment that is there", async () => {
      const item = items[kind]();
      const first = await attach(item.path);
      const second = await attach(item.path);
      expect(second).toMatchObject({ id: first.id, name: "a.bin", "@odata.type": "#microsoft.graph.fileAttachment" });
      expect(hashes(item)).toEqual([["a.bin", sha256(bytes)]]);
    });

    test("another job, and a file of the same name that was there before, are others", async () => {
      const item = items[kind]();
      emulator.addAttachment(item, { name: "a.bin", bytes: small });
      await attach(item.path);
      await attach(item.path, "another job");
      await attach(item.path);
      expect(hashes(item)).toHaveLength(3);
    });

    test("a file whose reply was lost is found by the next try", async () => {
      const item = items[kind]();
      const last = bytes === large ? ({ kind: "range", range: "last" } as const) : ({ kind: "post" } as const);
      const real = globalThis.fetch;
      const dead = jest.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
        if (count(last.kind) > 0 && emulator.attachments(item).length > 0) throw new Error("dead");
        return real(input, init);
      });
      emulator.fault({ on: last, reset: "after" });
      expect(await failed(attach(item.path))).toBeDefined();
      dead.mockRestore();
      await attach(item.path);
      expect(hashes(item)).toEqual([["a.bin", sha256(bytes)]]);
    });

    test("an attachment that was deleted meanwhile is attached again", async () => {
      const item = items[kind]();
      const { id } = await attach(item.path);
      await client.api(`${item.path}/attachments/${id}`).delete();
      await attach(item.path);
      expect(hashes(item)).toHaveLength(1);
    });

    test("an intercepted POST with the same once is the same job", async () => {
      const item = items[kind]();
      const post = () =>
        client
          .api(`${item.path}/attachments`)
          .middlewareOptions([new LargeAttachmentHandlerOptions({ once: "job" })])
          .post(fileAttachment(bytes));
      const first = await post();
      expect(await post()).toMatchObject({ id: first.id, name: "a.bin" });
      expect(await attach(item.path)).toMatchObject({ id: first.id });
      expect(hashes(item)).toEqual([["a.bin", sha256(bytes)]]);
    });

    test("two workers at the same moment leave one attachment", async () => {
      emulator.vary({ conflicts: false });
      const item = items[kind]();
      const workers = [1, 2].map(() => withLargeAttachments(clientOf(emulator), options));
      await Promise.all(
        workers.map((worker) => worker.api(item.path).attach(new Blob([bytes]), { name: "a.bin", once: "job" })),
      );
      expect(hashes(item)).toEqual([["a.bin", sha256(bytes)]]);
      emulator.vary({ conflicts: true });
    });
  });
});

describe("once is refused before the first request", () => {
  const message = { subject: "s", toRecipients: [{ emailAddress: { address: "a@example.com" } }] };
  const sendMail = (more: object, body: object = { message }) =>
    client
      .api("/me/sendMail")
      .withAttachments([{ file: small, name: "a" }], more)
      .post(body);
  const middleware = (path: string, body: unknown, once: unknown = "job") =>
    client
      .api(path)
      .middlewareOptions([new LargeAttachmentHandlerOptions({ once: once as string })])
      .post(body);

  test.each([
    ["", /must not be empty/],
    ["  ", /must not be empty/],
    ["x".repeat(201), /up to 200 characters, but has 201/],
    [7, /must be a string, but is a number/],
    [null, /must be a string/],
    [{}, /must be a string/],
    ["\ud800", /half of a character/],
  ])("if it names no job: %j", async (once, words) => {
    const item = emulator.addMessage();
    for (const work of [
      sendMail({ once }),
      client.api(item.path).attach(small, { name: "a", once: once as string }),
      middleware("/me/sendMail", { message }, once),
      middleware(`${item.path}/attachments`, fileAttachment(small), once),
    ]) {
      expect(await failed(work)).toMatchObject({ code: "invalid", message: expect.stringMatching(words) });
    }
    expect(kinds()).toEqual([]);
  });

  test("together with deleteSentCopy, or without a copy in Sent Items", async () => {
    const without = { message, saveToSentItems: false };
    for (const work of [
      sendMail({ once: "job", deleteSentCopy: true }),
      sendMail({ once: "job" }, without),
      middleware("/me/sendMail", without),
    ]) {
      const error = await failed(work);
      expect(error).toMatchObject({ code: "invalid" });
      expect(error!.message).toMatch(/Omit saveToSentItems: false and deleteSentCopy/);
    }
    withLargeAttachments(client, { deleteSentCopy: true });
    expect(await failed(sendMail({ once: "job" }))).toMatchObject({ code: "invalid" });
    expect(kinds()).toEqual([]);
  });

  test("as the default of a client or handler, where it would make all its mails one", () => {
    expect(() => withLargeAttachments(clientOf(emulator), { once: "job" })).toThrow(/give it with its request/);
    expect(() => withLargeAttachments(client, { once: "job" })).toThrow(/give it with its request/);
    expect(() => new LargeAttachmentHandler({ once: "job" })).toThrow(/give it with its request/);
  });

  test("where nothing can hold its mark, or where nothing is made", async () => {
    const task = emulator.addTask();
    const chat = emulator.teams.addChat();
    const item = emulator.addMessage();
    const azure = createAzureDevOpsClient({
      organizationUrl: emulator.azureDevOps.organizationUrl,
      personalAccessToken: emulator.azureDevOps.personalAccessToken,
    });
    const { path } = emulator.azureDevOps.addWorkItem();
    const body = { ...fileAttachment(small), "@odata.type": "#microsoft.graph.taskFileAttachment" };
    for (const work of [
      client.api(task.path).attach(small, { name: "a", once: "job" }),
      middleware(`${task.path}/attachments`, body),
      client.api(emulator.drive.newFile("a.bin").path).attach(small, { once: "job" }),
      client.api(emulator.print.addDocument().path).attach(small, { name: "a", once: "job" }),
      azure.api(path).attach(small, { name: "a", once: "job" }),
      LargeAttachmentTask.create(client, item.path, large, { name: "a", once: "job" }),
      client
        .api(`${chat.path}/messages`)
        .withAttachments([{ file: small, name: "a" }], { once: "job" })
        .post({ body: { content: "c" } }),
      client.api(item.path).attach(small, { name: "a", once: "job", overflow: "link", maxSize: 10 }),
    ]) {
      expect(await failed(work)).toMatchObject({ code: "unsupported", message: expect.stringMatching(/once/) });
    }
    for (const work of [
      middleware(`${item.path}/send`, {}),
      middleware(`${item.path}/attachments`, { "@odata.type": "#microsoft.graph.itemAttachment", name: "a" }),
      middleware("/me/sendMail", "TUlNRQ=="),
      middleware("/me/things/1/attachments", fileAttachment(small)),
    ]) {
      expect(await failed(work)).toMatchObject({
        code: "invalid",
        message: expect.stringMatching(/once is for POSTs/),
      });
    }
    expect(kinds().filter((kind) => kind !== "item")).toEqual([]);
  });
});
