import type { FaultScript, RequestKind } from "../../../src/emulator/index";
import { arrived, ask, fileAttachment, immutable, people } from "./support";
import { errorOf, startBench, type Bench } from "../support";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.emulator.close());
beforeEach(() => bench.emulator.reset());
afterEach(() => bench.emulator.verifyFaults());

const to = people("a@contoso.example");
const message = { toRecipients: to };

/** Each kind of request, with a way to send one. */
const requests: [RequestKind, string, () => Promise<Response>][] = [
  ["draft", "POST of a message", () => bench.graph("POST", "/me/messages", message)],
  ["draft", "POST of an event", () => bench.graph("POST", "/me/events", { attendees: to })],
  ["draft", "createReply", () => bench.graph("POST", `${received()}/createReply`)],
  ["draft", "createReplyAll", () => bench.graph("POST", `${received()}/createReplyAll`)],
  ["draft", "createForward", () => bench.graph("POST", `${received()}/createForward`)],
  ["send", "send", () => bench.graph("POST", `${draft()}/send`)],
  ["mail", "sendMail", () => bench.graph("POST", "/me/sendMail", { message })],
  ["mail", "reply", () => bench.graph("POST", `${received()}/reply`, { comment: "x" })],
  ["mail", "replyAll", () => bench.graph("POST", `${received()}/replyAll`, { comment: "x" })],
  ["mail", "forward", () => bench.graph("POST", `${received()}/forward`, { toRecipients: to })],
  ["patch", "PATCH of a message", () => bench.graph("PATCH", draft(), { subject: "x" })],
  ["patch", "PATCH of an event", () => bench.graph("PATCH", bench.emulator.addEvent().path, { attendees: to })],
  ["discard", "DELETE of a message", () => bench.graph("DELETE", draft())],
  ["discard", "DELETE of an event", () => bench.graph("DELETE", bench.emulator.addEvent().path)],
];
const draft = (): string => bench.emulator.addMessage({ to: ["a@contoso.example"] }).path;
const received = (): string => bench.emulator.addMessage({ draft: false }).path;

test.each(requests)("a fault on %s meets %s", async (kind, _what, request) => {
  bench.emulator.fault({ on: { kind }, status: 503, headers: { "Retry-After": "1" } });
  const refused = await request();
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
  expect(bench.emulator.mailbox.outbox()).toEqual([]);
  expect((await request()).ok).toBe(true);
  expect(bench.emulator.requests.map((entry) => entry.kind)).toEqual([kind, kind]);
});

test.each<[string, FaultScript, number]>([
  ["before", { reset: "before" }, 0],
  ["midway", { reset: "midway" }, 0],
  ["after", { reset: "after" }, 1],
  ["inside the answer", { cutReply: true }, 1],
])("a mail whose connection breaks %s is sent the stated number of times", async (_when, fault, count) => {
  const { emulator, graph } = bench;
  emulator.fault({ on: { kind: "mail" }, ...fault });
  await graph("POST", "/me/sendMail", { message }).then(
    (response) => response.text(),
    () => "lost",
  );
  expect(emulator.mailbox.outbox()).toHaveLength(count);
});

test("a send is done even if its answer is lost, and the missing draft shows it", async () => {
  const { emulator, graph } = bench;
  emulator.fault({ on: { kind: "send" }, reset: "after" });
  const path = draft();
  await expect(graph("POST", `${path}/send`)).rejects.toThrow("fetch failed");
  expect([emulator.mailbox.outbox().length, (await graph("GET", path)).status]).toEqual([1, 404]);
});

test("a draft with a lost answer stays as an orphan", async () => {
  const { emulator, graph } = bench;
  emulator.fault({ on: { kind: "draft" }, reset: "after" });
  await expect(graph("POST", "/me/messages", message)).rejects.toThrow("fetch failed");
  expect(emulator.mailbox.drafts()).toHaveLength(1);
});

