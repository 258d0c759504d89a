import { ask, bytes, fileAttachment, immutable, people, read } from "./support";
import { errorOf, openOutlook, rangeOf, sampleBytes, startBench, type Bench } from "../support";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.emulator.close());
beforeEach(() => bench.emulator.reset());

const to = people("a@contoso.example");
const status = async (response: Promise<Response>): Promise<number> => (await response).status;

test("a sent draft moves to Sent Items under another id", async () => {
  const { emulator, graph } = bench;
  const item = emulator.addMessage({ subject: "Hello", to: ["a@contoso.example"], body: "See" });
  emulator.addAttachment(item, { name: "a.bin", bytes });
  const response = await graph("POST", `${item.path}/send`);
  expect([response.status, await response.text()]).toEqual([202, ""]);
  const [sent] = emulator.mailbox.sentItems();
  expect(sent).toMatchObject({ subject: "Hello", isDraft: false, folder: "sentitems" });
  expect(sent!.id).not.toBe(item.id);
  expect((await errorOf(await graph("GET", item.path))).code).toBe("ErrorItemNotFound");
  expect(await status(graph("POST", `${item.path}/send`))).toBe(404);
  expect(await read(graph("GET", sent!.path))).toMatchObject({ id: sent!.id, isDraft: false, hasAttachments: true });
  expect(emulator.mailbox.outbox()).toMatchObject([
    { kind: "mail", subject: "Hello", recipients: ["a@contoso.example"], body: "See", item: { id: sent!.id } },
  ]);
  expect(emulator.mailbox.outbox()[0]!.attachments[0]!.bytes.equals(bytes)).toBe(true);
  expect(emulator.mailbox.drafts()).toEqual([]);
});

test.each<[string, Record<string, string>, Record<string, string>]>([
  ["created", immutable, {}],
  ["sent", {}, immutable],
])(
  "a draft that was %s with ImmutableId keeps its id, so that the sent copy can be found",
  async (_how, made, sent) => {
    const { emulator } = bench;
    const json = { "content-type": "application/json" };
    const body = JSON.stringify({ toRecipients: to });
    const { id } = await read(ask(bench, "POST", "/me/messages", { ...json, ...made }, body));
    expect(await status(ask(bench, "POST", `/me/messages/${id}/send`, sent))).toBe(202);
    expect(await read(bench.graph("GET", `/me/messages/${id}`))).toMatchObject({ id, isDraft: false });
    expect(emulator.mailbox.sentItems()).toMatchObject([{ id }]);
    expect(await status(bench.graph("POST", `/me/messages/${id}/send`))).toBe(400);
    expect(emulator.mailbox.outbox()).toHaveLength(1);
  },
);

test("a sent message refuses files, in one POST and in an earlier session", async () => {
  const { emulator, graph, send } = bench;
  const item = emulator.addMessage({ to: ["a@contoso.example"] });
  const url = await openOutlook(bench, item, { size: bytes.length });
  await ask(bench, "POST", `${item.path}/send`, immutable);
  expect(await status(graph("POST", `${item.path}/attachments`, fileAttachment("a")))).toBe(400);
  const AttachmentItem = { attachmentType: "file", name: "a", size: 9 };
  expect(await status(graph("POST", `${item.path}/attachments/createUploadSession`, { AttachmentItem }))).toBe(400);
  expect(await status(send(url, rangeOf(bytes, 0, bytes.length)))).toBe(404);
  expect(emulator.mailbox.sentItems()[0]!.attachments).toEqual([]);
});

describe("while a message is in transit", () => {
  beforeEach(() => bench.emulator.vary({ sentDelay: 2 }));
  afterEach(() => bench.emulator.vary({ sentDelay: 0 }));

  test("that many GETs still show the draft, and the next one does not", async () => {
    const { emulator, graph } = bench;
    const kept = emulator.addMessage({ to: ["a@contoso.example"] });
    const changed = emulator.addMessage({ to: ["a@contoso.example"] });
    await ask(bench, "POST", `${kept.path}/send`, immutable);
    await graph("POST", `${changed.path}/send`);
    expect(emulator.mailbox.drafts()).toHaveLength(2);
    for (const item of [kept, changed, kept, changed]) {
      expect(await read(graph("GET", item.path))).toMatchObject({ id: item.id, isDraft: true });
    }
    expect(await read(graph("GET", kept.path))).toMatchObject({ isDraft: false });
    expect(await status(graph("GET", changed.path))).toBe(404);
    expect([emulator.mailbox.drafts().length, emulator.mailbox.sentItems().length]).toEqual([0, 2]);
  });

  test("a second send is refused, and deleting the draft loses the message", async () => {
    const { emulator, graph } = bench;
    const item = emulator.addMessage({ to: ["a@contoso.example"] });
    await graph("POST", `${item.path}/send`);
    expect(await status(graph("POST", `${item.path}/send`))).toBe(400);
    expect(emulator.mailbox.outbox()).toHaveLength(1);
    expect(await status(graph("DELETE", item.path))).toBe(204);
    expect(emulator.mailbox.outbox()).toEqual([]);
  });
});

