import type { Client, GraphError } from "@microsoft/microsoft-graph-client";
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { createAzureDevOpsClient, withLargeAttachments, type UploadError } from "../../src/index.js";
import { clientOf, fileOf, sha256 } from "../support/graph.js";

const large = fileOf(5_000_000);
const small = fileOf(1_000);
const edge = fileOf(3_140_000);
const to = [{ emailAddress: { address: "a@example.com" } }];
const fileAttachment = (name: string, bytes: Buffer, more: object = {}) => ({
  "@odata.type": "#microsoft.graph.fileAttachment",
  name,
  contentBytes: bytes.toString("base64"),
  ...more,
});
const itemAttachment = (name: string, size: number) => ({
  "@odata.type": "#microsoft.graph.itemAttachment",
  name,
  item: { "@odata.type": "#microsoft.graph.message", subject: "x".repeat(size) },
});
const event = {
  subject: "Meeting",
  start: { dateTime: "2030-01-01T10:00:00", timeZone: "UTC" },
  end: { dateTime: "2030-01-01T11:00:00", timeZone: "UTC" },
  attendees: [{ emailAddress: { address: "b@example.com" }, type: "required" }],
};
const deferred = { singleValueExtendedProperties: [{ id: "SystemTime 0x3FEF", value: "2030-01-01T00:00:00Z" }] };

let emulator: Emulator;
let client: Client;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => {
  emulator.reset();
  client = withLargeAttachments(clientOf(emulator), { delay: 1, retries: 2, timeout: 1_000 });
});
afterEach(() => {
  emulator.vary({
    ...{ jsonNames: "documented", newItemDelay: 0, answerAttachments: "keep", deferredMail: "send" },
    ...{ otherPaths: "found", mailSendOnly403: false, sharedMailbox403: false },
  });
  emulator.verifyFaults();
});
afterAll(() => emulator.close());

const kinds = () => emulator.requests.map(({ kind }) => kind).filter((kind) => kind !== "list");
const held = (attachments: readonly { name: string; sha256: string }[]) =>
  attachments.map(({ name, sha256 }) => [name, sha256]);
const failed = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: UploadError & GraphError) => error,
  );
const file = (name = "big.bin", bytes: Buffer<ArrayBuffer> = large) => new File([bytes], name);
const message = { subject: "s", toRecipients: to };
const sendMail = (...files: File[]) => client.api("/me/sendMail").withAttachments(files).post({ message });
const nothingIsLeft = () => {
  expect(emulator.mailbox.outbox()).toEqual([]);
  expect(emulator.mailbox.drafts()).toEqual([]);
  expect(emulator.events()).toEqual([]);
};

describe("names in any letter case", () => {
  beforeEach(() => emulator.vary({ jsonNames: "anyCase" }));

  test("a reply in the spelling of the SDKs keeps its text, its Cc and its files", async () => {
    const original = emulator.addMessage({ subject: "Hello", draft: false });
    const body = {
      Message: {
        Body: { ContentType: "Text", Content: "The text" },
        CcRecipients: [{ EmailAddress: { Address: "c@example.com" } }],
      },
    };
    await client.api(`${original.path}/reply`).withAttachments([file()]).post(body);
    const [sent] = emulator.mailbox.outbox();
    expect(sent).toMatchObject({ body: "The text", recipients: expect.arrayContaining(["c@example.com"]) });
    expect(held(sent!.attachments)).toEqual([["big.bin", sha256(large)]]);
  });

  test("a mail in that spelling with files inside, also of Outlook's older type, is taken over", async () => {
    const attachment = {
      "@odata.type": "#Microsoft.OutlookServices.FileAttachment",
      Name: "big.bin",
      ContentBytes: large.toString("base64"),
      ContentType: "text/x",
      IsInline: true,
      ContentId: "c",
    };
    const body = { Message: { Subject: "S", ToRecipients: to, Attachments: [attachment] }, SaveToSentItems: true };
    await client
      .api("/me/sendMail")
      .withAttachments([file("more.txt", small)])
      .post(body);
    const [sent] = emulator.mailbox.outbox();
    expect(sent!.subject).toBe("S");
    expect(held(sent!.attachments)).toEqual([
      ["big.bin", sha256(large)],
      ["more.txt", sha256(small)],
    ]);
    expect(sent!.attachments[0]).toMatchObject({ contentType: "text/x", isInline: true, contentId: "c" });
  });

  test("attendees in that spelling are invited only when the file is there", async () => {
    const { attendees, ...others } = event;
    await client
      .api("/me/events")
      .withAttachments([file()])
      .post({ ...others, Attendees: attendees });
    const [invitation, ...more] = emulator.mailbox.outbox();
    expect(more).toEqual([]);
    expect(held(invitation!.attachments)).toEqual([["big.bin", sha256(large)]]);
  });

  test("a single attachment in that spelling becomes an upload", async () => {
    const { path } = emulator.addMessage();
    const body = { "@odata.type": "#microsoft.graph.fileAttachment", Name: "big.bin" };
    await client.api(`${path}/attachments`).post({ ...body, ContentBytes: large.toString("base64") });
    expect(held(emulator.attachments(path))).toEqual([["big.bin", sha256(large)]]);
  });

  test("both spellings of one name are refused before anything is sent", async () => {
    const body = { message, Message: { subject: "other" } };
    expect(await failed(client.api("/me/sendMail").withAttachments([file()]).post(body))).toMatchObject({
      code: "invalid",
      message: expect.stringMatching(/both message and Message/),
    });
    expect(kinds()).toEqual([]);
  });
});

