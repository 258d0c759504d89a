import type { Item } from "../../../src/emulator/index";
import { bytes, fileAttachment, people, read } from "./support";
import { errorOf, startBench, type Bench } from "../support";

let bench: Bench;
let original: Item;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.emulator.close());
beforeEach(() => {
  bench.emulator.reset();
  const to = ["megan@contoso.example", "b@contoso.example"];
  const cc = ["c@contoso.example"];
  original = bench.emulator.addMessage({
    ...{ subject: "Plan", draft: false, from: "a@contoso.example", to, cc, body: "Old text" },
  });
  bench.emulator.addAttachment(original, { name: "plan.pdf", bytes });
});

const d = people("d@contoso.example");
const verbs: [string, object, string, string[], string[]][] = [
  ["reply", {}, "RE: Plan", ["a@contoso.example"], []],
  ["replyAll", {}, "RE: Plan", ["a@contoso.example", "b@contoso.example", "c@contoso.example"], []],
  ["forward", { toRecipients: d }, "FW: Plan", ["d@contoso.example"], ["plan.pdf"]],
];
const createForm = (verb: string): string => `create${verb[0]!.toUpperCase()}${verb.slice(1)}`;

test.each(verbs)("%s sends immediately, with its attachments", async (verb, more, subject, recipients, carried) => {
  const { emulator, graph } = bench;
  const message = { attachments: [fileAttachment("new.bin")] };
  const response = await graph("POST", `${original.path}/${verb}`, { comment: "See", message, ...more });
  expect([response.status, await response.text()]).toEqual([202, ""]);
  const [mail] = emulator.mailbox.outbox();
  expect(mail).toMatchObject({ kind: "mail", subject, recipients, body: expect.stringMatching(/^See[^]*Old text$/) });
  expect(mail!.attachments.map(({ name }) => name)).toEqual([...carried, "new.bin"]);
  expect(mail!.attachments.every((attachment) => attachment.bytes.equals(bytes))).toBe(true);
  expect(emulator.mailbox.sentItems()).toMatchObject([{ id: mail!.item!.id, subject }]);
});

test.each(verbs)(
  "the create… form of %s makes a draft of the same",
  async (verb, more, subject, recipients, carried) => {
    const { emulator, graph } = bench;
    const message = { attachments: [fileAttachment("new.bin")] };
    const body = { Comment: "See", Message: message, ...more };
    const response = await graph("POST", `${original.path}/microsoft.graph.${createForm(verb)}`, body);
    const made = await read(response);
    expect([response.status, made]).toEqual([201, expect.objectContaining({ subject, isDraft: true })]);
    expect(emulator.mailbox.outbox()).toEqual([]);
    expect(emulator.mailbox.drafts()).toMatchObject([{ id: made.id, recipients, folder: "drafts" }]);
    expect(emulator.attachments(made.id).map(({ name }) => name)).toEqual([...carried, "new.bin"]);
    expect((await graph("POST", `/me/messages/${made.id}/send`)).status).toBe(202);
    expect(emulator.mailbox.outbox()).toMatchObject([{ subject, recipients }]);
  },
);

test.each(["createReply", "createReplyAll", "createForward"])("%s needs no body", async (form) => {
  expect((await bench.graph("POST", `${original.path}/${form}`)).status).toBe(201);
  expect((await bench.graph("POST", `${original.path}/${form.toLowerCase()}`, {})).status).toBe(201);
});

test("the properties of message override those derived from the original", async () => {
  const message = { subject: "Other", toRecipients: d, body: { contentType: "html", content: "<p>New</p>" } };
  await bench.graph("POST", `${original.path}/reply`, { message });
  expect(bench.emulator.mailbox.outbox()).toMatchObject([
    { subject: "Other", recipients: ["d@contoso.example"], body: "<p>New</p>" },
  ]);
});

test("replyTo takes precedence over from, as documented", async () => {
  await bench.graph("PATCH", original.path, { replyTo: d });
  await bench.graph("POST", `${original.path}/reply`, { comment: "See" });
  expect(bench.emulator.mailbox.outbox()[0]!.recipients).toEqual(["d@contoso.example"]);
});

test("deleting a forwarded attachment from a draft leaves the one of the original", async () => {
  const { emulator, graph } = bench;
  const { id } = await read(graph("POST", `${original.path}/createForward`));
  const [copy] = emulator.attachments(id);
  expect((await graph("DELETE", `/me/messages/${id}/attachments/${copy!.id}`)).status).toBe(204);
  expect([emulator.attachments(id).length, emulator.attachments(original).length]).toEqual([0, 1]);
});

const text = { contentType: "text", content: "x" };
test.each<[string, string, object, string]>([
  ["reply", "comment and body", { comment: "See", message: { body: text } }, "BadRequest"],
  ["createReply", "comment and body", { comment: "See", message: { body: text } }, "BadRequest"],
  ["reply", "toRecipients outside of message", { toRecipients: d }, "BadRequest"],
  ["reply", "a comment that is no text", { comment: 7 }, "BadRequest"],
  ["reply", "a stray property", { message: { colour: "red" } }, "BadRequest"],
  ["forward", "nobody to go to", { comment: "See" }, "BadRequest"],
  ["forward", "two lists to go to", { toRecipients: d, message: { toRecipients: d } }, "BadRequest"],
  ["forward", "an empty list to go to", { toRecipients: [] }, "ErrorInvalidRecipients"],
])("%s with %s is refused and sends nothing", async (verb, _what, body, code) => {
  const { emulator, graph } = bench;
  const response = await graph("POST", `${original.path}/${verb}`, body);
  expect([response.status, (await errorOf(response)).code]).toEqual([400, code]);
  expect([emulator.mailbox.outbox(), emulator.mailbox.drafts()]).toEqual([[], []]);
});

test("a missing message cannot be answered", async () => {
  expect((await bench.graph("POST", "/me/messages/x=/reply", { comment: "See" })).status).toBe(404);
  expect((await bench.graph("GET", `${original.path}/reply`)).status).toBe(405);
});
