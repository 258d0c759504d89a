import type { Client, GraphError } from "@microsoft/microsoft-graph-client";
import { startEmulator, type Emulator, type FaultScript } from "../../src/emulator/index.js";
import { LargeAttachmentTask, withLargeAttachments, type UploadError, type UploadOptions } from "../../src/index.js";
import { clientOf, fileOf, sha256 } from "../support/graph.js";

const between = fileOf(3_100_000);
const large = fileOf(5_000_000);
const small = fileOf(1_000);

let emulator: Emulator;
let client: Client;
const clientWith = (options: UploadOptions = {}) =>
  withLargeAttachments(clientOf(emulator), { delay: 1, retries: 5, ...options });
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => {
  emulator.reset();
  client = clientWith();
});
afterEach(() => emulator.verifyFaults());
afterAll(() => emulator.close());

const kinds = () => emulator.requests.map(({ kind }) => kind).filter((kind) => kind !== "list");
const failed = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: UploadError & GraphError) => error,
  );
const refusal = (status: number, code: string, message = "No.") => ({ status, body: { error: { code, message } } });
const bodyOf = (bytes: Buffer, type = "fileAttachment") => ({
  "@odata.type": `#microsoft.graph.${type}`,
  name: "a.bin",
  contentBytes: bytes.toString("base64"),
});
const items = {
  "a message": () => ({ item: emulator.addMessage(), type: "fileAttachment" }),
  "an event": () => ({ item: emulator.addEvent(), type: "fileAttachment" }),
  "a task": () => ({ item: emulator.addTask(), type: "taskFileAttachment" }),
};
type Attach = (path: string, bytes: Buffer, type: string) => Promise<{ id: string; name: string }>;
const ways: Record<string, Attach> = {
  attach: (path, bytes) => client.api(path).attach(bytes, { name: "a.bin" }),
  "attach of a stream": (path, bytes) =>
    client.api(path).attach(new Blob([Uint8Array.from(bytes)]).stream(), { name: "a.bin", size: bytes.length }),
  "an intercepted POST": (path, bytes, type) =>
    client.api(`${path}/attachments`).post(bodyOf(bytes, type)) as ReturnType<Attach>,
};
const hashes = (item: { id: string }) => emulator.attachments(item as never).map((one) => one.sha256);