describe("what one request carries", () => {
  test.each(["inside the JSON", "next to it"])(
    "goes as one request with Mail.Send alone: a file of 3.14 MB %s",
    async (where) => {
      emulator.vary({ mailSendOnly403: true });
      const inside = where === "inside the JSON";
      const request = client.api("/me/sendMail");
      if (!inside) request.withAttachments([file("edge.bin", edge)]);
      const attachments = inside ? { attachments: [fileAttachment("edge.bin", edge)] } : {};
      await request.post({ message: { ...message, ...attachments }, saveToSentItems: false });
      expect(kinds()).toEqual(["mail"]);
      expect(held(emulator.mailbox.outbox()[0]!.attachments)).toEqual([["edge.bin", sha256(edge)]]);
    },
  );

  test.each(["inside the JSON", "next to it"])("is composed if the service finds it too large: %s", async (where) => {
    emulator.fault({ on: { kind: "mail" }, status: 413 });
    const inside = where === "inside the JSON";
    const request = client.api("/me/sendMail");
    if (!inside) request.withAttachments([file("edge.bin", edge)]);
    const attachments = inside ? { attachments: [fileAttachment("edge.bin", edge)] } : {};
    await request.post({ message: { ...message, ...attachments } });
    expect(kinds()).toEqual(["mail", "draft", "create", "range", "send"]);
    expect(held(emulator.mailbox.outbox()[0]!.attachments)).toEqual([["edge.bin", sha256(edge)]]);
  });

  test("of a stream can be read again when the service finds it too large", async () => {
    emulator.fault({ on: { kind: "mail" }, status: 413 });
    const stream = { file: new Blob([edge]).stream(), name: "edge.bin", size: edge.length };
    await client.api("/me/sendMail").withAttachments([stream]).post({ message });
    expect(held(emulator.mailbox.outbox()[0]!.attachments)).toEqual([["edge.bin", sha256(edge)]]);
  });

  test("above a threshold of your own is composed", async () => {
    client = withLargeAttachments(clientOf(emulator), { threshold: 2_000_000, delay: 1 });
    await sendMail(file("edge.bin", edge));
    expect(kinds()).toEqual(["draft", "create", "range", "send"]);
  });
});

describe("the caller's path", () => {
  beforeEach(() => emulator.vary({ otherPaths: "missing" }));

  test("an event in a shared calendar gets its files, and its people, there", async () => {
    const made = await client.api("/me/calendars/shared/events").withAttachments([file()]).post(event);
    expect(held(emulator.attachments(made.id))).toEqual([["big.bin", sha256(large)]]);
    expect(emulator.mailbox.outbox()).toHaveLength(1);
  });

  test("a message in a shared folder gets its files there, and is deleted there", async () => {
    const post = () => client.api("/me/mailFolders/shared/messages").withAttachments([file()]).post({ subject: "s" });
    const made = await post();
    expect(held(emulator.attachments(made.id))).toEqual([["big.bin", sha256(large)]]);
    emulator.reset();
    emulator.fault({ on: { kind: "create" }, status: 507 });
    expect(await failed(post())).toMatchObject({ statusCode: 507 });
    nothingIsLeft();
  });

  test("an item that is found nowhere is reported, not taken for deleted", async () => {
    const missing = { status: 404, body: { error: { code: "ErrorItemNotFound", message: "Not found." } } };
    emulator.fault(...(["create", "discard"] as const).map((kind) => ({ on: { kind }, ...missing, times: 5 })));
    const error = await failed(client.api("/me/messages").withAttachments([file()]).post({ subject: "s" }));
    const [draft] = emulator.mailbox.drafts();
    expect(error).toMatchObject({ code: "leftBehind", item: draft!.id, cause: { statusCode: 404 } });
  });
});

