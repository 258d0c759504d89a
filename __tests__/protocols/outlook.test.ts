import type { FileInfo } from "../../src/file.js";
import { outlook } from "../../src/protocols/outlook.js";
import { COLLECTION, count, created, GRAPH, reply, sessionOf, UPLOAD_URL } from "../support/fakes";

const messages = [
  "/me/messages/m=",
  "/users/8a1e/messages/m",
  "/users/x@y.com/messages/m",
  "/users('x@y.com')/messages/m",
  "/me/messages('m=')",
  "/users(%27x@y.com%27)/messages(%27m%3D%27)",
  "/users('o''neil@y.com')/messages('m')",
  "/me/mailFolders/inbox/messages/m",
  "/me/mailFolders('inbox')/messages('m')",
  "/users/u/mailFolders/f/childFolders/a/messages/m",
  "/users/u/mailFolders/f/childFolders/a/childFolders/b/childFolders/c/childFolders/d/messages/m",
  "/me/mailFolders('f')/childFolders('a')/childFolders('b')/messages('m')",
  "/me/messages/m/event",
  "/ME/MAILFOLDERS/Inbox/Messages/m",
];
const events = [
  "/me/events/e",
  "/users('x@y.com')/events('e')",
  "/me/calendar/events/e",
  "/me/calendars/c/events/e",
  "/me/calendars('c')/events(%27e%27)",
  "/me/calendarGroups/g/calendars/c/events/e",
  "/me/calendarView/e",
  "/me/calendar/calendarView/e",
  "/users/u/calendars/c/calendarView/e",
  "/me/calendarGroups/g/calendars/c/calendarView/e/exceptionOccurrences/x",
  "/me/events/e/instances/i",
  "/users/u/events/e/exceptionOccurrences/x",
  "/me/calendarView('e')/instances('i')/exceptionOccurrences('x')",
  "/groups/g/events/e",
  "/groups/g/calendar/events/e",
  "/Me/CalendarGroups('g')/Calendars('c')/CalendarView('e')/Instances('i')",
];

describe("every spelling of a message or an event takes attachments", () => {
  test.each([...messages, ...events])("%s", (path) => {
    const collection = `${GRAPH}${path}/attachments`;
    const spellings = [path, `${path}/`, `${path}/attachments`, `${path}/attachments/`, `${path}/attachments#top`];
    expect(spellings.map((spelling) => outlook.target.collection(GRAPH + spelling))).toEqual(
      spellings.map(() => collection),
    );
    expect(outlook.target.collection(`${GRAPH}${path}/ATTACHMENTS`)).toBe(`${GRAPH}${path}/ATTACHMENTS`);
  });

  test.each([
    "https://graph.microsoft.com/v1.0",
    "https://graph.microsoft.com/beta",
    "https://graph.microsoft.us/v1.0",
    "https://dod-graph.microsoft.us/v1.0",
    "https://graph.microsoft.de/v1.0",
    "https://microsoftgraph.chinacloudapi.cn/v1.0",
    "https://canary.graph.microsoft.com/beta",
    "https://localhost:8443/v1.0",
    "https://proxy.contoso.com/tenants/7/graph/v1.0",
    "http://127.0.0.1:3000/v1.0",
  ])("on %s, because clouds and gateways differ only in their root", (root) => {
    expect(outlook.target.collection(`${root}/me/messages/m/attachments`)).toBe(`${root}/me/messages/m/attachments`);
    expect(outlook.target.collection(`${root}/me/calendar/events/e`)).toBe(`${root}/me/calendar/events/e/attachments`);
  });
});

const others = `
  /me/drive/items/i/attachments                 /drives/d/root:/messages/m/attachments
  /chats/c/messages/m/attachments               /me/chats/c/messages/m/attachments
  /users/u/chats/c/messages/m                   /teams/t/channels/c/messages/m/attachments
  /teams/t/channels/c/messages/m/replies/r      /groups/g/threads/t/posts/p/attachments
  /groups/g/conversations/c/threads/t/posts/p/inReplyTo/attachments
  /groups/g/messages/m                          /messages/m/attachments
  /me/messages/m/attachments/createUploadSession
  /me/messages/m/attachments/microsoft.graph.createUploadSession
  /me/messages/m/attachments/a                  /me/messages/m/attachments('a')
  /me/messages/m/attachments/a/$value           /me/messages/m/send
  /me/messages                                  /me/mailFolders/inbox/messages/
  /me/mailFolders/inbox                         /me/events
  /me/sendMail                                  /home/messages/m
  /me/todo/lists/l/tasks/t/attachments          /me/outlook/tasks/t/attachments
  /$batch                                       /`;

test.each(others.trim().split(/\s+/))("%s takes no Outlook attachments and passes through", (path) => {
  expect(outlook.target.collection(GRAPH + path)).toBeUndefined();
});

test("OData parameters are removed from the URL of a collection, and others are kept", () => {
  const path = "/me/messages/m/attachments";
  const of = (query: string) => outlook.target.collection(`${GRAPH}${path}?${query}`);
  expect(of("$select=id&$expand=a,b")).toBe(GRAPH + path);
  expect(of("%24top=1")).toBe(GRAPH + path);
  expect(of("a=1&$select=id&b=x%2Fy?z")).toBe(`${GRAPH}${path}?a=1&b=x%2Fy?z`);
  expect(outlook.target.collection(`${GRAPH}/me/messages/m/?a=1`)).toBe(`${GRAPH}${path}?a=1`);
});