test.each<[string, (path: string) => Promise<Response>]>([
  ["sending it", (path) => bench.graph("POST", `${path}/send`)],
  ["patching it", (path) => bench.graph("PATCH", path, { subject: "x" })],
  ["deleting it", (path) => bench.graph("DELETE", path)],
])("while a file goes to a draft, %s is a conflict and changes nothing", async (_what, request) => {
  const { emulator, graph } = bench;
  const path = draft();
  emulator.fault({ on: { kind: "post" }, delay: 600_000 });
  const stop = new AbortController();
  const headers = { authorization: `Bearer ${emulator.token}`, "content-type": "application/json" };
  const init = { method: "POST", headers, body: JSON.stringify(fileAttachment("a")), signal: stop.signal };
  const hanging = bench.send(`${emulator.graphUrl}v1.0${path}/attachments`, init).catch(() => "stopped");
  await arrived(bench, 1);
  const conflict = await request(path);
  expect([conflict.status, (await errorOf(conflict)).code]).toEqual([412, "ErrorIrresolvableConflict"]);
  expect(emulator.mailbox.outbox()).toEqual([]);
  expect(emulator.mailbox.drafts()).toMatchObject([{ subject: "" }]);
  expect((await graph("POST", "/me/sendMail", { message })).status).toBe(202);
  stop.abort();
  expect(await hanging).toBe("stopped");
});

test("a fifth simultaneous request to one mailbox is throttled and sends nothing", async () => {
  const { emulator, graph } = bench;
  emulator.fault({ on: { kind: "draft" }, times: 4, delay: 600_000 });
  const stop = new AbortController();
  const headers = { authorization: `Bearer ${emulator.token}`, "content-type": "application/json" };
  const init = { method: "POST", headers, body: "{}", signal: stop.signal };
  const hanging = ["messages", "messages", "events", "events"].map((name) =>
    bench.send(`${emulator.graphUrl}v1.0/me/${name}`, init).catch(() => "stopped"),
  );
  await arrived(bench, 4);
  const fifth = await graph("POST", "/users/megan@contoso.example/sendMail", { message });
  expect([fifth.status, (await errorOf(fifth)).code]).toEqual([429, "ApplicationThrottled"]);
  expect(emulator.mailbox.outbox()).toEqual([]);
  expect((await graph("POST", "/users/other@contoso.example/sendMail", { message })).status).toBe(202);
  stop.abort();
  expect(await Promise.all(hanging)).toEqual(Array(4).fill("stopped"));
});

test("Mail.Send alone allows sending, and refuses requests that create or change a draft", async () => {
  const { emulator } = bench;
  emulator.vary({ mailSendOnly403: true });
  const statuses: Record<string, number> = {};
  for (const [, what, request] of requests) statuses[what] = (await request()).status;
  statuses["POST of an attachment"] = (await bench.graph("POST", `${draft()}/attachments`, fileAttachment("a"))).status;
  emulator.vary({ mailSendOnly403: false });
  const forbidden = Object.keys(statuses).filter((what) => statuses[what] === 403);
  expect(forbidden).toEqual([
    ...["POST of a message", "createReply", "createReplyAll", "createForward"],
    ...["PATCH of a message", "DELETE of a message", "POST of an attachment"],
  ]);
  expect(emulator.mailbox.outbox().filter(({ kind }) => kind === "mail")).toHaveLength(5);
});

test("requests without a bearer create and send nothing", async () => {
  const headers = { authorization: "", "content-type": "application/json" };
  const body = JSON.stringify({ message });
  expect((await ask(bench, "POST", "/me/sendMail", headers, body)).status).toBe(401);
  expect(bench.emulator.mailbox.outbox()).toEqual([]);
});

test("the log keeps the Prefer header", async () => {
  await ask(bench, "POST", `${draft()}/send`, immutable);
  expect(bench.emulator.requests).toMatchObject([{ kind: "send", headers: immutable, status: 202 }]);
});
