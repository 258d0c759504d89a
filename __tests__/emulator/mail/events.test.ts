import { bytes, fileAttachment, people, read } from "./support";
import { errorOf, startBench, type Bench } from "../support";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.emulator.close());
beforeEach(() => bench.emulator.reset());

const meeting = {
  subject: "Review",
  body: { contentType: "text", content: "Agenda" },
  start: { dateTime: "2030-01-01T10:00:00", timeZone: "UTC" },
  end: { dateTime: "2030-01-01T11:00:00", timeZone: "UTC" },
};
const letters = (): unknown[] =>
  bench.emulator.mailbox
    .outbox()
    .map(({ kind, recipients, attachments }) => [kind, recipients, attachments.map(({ name }) => name)]);

test.each([
  "/me/events",
  "/ME/Calendar/Events",
  "/users/megan@contoso.example/calendars/c/events",
  "/users('megan@contoso.example')/calendarGroups('g')/calendars('c')/events",
])("POST %s creates an event and sends invitations immediately, before a file can be attached", async (path) => {
  const { emulator, graph } = bench;
  const response = await graph("POST", path, { ...meeting, attendees: people("a@contoso.example") });
  const made = await read(response);
  expect([response.status, made]).toEqual([
    201,
    expect.objectContaining({
      ...meeting,
      attendees: people("a@contoso.example"),
      hasAttachments: false,
      isDraft: false,
    }),
  ]);
  expect(emulator.mailbox.outbox()).toMatchObject([
    { kind: "invitation", subject: "Review", body: "Agenda", attachments: [], item: { id: made.id } },
  ]);
  expect(emulator.events()).toMatchObject([{ id: made.id, subject: "Review", attendees: ["a@contoso.example"] }]);
});

test("attendees who are added after a file is attached get it with their invitation", async () => {
  const { emulator, graph } = bench;
  const { id } = await read(graph("POST", "/me/events", meeting));
  expect(letters()).toEqual([]);
  await graph("POST", `/me/events/${id}/attachments`, fileAttachment("agenda.pdf"));
  expect(letters()).toEqual([]);
  const patched = await read(graph("PATCH", `/me/events/${id}`, { attendees: people("a@contoso.example") }));
  expect(patched).toMatchObject({ id, hasAttachments: true, attendees: people("a@contoso.example") });
  expect(letters()).toEqual([["invitation", ["a@contoso.example"], ["agenda.pdf"]]]);
  expect(emulator.mailbox.outbox()[0]!.attachments[0]!.bytes.equals(bytes)).toBe(true);
});

test("a change of attendees sends invitations, updates and cancellations", async () => {
  const { graph } = bench;
  const attendees = people("a@contoso.example", "b@contoso.example");
  const { id } = await read(graph("POST", "/me/events", { ...meeting, attendees }));
  await graph("POST", `/me/events/${id}/attachments`, fileAttachment("late.pdf"));
  await graph("PATCH", `/me/events/${id}`, { attendees: people("b@contoso.example", "c@contoso.example") });
  await graph("PATCH", `/me/events/${id}`, { subject: "Review 2" });
  expect(letters()).toEqual([
    ["invitation", ["a@contoso.example", "b@contoso.example"], []],
    ["invitation", ["c@contoso.example"], ["late.pdf"]],
    ["update", ["b@contoso.example"], ["late.pdf"]],
    ["cancellation", ["a@contoso.example"], []],
    ["update", ["b@contoso.example", "c@contoso.example"], ["late.pdf"]],
  ]);
});

test("deleting an event sends a cancellation to those invited, and to nobody else", async () => {
  const { emulator, graph } = bench;
  const quiet = await read(graph("POST", "/me/events", meeting));
  const invited = emulator.addEvent({ subject: "Old", attendees: ["a@contoso.example"] });
  expect((await graph("DELETE", `/me/events/${quiet.id}`)).status).toBe(204);
  expect(letters()).toEqual([]);
  expect((await graph("DELETE", invited.path)).status).toBe(204);
  expect(letters()).toEqual([["cancellation", ["a@contoso.example"], []]]);
  expect([emulator.events(), (await graph("GET", invited.path)).status]).toEqual([[], 404]);
});

test("attachments inside a new event are dropped or refused, never stored", async () => {
  const { emulator, graph } = bench;
  const body = { ...meeting, attendees: people("a@contoso.example"), attachments: [fileAttachment("a")] };
  const response = await graph("POST", "/me/events", body);
  expect([response.status, (await read(response)).hasAttachments]).toEqual([201, false]);
  expect(letters()).toEqual([["invitation", ["a@contoso.example"], []]]);
  emulator.vary({ eventAttachments: "refuse" });
  const refused = await graph("POST", "/me/events", body);
  expect([refused.status, (await errorOf(refused)).code]).toEqual([400, "BadRequest"]);
  expect((await graph("POST", "/me/events", meeting)).status).toBe(201);
  expect([emulator.events().length, emulator.mailbox.outbox().length]).toEqual([2, 1]);
  emulator.vary({ eventAttachments: "drop" });
});

test("an event is read with $select", async () => {
  const { id } = await read(bench.graph("POST", "/me/events", meeting));
  const selected = await read(bench.graph("GET", `/me/events/${id}?$select=subject,hasAttachments`));
  expect(Object.keys(selected).sort()).toEqual(["@odata.context", "hasAttachments", "id", "subject"]);
});

test.each<[string, object]>([
  ["a property of messages", { toRecipients: [] }],
  ["attendees of another form", { attendees: ["a@contoso.example"] }],
  ["a start that is plain text", { start: "2030-01-01" }],
])("an event with %s is refused and nobody is invited", async (_what, more) => {
  const body = { ...meeting, attendees: people("a@contoso.example"), ...more };
  expect((await bench.graph("POST", "/me/events", body)).status).toBe(400);
  const { path } = bench.emulator.addEvent();
  expect((await bench.graph("PATCH", path, more)).status).toBe(400);
  expect([bench.emulator.events().length, letters()]).toEqual([1, []]);
});