test.each([
  "/me/messages/AAMk%3D/attachments?a=1",
  "/me/messages('AAMk=')/Attachments",
  "/ME/Messages(%27AAMk%3D%27)/attachments/",
  "/users/u@x.com/mailFolders/inbox/childFolders/a/messages/AAMk=",
  "/users('u@x.com')/messages('AAMk=')",
  "/me/mailFolders('inbox')/messages('AAMk=')",
  "/me/mailFolders('inbox')/messages/AAMk=",
  "/users('u@x.com')/mailFolders('inbox')/messages('AAMk=')/Attachments/?$select=id",
])("%s is the same item as /me/messages/AAMk=, so that writes to it wait for each other", (path) => {
  const item = outlook.target.item!(`${GRAPH}/me/messages/AAMk=/attachments`);
  expect(outlook.target.item!(outlook.target.collection(GRAPH + path)!)).toBe(item);
});

test("each instance of a series is an item of its own", () => {
  const of = (path: string) => outlook.target.item!(outlook.target.collection(GRAPH + path)!);
  const paths = ["/me/events/e", "/me/events/e/instances/i", "/me/events('e')/instances('j')"];
  expect(new Set(paths.map(of)).size).toBe(3);
});

const file = { name: "flower", size: 3_483_322 };

test("createUploadSession is written as documented, with only the metadata that is known", () => {
  const request = outlook.session.create(`${COLLECTION}?a=1`, file);
  const json = { "Content-Type": "application/json" };
  const url = `${COLLECTION}/createUploadSession?a=1`;
  expect(request).toEqual({ method: "POST", to: "api", url, headers: json, body: expect.any(String) });
  expect(JSON.parse(request.body as string)).toEqual({
    AttachmentItem: { attachmentType: "file", name: "flower", size: 3_483_322 },
  });
  const inline = { ...file, contentType: "image/jpeg", isInline: true, contentId: "my_inline_picture" };
  expect(JSON.parse(outlook.session.create(COLLECTION, inline).body as string)).toEqual({
    AttachmentItem: { attachmentType: "file", ...inline },
  });
});

test("a range goes to the unchanged upload URL with two headers", () => {
  const bytes = count(1_386_170);
  const range = { start: 2_097_152, end: 3_483_322, total: 3_483_322 };
  expect(outlook.session.put(sessionOf(), range, bytes)).toEqual({
    method: "PUT",
    to: "upload",
    url: UPLOAD_URL,
    headers: { "Content-Type": "application/octet-stream", "Content-Range": "bytes 2097152-3483321/3483322" },
    body: bytes,
  });
});

test("status and cancel go to the upload URL without a token, because the Outlook host refuses it", () => {
  expect(outlook.session.status!(sessionOf())).toEqual({ method: "GET", url: UPLOAD_URL, to: "upload" });
  expect(outlook.session.cancel!(sessionOf())).toEqual({ method: "DELETE", url: UPLOAD_URL, to: "upload" });
});

test("a small file is one fileAttachment with base64", () => {
  const details = { name: "smile", contentType: "image/gif", isInline: true, contentId: "smile" };
  const request = outlook.post.request(COLLECTION, { ...details, size: 3 }, Uint8Array.of(71, 73, 70));
  expect(request).toMatchObject({ method: "POST", to: "api", url: COLLECTION });
  expect(request.headers).toEqual({ "Content-Type": "application/json" });
  const type = "#microsoft.graph.fileAttachment";
  expect(JSON.parse(request.body as string)).toEqual({ "@odata.type": type, ...details, contentBytes: "R0lG" });
});

describe("a new attachment looks like Graph's own answer to a POST, without its bytes", () => {
  const inline = { ...file, contentType: "image/jpeg", isInline: true, contentId: "c" };
  const attachment = {
    "@odata.type": "#microsoft.graph.fileAttachment",
    id: "ID=",
    name: "flower",
    contentType: null,
    size: 3_483_322,
    isInline: false,
    contentId: null,
  };

  test("when the last range is answered", () => {
    const read = (about: FileInfo) => outlook.session.read(created("ID="), sessionOf({ file: about }));
    expect(read(file)).toEqual({ done: { attachment, location: expect.stringContaining("Attachments('ID=')") } });
    expect(read(inline)).toMatchObject({ done: { attachment: inline } });
  });

  test("when it is found in the list", () => {
    const list = reply(200, { value: [{ id: "ID=", name: "" }] });
    const read = (about: FileInfo) => outlook.list.read(list, about)?.items[0]?.attachment;
    expect(read(file)).toEqual(attachment);
    expect(read(inline)).toMatchObject(inline);
  });
});

test.each([
  ["#microsoft.graph.fileAttachment", true],
  ["microsoft.graph.FileAttachment", true],
  ["#microsoft.graph.itemAttachment", false],
  ["#microsoft.graph.referenceAttachment", false],
  ["#microsoft.graph.taskFileAttachment", false],
  [undefined, false],
  [7, false],
])("a body of type %p is uploaded to Outlook: %p", (type, expected) => {
  expect(outlook.post.inline.creates(type)).toBe(expected);
});

test("a listing asks only for ids and names, because attachments would include their bytes", () => {
  expect(outlook.list.request(COLLECTION, file)).toEqual({
    method: "GET",
    to: "api",
    url: `${COLLECTION}?$select=id,name`,
  });
  expect(outlook.list.request(`${COLLECTION}?a=1`, file).url).toBe(`${COLLECTION}?a=1&$select=id,name`);
});