describe("a failure while the item is created", () => {
  test.each([
    { status: 503 },
    { status: 504, after: true },
    { status: 500 },
    { cutReply: true },
    { reset: "after" },
  ] as const)("is ridden over, and leaves one mail and no second draft: %j", async (fault) => {
    emulator.fault({ ...fault, on: { kind: "draft" }, headers: { "Retry-After": "0" } });
    await sendMail(file());
    expect(emulator.mailbox.outbox()).toHaveLength(1);
    expect(emulator.mailbox.drafts()).toEqual([]);
  });

  test.each([{ status: 503 }, { status: 504, after: true }, { cutReply: true }, { reset: "after" }] as const)(
    "is ridden over, and makes one event: %j",
    async (fault) => {
      emulator.fault({ ...fault, on: { kind: "draft" } });
      const made = await client.api("/me/events").withAttachments([file()]).post(event);
      expect(emulator.events()).toMatchObject([{ id: made.id, invited: ["b@example.com"] }]);
      expect(held(emulator.attachments(made.id))).toEqual([["big.bin", sha256(large)]]);
    },
  );

  test("keeps the transactionId that the caller has given", async () => {
    emulator.fault({ on: { kind: "draft" }, status: 503, after: true });
    const made = await client
      .api("/me/events")
      .withAttachments([file()])
      .post({ ...event, transactionId: "mine" });
    expect(made.transactionId).toBe("mine");
    expect(emulator.events()).toHaveLength(1);
  });

  test.each(["createReply", "createForward"])("is ridden over by %s", async (verb) => {
    const original = emulator.addMessage({ draft: false });
    emulator.fault({ on: { kind: "draft" }, status: 503, after: true });
    const made = await client.api(`${original.path}/${verb}`).withAttachments([file()]).post({ comment: "c" });
    expect(emulator.mailbox.drafts()).toMatchObject([{ id: made.id }]);
  });

  test("is none if the service takes no extended property in an answer: it is made without", async () => {
    const { path } = emulator.addMessage({ draft: false });
    emulator.fault({
      on: { kind: "draft" },
      status: 400,
      body: { error: { code: "ErrorInvalidProperty", message: "" } },
    });
    await client.api(`${path}/reply`).withAttachments([file()]).post({ comment: "c" });
    expect(emulator.mailbox.outbox()).toHaveLength(1);
  });

  test("that lasts is the service's own error", async () => {
    emulator.fault({
      on: { kind: "draft" },
      status: 503,
      times: 3,
      body: { error: { code: "ErrorServerBusy", message: "Busy." } },
    });
    expect(await failed(sendMail(file()))).toMatchObject({ statusCode: 503, code: "ErrorServerBusy" });
    nothingIsLeft();
  });

  test("a draft in one request whose 201 was cut is read again", async () => {
    emulator.fault({ on: { kind: "draft" }, cutReply: true });
    const made = await client
      .api("/me/messages")
      .withAttachments([file("a.txt", small)])
      .post({ subject: "s" });
    expect(made).toMatchObject({ id: expect.any(String), subject: "s", hasAttachments: true });
    expect(emulator.mailbox.drafts()).toHaveLength(1);
  });
});

describe("an item that is not found for a while", () => {
  test.each([1, 3])("is waited for: %s answers of 404", async (newItemDelay) => {
    emulator.vary({ newItemDelay });
    await sendMail(file());
    await sendMail(file(), file("more.txt", small));
    expect(emulator.mailbox.outbox()).toHaveLength(2);
    await client
      .api("/me/events")
      .withAttachments([file("a.txt", small)])
      .post(event);
    expect(emulator.events()).toMatchObject([{ invited: ["b@example.com"] }]);
  });

  test.each([
    ["send", "ErrorItemNotFound", 404],
    ["send", "ErrorNonExistentMailbox", 404],
    ["send", "ErrorNonExistentMailbox", 400],
    ["create", "ErrorItemNotFound", 404],
  ] as const)("%s waits out %s with status %i", async (kind, code, status) => {
    emulator.fault({ on: { kind }, times: 3, status, body: { error: { code, message: "Not there." } } });
    await sendMail(file());
    expect(emulator.mailbox.outbox()).toHaveLength(1);
  });

  test("the attendees wait for it", async () => {
    emulator.fault({ on: { kind: "patch" }, times: 3, status: 404 });
    await client.api("/me/events").withAttachments([file()]).post(event);
    expect(emulator.events()).toMatchObject([{ invited: ["b@example.com"] }]);
  });
});