test.each([
  ["nobody", undefined],
  ["an empty list", []],
  ["an address that is none", people("nobody")],
])("a message to %s is not sent, by any request", async (_whom, toRecipients) => {
  const { emulator, graph } = bench;
  const { id } = await read(graph("POST", "/me/messages", { toRecipients }));
  const answers = [
    await graph("POST", `/me/messages/${id}/send`),
    await graph("POST", "/me/sendMail", { message: { toRecipients } }),
  ];
  for (const answer of answers) {
    expect([answer.status, (await errorOf(answer)).code]).toEqual([400, "ErrorInvalidRecipients"]);
  }
  expect([emulator.mailbox.outbox().length, emulator.mailbox.drafts().length]).toEqual([0, 1]);
});

test("the tenant's limit applies on sending, with 37 % for MIME, and the draft stays", async () => {
  const { emulator, graph } = bench;
  const item = emulator.addMessage({ to: ["a@contoso.example"] });
  emulator.addAttachment(item, { name: "a.bin", bytes: sampleBytes(1000) });
  emulator.vary({ tenantMessageLimit: 1369 });
  const answer = await graph("POST", `${item.path}/send`);
  expect([answer.status, (await errorOf(answer)).code]).toEqual([400, "ErrorMessageSizeExceeded"]);
  expect([emulator.mailbox.outbox().length, emulator.mailbox.drafts().length]).toEqual([0, 1]);
  emulator.vary({ tenantMessageLimit: 1371 });
  expect(await status(graph("POST", `${item.path}/send`))).toBe(202);
  emulator.vary({ tenantMessageLimit: 36700160 });
});

test.each([
  ["/me/sendMail", {}],
  ["/ME/SENDMAIL", {}],
  ["/users/megan@contoso.example/sendMail", { saveToSentItems: true }],
  ["/users('megan@contoso.example')/microsoft.graph.sendMail", { SaveToSentItems: "true" }],
])("%s sends with its attachments and keeps a copy", async (path, more) => {
  const { emulator, graph } = bench;
  const attachments = [fileAttachment("a.bin", bytes, { isInline: true, contentId: "logo" })];
  const message = { subject: "Hi", toRecipients: to, bccRecipients: people("b@contoso.example"), attachments };
  const response = await graph("POST", path, { Message: message, ...more });
  expect([response.status, await response.text()]).toEqual([202, ""]);
  const [mail] = emulator.mailbox.outbox();
  expect(mail).toMatchObject({ kind: "mail", recipients: ["a@contoso.example", "b@contoso.example"] });
  expect(mail!.attachments).toMatchObject([{ name: "a.bin", isInline: true, contentId: "logo" }]);
  expect(emulator.mailbox.sentItems()).toMatchObject([{ id: mail!.item!.id, subject: "Hi", isDraft: false }]);
});

test.each([false, "false"])("sendMail with saveToSentItems %p keeps no copy", async (saveToSentItems) => {
  const { emulator, graph } = bench;
  expect(await status(graph("POST", "/me/sendMail", { message: { toRecipients: to }, saveToSentItems }))).toBe(202);
  expect([emulator.mailbox.outbox().length, emulator.mailbox.sentItems().length]).toEqual([1, 0]);
  expect(emulator.mailbox.outbox()[0]!.item).toBeUndefined();
});

test.each([
  ["no message", {}, "ErrorInvalidParameter"],
  ["a stray parameter", { message: { toRecipients: to }, files: [] }, "BadRequest"],
  ["a property that no message has", { message: { toRecipients: to, colour: "red" } }, "BadRequest"],
  ["saveToSentItems that is no boolean", { message: { toRecipients: to }, saveToSentItems: 1 }, "BadRequest"],
  ["an attachment without type", { message: { toRecipients: to, attachments: [{ name: "a" }] } }, "BadRequest"],
  ["recipients of another form", { message: { toRecipients: ["a@contoso.example"] } }, "BadRequest"],
])("sendMail with %s is refused", async (_what, body, code) => {
  const answer = await bench.graph("POST", "/me/sendMail", body);
  expect([answer.status, (await errorOf(answer)).code]).toEqual([400, code]);
  expect(bench.emulator.mailbox.outbox()).toEqual([]);
});

test("MIME is stored as it is", async () => {
  const { emulator } = bench;
  const mime = Buffer.from("Subject: Hi\r\n\r\nText");
  const plain = { "content-type": "text/plain" };
  const base64 = mime.toString("base64");
  expect(await status(ask(bench, "POST", "/me/sendMail", plain, base64))).toBe(202);
  expect(emulator.mailbox.outbox()[0]!.mime!.equals(mime)).toBe(true);
  expect(await status(ask(bench, "POST", "/me/messages", plain, base64))).toBe(201);
  expect(emulator.mailbox.drafts()[0]!.mime!.equals(mime)).toBe(true);
  const bad = await ask(bench, "POST", "/me/sendMail", plain, "not base64");
  expect([bad.status, (await errorOf(bad)).code]).toEqual([400, "ErrorMimeContentInvalidBase64String"]);
});

test("send accepts no body and no other method", async () => {
  const { path } = bench.emulator.addMessage({ to: ["a@contoso.example"] });
  expect(await status(bench.graph("POST", `${path}/send`, { message: {} }))).toBe(400);
  expect(await status(bench.graph("GET", `${path}/send`))).toBe(405);
  expect(await status(bench.graph("POST", `${path}/microsoft.graph.send`))).toBe(202);
});

test("reset empties the outbox", async () => {
  await bench.graph("POST", "/me/sendMail", { message: { toRecipients: to } });
  bench.emulator.reset();
  expect([bench.emulator.mailbox.outbox(), bench.emulator.mailbox.sentItems()]).toEqual([[], []]);
});