describe.each(Object.keys(ways))("%s", (way) => {
  const attach = ways[way]!;

  describe.each(Object.keys(items) as (keyof typeof items)[])("to %s", (kind) => {
    const statuses = kind === "a message" ? [400, 403, 404, 405, 501] : [403];
    test.each(statuses)("makes one POST if a session is refused with %p", async (status) => {
      const { item, type } = items[kind]();
      emulator.fault({ on: { kind: "create" }, ...refusal(status, "ErrorAccessDenied") });
      await expect(attach(item.path, between, type)).resolves.toMatchObject({ name: "a.bin" });
      expect(kinds()).toEqual(["create", "post"]);
      expect(hashes(item)).toEqual([sha256(between)]);
    });

    test("reports the refusal of a session for a file that fits into no POST", async () => {
      const { item, type } = items[kind]();
      emulator.fault({ on: { kind: "create" }, ...refusal(403, "ErrorAccessDenied", "Not here.") });
      const error = await failed(attach(item.path, large, type));
      expect(error).toMatchObject({ statusCode: 403, message: expect.stringMatching(/^Not here\. This may need/) });
      expect(kinds()).toEqual(["create"]);
    });

    test("waits until the service knows an item that was just created", async () => {
      const { item, type } = items[kind]();
      emulator.fault({ on: { kind: "create" }, times: 3, ...refusal(404, "ErrorItemNotFound") });
      await attach(item.path, large, type);
      expect(kinds().slice(0, 4)).toEqual(["create", "create", "create", "create"]);
      expect(hashes(item)).toEqual([sha256(large)]);
    });

    test("waits as long with the POST that replaces a refused session", async () => {
      const { item, type } = items[kind]();
      emulator.fault({ on: { kind: "create" }, ...refusal(404, "ErrorItemNotFound") });
      emulator.fault({ on: { kind: "post" }, times: 3, ...refusal(404, "ErrorItemNotFound") });
      await attach(item.path, between, type);
      expect(kinds()).toEqual(["create", "post", "post", "post", "post"]);
      expect(hashes(item)).toEqual([sha256(between)]);
    });
  });

  test("works in a US Government cloud, which has no sessions, up to what one POST carries", async () => {
    emulator.vary({ usGov: true });
    const item = emulator.addMessage();
    await attach(item.path, between, "fileAttachment");
    expect(hashes(item)).toEqual([sha256(between)]);
    emulator.vary({ usGov: false });
  });

  test("reports the refusal if the POST is refused as well", async () => {
    const item = emulator.addMessage();
    const never: FaultScript = refusal(403, "ErrorAccessDenied", "Never.");
    emulator.fault({ on: { kind: "create" }, ...never }, { on: { kind: "post" }, ...never });
    const error = await failed(attach(item.path, between, "fileAttachment"));
    expect(error).toMatchObject({ statusCode: 403, message: expect.stringMatching(/^Never\. This may need/) });
  });

  test("gives up after a few attempts if the item does not exist", async () => {
    const error = await failed(attach("/me/messages/none", large, "fileAttachment"));
    expect(error).toMatchObject({ statusCode: 404, code: "ErrorItemNotFound" });
    expect(kinds()).toEqual(["create", "create", "create", "create"]);
  });

  test("does not wait for what does not exist at all, such as a mailbox", async () => {
    emulator.fault({ on: { kind: "create" }, ...refusal(404, "MailboxNotEnabledForRESTAPI") });
    const error = await failed(attach(emulator.addMessage().path, large, "fileAttachment"));
    expect(error).toMatchObject({ statusCode: 404 });
    expect(kinds()).toEqual(["create"]);
  });
});

test.each(["attach", "an intercepted POST"])(
  "a lost reply to the POST that replaces a session is uncertain after %s",
  async (way) => {
    const item = emulator.addMessage();
    emulator.fault(
      { on: { kind: "create" }, ...refusal(403, "ErrorAccessDenied") },
      { on: { kind: "post" }, reset: "after" },
    );
    const error = await failed(ways[way]!(item.path, between, "fileAttachment"));
    expect(error).toMatchObject({ code: "uncertain", message: expect.stringMatching(/may have a\.bin/) });
    expect(hashes(item)).toEqual([sha256(between)]);
  },
);

test("attach of a small file waits until the service knows an item that was just created", async () => {
  const item = emulator.addMessage();
  emulator.fault({ on: { kind: "post" }, times: 2, ...refusal(404, "ErrorItemNotFound") });
  await client.api(item.path).attach(small, { name: "a.txt" });
  expect(kinds()).toEqual(["post", "post", "post"]);
  expect(hashes(item)).toEqual([sha256(small)]);
});

test("retries: 0 waits for nothing", async () => {
  client = clientWith({ retries: 0 });
  const error = await failed(client.api("/me/messages/none").attach(large, { name: "a.bin" }));
  expect(error).toMatchObject({ statusCode: 404 });
  expect(kinds()).toEqual(["create"]);
});

test("a task waits until the service knows an item that was just created", async () => {
  const item = emulator.addMessage();
  emulator.fault({ on: { kind: "create" }, times: 2, ...refusal(404, "ErrorItemNotFound") });
  const task = await LargeAttachmentTask.create(client, item.path, large, { name: "a.bin" });
  await task.upload();
  expect(hashes(item)).toEqual([sha256(large)]);
});

