import { createService } from "../../../src/emulator/service.js";

let now = 1_000_000;
const service = createService({ graphUrl: "https://graph/", outlookUrl: "https://outlook/", now: () => now });
beforeEach(() => {
  service.reset();
  service.vary({ draftVisibleAfter: 30_000 });
});

function send(method: string, path: string, body: object | undefined = undefined) {
  const text = Buffer.from(body ? JSON.stringify(body) : "");
  const headers = { authorization: `Bearer ${service.token}`, "content-type": "application/json" };
  return service.handle({ origin: "graph", method, url: `https://graph/v1.0${path}`, headers, body: text });
}
const session = { AttachmentItem: { attachmentType: "file", name: "a.bin", size: 4_000_000 } };
const file = { "@odata.type": "#microsoft.graph.fileAttachment", name: "a.bin", contentBytes: "" };
const requests = (path: string) => [
  send("GET", path),
  send("GET", `${path}/attachments`),
  send("POST", `${path}/attachments`, file),
  send("POST", `${path}/attachments/createUploadSession`, session),
];

test.each(["message", "event"] as const)("a new %s gets 404 for every request until it is synchronized", (kind) => {
  const { path } = kind === "message" ? service.addMessage() : service.addEvent();
  now += 29_999;
  const early = requests(path);
  expect(early.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  for (const { body } of early) expect(JSON.parse(String(body)).error.code).toBe("ErrorItemNotFound");
  now += 1;
  expect(requests(path).map(({ status }) => status)).toEqual([200, 200, 201, 201]);
});

test("a received message and a task are there immediately, which nobody has just saved in Outlook", () => {
  expect(send("GET", service.addMessage({ draft: false }).path).status).toBe(200);
  expect(send("GET", service.addTask().path).status).toBe(200);
});