describe("a mail that is sent later", () => {
  const later = { ...message, ...deferred };

  test("is not sent with deleteSentCopy, which would cancel it", async () => {
    emulator.vary({ deferredMail: "wait" });
    const post = client
      .api("/me/sendMail")
      .withAttachments([file()], { deleteSentCopy: true })
      .post({ message: later, saveToSentItems: false });
    expect(await failed(post)).toMatchObject({ code: "unsupported", message: expect.stringContaining("Drafts") });
    expect(kinds()).toEqual([]);
  });

  test("says where it waits if the reply to the sending is lost", async () => {
    emulator.vary({ deferredMail: "wait" });
    emulator.fault({ on: { kind: "send" }, reset: "after" });
    const error = await failed(client.api("/me/sendMail").withAttachments([file()]).post({ message: later }));
    expect(error).toMatchObject({ code: "uncertain", message: expect.stringContaining("Drafts") });
    expect(emulator.mailbox.outbox()).toHaveLength(1);
  });
});

test("the service's own words survive: a 503 to the sending keeps code, request id and Retry-After, and is no lost reply", async () => {
  emulator.fault({
    on: { kind: "send" },
    status: 503,
    headers: { "Retry-After": "0" },
    body: { error: { code: "ErrorServerBusy", message: "Busy.", innerError: { "request-id": "r1" } } },
  });
  const error = await failed(sendMail(file()));
  expect(error).toMatchObject({ code: "uncertain", message: expect.not.stringMatching(/lost|No reply/) });
  expect(error!.message).toContain("503");
  const cause = Reflect.get(error!, "cause") as GraphError;
  expect(cause).toMatchObject({ statusCode: 503, code: "ErrorServerBusy", requestId: "r1" });
  expect(cause.headers?.get("Retry-After")).toBe("0");
});

describe("attachments", () => {
  const four = [
    ["1-big", large],
    ["2-small", small],
    ["3-big", large],
    ["4-small", small],
  ] as const;
  const order = ["1-big", "2-small", "3-big", "4-small"];
  const names = () => emulator.mailbox.outbox()[0]!.attachments.map(({ name }) => name);

  test("keep the caller's order, next to the JSON and inside it", async () => {
    await sendMail(...four.map(([name, bytes]) => file(name, bytes)));
    expect(names()).toEqual(order);
    emulator.reset();
    const attachments = four.map(([name, bytes]) => fileAttachment(name, bytes));
    await client.api("/me/sendMail").post({ message: { ...message, attachments } });
    expect(names()).toEqual(order);
    emulator.reset();
    const { path } = emulator.addMessage({ draft: false });
    await client
      .api(`${path}/reply`)
      .withAttachments(four.map(([name, bytes]) => file(name, bytes)))
      .post({ comment: "c" });
    expect(names()).toEqual(order);
  });

  test("of items keep their order too, and those that do not fit go by a request of their own", async () => {
    const attachments = [itemAttachment("a", 3_000_000), itemAttachment("b", 3_000_000), fileAttachment("c", large)];
    await client.api("/me/sendMail").post({ message: { ...message, attachments } });
    expect(names()).toEqual(["a", "b", "c"]);
    emulator.reset();
    await client.api("/me/sendMail").post({ message: { ...message, attachments: attachments.slice(0, 2) } });
    expect(names()).toEqual(["a", "b"]);
  });

  test("and texts that no request carries are named with their size, before anything is sent", async () => {
    const attachments = [itemAttachment("Old mail", 5_000_000), fileAttachment("c", large)];
    expect(await failed(client.api("/me/sendMail").post({ message: { ...message, attachments } }))).toMatchObject({
      code: "tooLarge",
      message: expect.stringMatching(/Old mail has 5 MB/),
    });
    const body = { contentType: "Text", content: "x".repeat(5_100_000) };
    const post = client
      .api("/me/sendMail")
      .withAttachments([file()])
      .post({ message: { ...message, body } });
    expect(await failed(post)).toMatchObject({
      code: "tooLarge",
      message: expect.stringMatching(/text of the message \(body\) has 5\.1 MB/),
    });
    expect(kinds()).toEqual([]);
  });

  test.each(["reply", "replyAll", "forward"])(
    "that a create… call would drop arrive all the same: %s",
    async (verb) => {
      emulator.vary({ answerAttachments: "drop" });
      const { path } = emulator.addMessage({ draft: false });
      const body = verb === "forward" ? { toRecipients: to } : { comment: "c" };
      await client
        .api(`${path}/${verb}`)
        .withAttachments([file("a.txt", small), file()])
        .post(body);
      expect(names()).toEqual(["a.txt", "big.bin"]);
    },
  );

  test("that a new draft dropped are attached before it is sent", async () => {
    const shown = [{ id: "x", name: "big.bin", size: large.length }];
    for (const value of [[], shown]) emulator.fault({ on: { kind: "list" }, status: 200, body: { value } });
    await sendMail(file("a.txt", small), file());
    expect(names()).toEqual(["a.txt", "big.bin", "a.txt"]); // the first one only seemed to be missing
  });

  test("that the service confirmed and does not hold stop the mail", async () => {
    emulator.fault({ on: { kind: "list" }, times: 3, status: 200, body: { value: [] } });
    expect(await failed(sendMail(file()))).toMatchObject({
      message: expect.stringMatching(/big\.bin.*Nothing was sent/),
    });
    nothingIsLeft();
  });
});