describe("a 412 after a small POST", () => {
  const conflict: FaultScript = { on: { kind: "post" }, ...refusal(412, "ErrorIrresolvableConflict") };

  test.each(["a message", "a task"] as const)("of a file that %s has kept attaches it once", async (kind) => {
    const { item } = items[kind]();
    emulator.addAttachment(item, { name: "a.txt", bytes: fileOf(10) });
    emulator.fault({ ...conflict, after: true });
    const attachment = await client.api(item.path).attach(small, { name: "a.txt" });
    expect(hashes(item).slice(1)).toEqual([sha256(small)]);
    expect(attachment).toMatchObject({ id: emulator.attachments(item)[1]!.id, name: "a.txt" });
    expect(attachment).not.toHaveProperty("contentBytes");
  });

  test("is repeated if the item holds nothing of that name, or another file", async () => {
    const item = emulator.addMessage();
    emulator.addAttachment(item, { name: "a.txt", bytes: fileOf(10) });
    emulator.fault({ ...conflict, times: 2 });
    await client.api(item.path).attach(small, { name: "a.txt" });
    expect(hashes(item).slice(1)).toEqual([sha256(small)]);
  });

  test("is uncertain if the item cannot be read", async () => {
    const item = emulator.addMessage();
    emulator.fault(
      { ...conflict, after: true },
      { on: { kind: "list" }, times: 1, ...refusal(403, "ErrorAccessDenied") },
    );
    const error = await failed(client.api(item.path).attach(small, { name: "a.txt" }));
    expect(error).toMatchObject({ code: "uncertain", cause: { statusCode: 412 } });
    expect(hashes(item)).toEqual([sha256(small)]);
  });
});

describe("base64 with white space", () => {
  const text = large.toString("base64");
  test.each([
    ["a newline at the end", `${text}\n`],
    ["lines of 2,000 characters", text.replace(/.{2000}/g, "$&\r\n")],
    ["a space in the middle", `${text.slice(0, 3_000_000)} ${text.slice(3_000_000)}`],
  ])("that is %s is uploaded as the file that it stands for", async (_, contentBytes) => {
    const item = emulator.addMessage();
    await client.api(`${item.path}/attachments`).post({ ...bodyOf(small), contentBytes });
    expect(hashes(item)).toEqual([sha256(large)]);
  });

  test("is taken in a message as well", async () => {
    const attachments = [{ ...bodyOf(small), contentBytes: text.replace(/.{2000}/g, "$&\r\n") }];
    await client.api("/me/messages").post({ subject: "x", attachments });
    expect(emulator.mailbox.drafts().map((draft) => draft.attachments.map((one) => one.sha256))).toEqual([
      [sha256(large)],
    ]);
  });
});

describe("what is no base64", () => {
  const wrong = large.toString("base64").slice(0, -3);
  test.each([
    ["an attachment", () => `${emulator.addMessage().path}/attachments`, { ...bodyOf(small), contentBytes: wrong }],
    ["a message", () => "/me/messages", { attachments: [{ ...bodyOf(small), contentBytes: wrong }] }],
    ["an event", () => "/me/events", { attachments: [{ ...bodyOf(small), contentBytes: wrong }] }],
    [
      "a message beside a large file",
      () => "/me/sendMail",
      { message: { attachments: [bodyOf(large), { ...bodyOf(small), contentBytes: wrong }] } },
    ],
  ])("passes in %s as it came", async (_, path, body) => {
    expect(await failed(client.api(path()).post(body))).toMatchObject({ statusCode: 413 });
    expect(emulator.requests).toHaveLength(1);
  });

  test("is named in a message whose files travel beside the JSON, before anything is sent", async () => {
    const body = { message: { attachments: [{ ...bodyOf(small), contentBytes: wrong }] } };
    const request = client.api("/me/sendMail").withAttachments([new File([Uint8Array.from(small)], "b.bin")]);
    expect(await failed(request.post(body))).toMatchObject({
      code: "tooLarge",
      message: expect.stringMatching(/^a\.bin has 6\.67 MB/),
    });
    expect(emulator.requests).toEqual([]);
  });

  const url = (bytes: Buffer) => `data:text/plain;base64,${bytes.toString("base64")}`;
  const spellings: [string, (bytes: Buffer) => unknown, RegExp][] = [
    ["a Buffer", (bytes) => bytes, /buffer\.toString\("base64"\)/],
    ["a Uint8Array", (bytes) => new Uint8Array(bytes.subarray(0, 600_000)), /buffer\.toString\("base64"\)/],
    ["a data: URL", url, /data: URL\. Give only what follows/],
  ];
  describe.each(spellings)("%s", (_, contentBytes, message) => {
    test("is named before anything is sent, if the body is too large for one request", async () => {
      const attachment = { ...bodyOf(small), contentBytes: contentBytes(large) };
      const path = `${emulator.addMessage().path}/attachments`;
      for (const [where, body] of [
        [path, attachment],
        ["/me/sendMail", { message: { attachments: [attachment] } }],
      ] as const) {
        expect(await failed(client.api(where).post(body))).toMatchObject({
          code: "invalid",
          message: expect.stringMatching(message),
        });
      }
      expect(emulator.requests).toEqual([]);
    });

    test("is named after the service's own words, if it refuses a small body", async () => {
      const path = `${emulator.addMessage().path}/attachments`;
      const error = await failed(client.api(path).post({ ...bodyOf(small), contentBytes: contentBytes(small) }));
      expect(error).toMatchObject({ statusCode: 400, code: "BadRequest" });
      expect(error!.message).toMatch(/^contentBytes is not valid base64\. contentBytes is/);
      expect(error!.message).toMatch(message);
    });
  });
});

