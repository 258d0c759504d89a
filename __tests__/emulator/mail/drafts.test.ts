import { bytes, fileAttachment, people, read } from "./support";
import { errorOf, sampleBytes, startBench, type Bench } from "../support";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.emulator.close());
beforeEach(() => bench.emulator.reset());

test.each([
  ["/me/messages", "drafts"],
  ["/users/megan@contoso.example/Messages", "drafts"],
  ["/users('megan@contoso.example')/mailFolders('inbox')/messages", "inbox"],
  ["/me/mailFolders/inbox/childFolders/a/childFolders/b=/messages", "b="],
])("POST %s makes a draft with its attachments in one request", async (path, parentFolderId) => {
  const { emulator, graph } = bench;
  const reference = { "@odata.type": "#microsoft.graph.referenceAttachment", name: "link", sourceUrl: "https://x" };
  const item = { "@odata.type": "#microsoft.graph.itemAttachment", name: "mail", item: { subject: "x" } };
  const response = await graph("POST", path, {
    subject: "Hello",
    body: { contentType: "HTML", content: "<b>See</b>" },
    toRecipients: people("a@contoso.example"),
    attachments: [fileAttachment("a.bin"), reference, item],
  });
  const made = await read(response);
  expect([response.status, made]).toEqual([
    201,
    expect.objectContaining({
      subject: "Hello",
      body: { contentType: "HTML", content: "<b>See</b>" },
      toRecipients: people("a@contoso.example"),
      ...{ hasAttachments: true, isDraft: true, parentFolderId },
      internetMessageId: expect.stringMatching(/^<.+@.+>$/) as unknown,
      createdDateTime: expect.stringMatching(/Z$/) as unknown,
    }),
  ]);
  expect(made).not.toHaveProperty("attachments");
  expect(emulator.mailbox.drafts()).toMatchObject([
    { id: made.id, recipients: ["a@contoso.example"], body: "<b>See</b>", folder: parentFolderId },
  ]);
  expect(emulator.attachments(made.id).map(({ name, via }) => [name, via])).toEqual([
    ["a.bin", "post"],
    ["link", "post"],
    ["mail", "post"],
  ]);
  expect(emulator.attachments(made.id)[0]!.bytes.equals(bytes)).toBe(true);
  expect(emulator.mailbox.outbox()).toEqual([]);
});

test("a draft is read with $select, changed and deleted like any message", async () => {
  const { graph } = bench;
  const { id, internetMessageId } = await read(graph("POST", "/me/messages", { subject: "Old" }));
  const path = `/me/messages/${id}`;
  const selected = await read(graph("GET", `${path}?$select=subject,IsDraft`));
  expect(Object.keys(selected).sort()).toEqual(["@odata.context", "id", "isDraft", "subject"]);
  const patched = await read(graph("PATCH", path, { subject: "New", toRecipients: people("a@contoso.example") }));
  expect(patched).toMatchObject({ id, internetMessageId, subject: "New", isDraft: true });
  expect((await graph("DELETE", path)).status).toBe(204);
  expect([(await graph("GET", path)).status, (await graph("DELETE", path)).status]).toEqual([404, 404]);
});

test("inline images do not count as attachments, as documented", async () => {
  const attachments = [fileAttachment("logo.png", bytes, { isInline: true, contentId: "logo" })];
  const made = await read(bench.graph("POST", "/me/messages", { attachments }));
  expect(made.hasAttachments).toBe(false);
  expect(bench.emulator.attachments(made.id)).toMatchObject([{ isInline: true, contentId: "logo" }]);
});

test.each<[string, object]>([
  ["a property that no message has", { colour: "red" }],
  ["a property of events", { attendees: [] }],
  ["a subject that is no text", { subject: 7 }],
  ["a body that is plain text", { body: "See" }],
  ["attachments that are no list", { attachments: {} }],
  ["an attachment of no type", { attachments: [{ name: "a", contentBytes: "" }] }],
  ["an attachment with broken base64", { attachments: [{ ...fileAttachment("a"), contentBytes: "a" }] }],
  ["a task's attachment", { attachments: [{ "@odata.type": "#microsoft.graph.taskFileAttachment", name: "a" }] }],
  ["one bad attachment after a good one", { attachments: [fileAttachment("a"), fileAttachment("")] }],
])("a draft with %s is refused as a whole", async (_what, body) => {
  const response = await bench.graph("POST", "/me/messages", body);
  expect([response.status, (await errorOf(response)).code]).toEqual([400, "BadRequest"]);
  expect(bench.emulator.mailbox.drafts()).toEqual([]);
});

test("PATCH cannot change attachments, which are a navigation property", async () => {
  const { path } = bench.emulator.addMessage();
  expect((await bench.graph("PATCH", path, { attachments: [fileAttachment("a")] })).status).toBe(400);
  expect(bench.emulator.attachments(path)).toEqual([]);
});

test.each(["/me/messages", "/me/sendMail", "reply", "createForward", "/me/events"])(
  "small files that make a request of more than 4 MiB together are refused on %s",
  async (path) => {
    const { emulator, graph } = bench;
    const url = path.startsWith("/") ? path : `${emulator.addMessage({ draft: false }).path}/${path}`;
    const attachments = Array.from({ length: 4 }, (_, at) => fileAttachment(`${at}`, sampleBytes(800_000)));
    const message = { toRecipients: people("a@contoso.example"), attachments };
    const response = await graph("POST", url, /messages$|events$/.test(path) ? message : { message });
    expect([response.status, (await errorOf(response)).message]).toEqual([
      413,
      "The maximum request length supported is 4MB.",
    ]);
    expect([emulator.mailbox.outbox(), emulator.mailbox.drafts(), emulator.events()]).toEqual([[], [], []]);
  },
);