test("a page of HTML with status 200 is no sending", async () => {
  const page = "<html><body>Sign in</body></html>";
  const headers = { "Content-Type": "text/html" };
  emulator.fault({ on: { kind: "send" }, status: 200, body: page, headers });
  expect(await failed(sendMail(file()))).toMatchObject({ code: "uncertain", item: expect.any(String) });
  emulator.fault({ on: { kind: "mail" }, status: 200, body: page, headers });
  expect(await failed(sendMail(file("a.txt", small)))).toMatchObject({ code: "uncertain" });
  expect(emulator.mailbox.outbox()).toEqual([]);
});

describe("an abort between the last file and the end leaves nothing", () => {
  test.each(["send", "patch"] as const)("while a 429 to %s is waited out", async (kind) => {
    const controller = new AbortController();
    emulator.fault({ on: { kind }, status: 429, headers: { "Retry-After": "30" } });
    const watch = setInterval(() => {
      if (emulator.requests.some((request) => request.kind === kind)) setTimeout(() => controller.abort(), 100);
    }, 20);
    const request =
      kind === "send"
        ? client.api("/me/sendMail").withAttachments([file()], { signal: controller.signal }).post({ message })
        : client.api("/me/events").withAttachments([file()], { signal: controller.signal }).post(event);
    expect(await failed(request)).toBeDefined();
    clearInterval(watch);
    nothingIsLeft();
  });

  test.each(["/me/sendMail", "/me/events"])("after the last byte, before the last request: %s", async (path) => {
    const controller = new AbortController();
    const onProgress = ({ loaded, total }: { loaded: number; total: number }) => {
      if (loaded === total) controller.abort();
    };
    const body = path === "/me/events" ? event : { message };
    const options = { signal: controller.signal, onProgress };
    expect(await failed(client.api(path).withAttachments([file()], options).post(body))).toBeDefined();
    nothingIsLeft();
  });
});

describe("withAttachments", () => {
  test("called twice adds up, and options add up", async () => {
    const loaded: number[] = [];
    await client
      .api("/me/sendMail")
      .withAttachments([file("a.txt", small)], { onProgress: (step) => loaded.push(step.loaded) })
      .withAttachments([file("b.txt", small)])
      .post({ message });
    expect(held(emulator.mailbox.outbox()[0]!.attachments).map(([name]) => name)).toEqual(["a.txt", "b.txt"]);
    expect(loaded.at(-1)).toBe(2 * small.length);
  });

  test.each(["get", "patch", "put", "delete", "getStream", "update"] as const)(
    "before %s is refused with what to do, and nothing is sent",
    async (method) => {
      const request = client.api("/me/messages/1").withAttachments([file()]);
      const error = await failed(request[method]({} as never));
      expect(error).toMatchObject({ code: "invalid", message: expect.stringContaining("post(…)") });
      expect(kinds()).toEqual([]);
    },
  );

  test("takes a bare file", async () => {
    const request = client.api("/me/sendMail");
    await request.withAttachments(file("a.txt", small) as never).post({ message });
    expect(emulator.mailbox.outbox()[0]!.attachments).toMatchObject([{ name: "a.txt" }]);
  });

  test("is refused on a client that would not send the files", () => {
    const azure = createAzureDevOpsClient({ organizationUrl: "https://dev.azure.com/x", personalAccessToken: "t" });
    expect(() => azure.api("/x").withAttachments([file()])).toThrow(/withLargeAttachments\(client\)/);
  });
});