describe("a # in the path, which ends it there", () => {
  const path = "/users/megan_contoso.com#EXT#@fabrikam.onmicrosoft.com/messages/m";
  const file = new Blob([Uint8Array.from(small)]);
  test.each<[string, () => Promise<unknown>]>([
    ["attach", () => client.api(path).attach(file, { name: "a" })],
    ["a task", () => LargeAttachmentTask.create(client, path, file, { name: "a" })],
    ["an intercepted POST", () => client.api(`${path}/attachments`).post(bodyOf(small)) as Promise<unknown>],
    ["withAttachments", async () => (await client.api(`${path}/reply`).withAttachments([]).post({})) as unknown],
  ])("is named by %s before anything is sent", async (_, work) => {
    expect(await failed(work())).toMatchObject({ code: "invalid", message: expect.stringMatching(/%23EXT%23/) });
    expect(emulator.requests).toEqual([]);
  });
});

describe("a 201 without a Location", () => {
  beforeEach(() => emulator.vary({ locationMissing: true }));
  afterAll(() => emulator.vary({ locationMissing: false }));
  const unchanged: FaultScript = { on: { kind: "list" }, reply: (reply) => reply };
  const renamed: FaultScript = {
    on: { kind: "list" },
    reply: (reply) => ({ ...reply, body: String(reply.body).replace("a?.bin", "a_.bin") }),
  };

  test("names the one new attachment, although the service has changed its name", async () => {
    const item = emulator.addMessage();
    emulator.addAttachment(item, { name: "old.bin", bytes: small });
    emulator.fault(unchanged, renamed);
    const attachment = await client.api(item.path).attach(large, { name: "a?.bin" });
    expect(attachment).toMatchObject({ id: emulator.attachments(item)[1]!.id, name: "a_.bin" });
  });

  test("names the only attachment, although the list of those before was refused", async () => {
    const item = emulator.addMessage();
    emulator.fault({ on: { kind: "list" }, ...refusal(403, "ErrorAccessDenied") });
    const attachment = await client.api(item.path).attach(large, { name: "a.bin" });
    expect(attachment).toMatchObject({ id: emulator.attachments(item)[0]!.id });
  });

  test("is uncertain, but not lost, if another file came in the meantime", async () => {
    const item = emulator.addMessage();
    emulator.fault(unchanged, {
      ...renamed,
      reply: (reply) => ({ ...reply, body: { value: [1, 2].map((id) => ({ id: String(id), name: `${id}.bin` })) } }),
    });
    const error = await failed(client.api(item.path).attach(large, { name: "a.bin" }));
    expect(error).toMatchObject({
      code: "uncertain",
      message: expect.stringMatching(/^Outlook has confirmed the file/),
    });
  });
});
