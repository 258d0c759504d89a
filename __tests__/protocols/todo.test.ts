import { graphProtocols } from "../../src/protocols/index.js";
import { match } from "../../src/attach/match.js";
import { outlook } from "../../src/protocols/outlook.js";
import { todo } from "../../src/protocols/todo.js";
import { count, GRAPH, reply, sessionOf } from "../support/fakes";

const collection = `${GRAPH}/me/todo/lists/AAMDiFkfh=/tasks/AAMkADliMm=/attachments`;
const uploadUrl = `${GRAPH}/users/6f9a2a92/todo/lists/AAMDiFkfh=/tasks/AAMkADliMm=/attachmentSessions/AAMkADliMm=`;
const file = { name: "flower", size: 3_483_322 };
const session = sessionOf({ protocol: "todo", collection, uploadUrl, file });

describe("every spelling of a task takes attachments", () => {
  test.each([
    "/me/todo/lists/l=/tasks/t=",
    "/users/6f9a/todo/lists/l/tasks/t",
    "/users/x@y.com/todo/lists/l/tasks/t",
    "/users('x@y.com')/todo/lists('l')/tasks('t')",
    "/users(%27x@y.com%27)/todo/lists(%27l%27)/tasks(%27t%3D%27)",
    "/ME/ToDo/Lists/l/Tasks/t",
  ])("%s", (path) => {
    const spellings = [path, `${path}/`, `${path}/attachments`, `${path}/attachments/`, `${path}?$select=id`];
    const expected = spellings.map(() => `${GRAPH}${path}/attachments`);
    expect(spellings.map((spelling) => todo.target.collection(GRAPH + spelling))).toEqual(expected);
  });

  test.each([
    "https://graph.microsoft.com/beta",
    "https://graph.microsoft.us/v1.0",
    "https://dod-graph.microsoft.us/v1.0",
    "https://localhost:8443/v1.0",
    "https://proxy.contoso.com/tenants/7/graph/v1.0",
  ])("on %s", (root) => {
    expect(todo.target.collection(`${root}/me/todo/lists/l/tasks/t?a=1`)).toBe(
      `${root}/me/todo/lists/l/tasks/t/attachments?a=1`,
    );
  });
});

test.each([
  "/me/todo/lists/l/attachments",
  "/me/todo/lists/l",
  "/me/todo/lists/l/tasks",
  "/me/todo/tasks/t/attachments",
  "/me/todo/lists/l/tasks/t/attachments/createUploadSession",
  "/me/todo/lists/l/tasks/t/attachments/a",
  "/me/todo/lists/l/tasks/t/attachmentSessions/s/content",
  "/me/todo/lists/l/tasks/t/checklistItems/c",
  "/todo/lists/l/tasks/t/attachments",
  "/me/outlook/tasks/t/attachments",
  "/me/planner/tasks/t/attachments",
  "/sites/s/lists/l/items/i/attachments",
  "/me/messages/m/attachments",
])("%s takes no To Do attachments and passes through", (path) => {
  expect(todo.target.collection(GRAPH + path)).toBeUndefined();
});

test("one protocol at most takes a URL, and no two have the same name", () => {
  const of = (url: string) => match(url, graphProtocols);
  expect(of(collection)).toEqual({ protocol: todo, collection });
  expect(of(`${GRAPH}/me/events/e`)?.protocol).toBe(outlook);
  expect(of(`${GRAPH}/me/contacts/c`)).toBeUndefined();
  expect(new Set(graphProtocols.map(({ name }) => name)).size).toBe(graphProtocols.length);
});

test.each([
  "/me/todo/lists/AAMDiFkfh=/tasks/AAMkADliMm%3D",
  "/users/u/todo/lists('AAMDiFkfh=')/tasks/AAMkADliMm=/attachments",
  "/users('u')/todo/lists('AAMDiFkfh=')/tasks('AAMkADliMm=')/Attachments/",
])("%s is the same task, so that writes to it wait for each other", (path) => {
  expect(todo.target.item!(todo.target.collection(GRAPH + path)!)).toBe(todo.target.item!(collection));
});

test("createUploadSession is written as documented, without members that attachmentInfo does not have", () => {
  const known = { ...file, contentType: "image/jpeg" };
  const request = todo.session.create(collection, { ...known, isInline: true, contentId: "c" });
  expect(request).toMatchObject({ method: "POST", to: "api", url: `${collection}/createUploadSession` });
  expect(request.headers).toEqual({ "Content-Type": "application/json" });
  expect(JSON.parse(request.body as string)).toEqual({ attachmentInfo: { attachmentType: "file", ...known } });
  const bare = JSON.parse(todo.session.create(collection, file).body as string);
  expect(bare).toEqual({ attachmentInfo: { attachmentType: "file", ...file } });
});

test("a range goes to /content with the caller's token, because the bare URL answers 404", () => {
  const bytes = count(2_097_152);
  expect(todo.session.put(session, { start: 0, end: 2_097_152, total: 3_483_322 }, bytes)).toEqual({
    method: "PUT",
    to: "api",
    url: `${uploadUrl}/content`,
    headers: { "Content-Type": "application/octet-stream", "Content-Range": "bytes 0-2097151/3483322" },
    body: bytes,
  });
});

test("status and cancel go to the bare upload URL with the token, because DELETE of /content cancels nothing", () => {
  expect(todo.session.status!(session)).toEqual({ method: "GET", url: uploadUrl, to: "api" });
  expect(todo.session.cancel!(session)).toEqual({ method: "DELETE", url: uploadUrl, to: "api" });
});

test("a small file is one taskFileAttachment with base64, without members that only Outlook has", () => {
  const known = { name: "smile.txt", contentType: "text/plain", size: 3 };
  const request = todo.post.request(collection, { ...known, isInline: true, contentId: "c" }, Buffer.from("abc"));
  expect(JSON.parse(request.body as string)).toEqual({
    "@odata.type": "#microsoft.graph.taskFileAttachment",
    name: "smile.txt",
    contentType: "text/plain",
    contentBytes: "YWJj",
  });
});

describe("a new attachment looks like Graph's own answer to a POST, without its bytes", () => {
  const attachment = {
    "@odata.type": "#microsoft.graph.taskFileAttachment",
    id: "ID=",
    name: "flower",
    contentType: null,
    size: 3_483_322,
  };

  test("when the last range is answered", () => {
    const location = `${collection}/ID=`;
    const step = todo.session.read(reply(201, undefined, { Location: location }), session);
    expect(step).toEqual({ done: { attachment, location } });
  });

  test("when it is found in the list", () => {
    const page = todo.list.read(reply(200, { value: [{ id: "ID=", name: "" }] }), session.file);
    expect(page?.items[0]?.attachment).toEqual(attachment);
  });
});

test.each([
  ["#microsoft.graph.taskFileAttachment", true],
  ["#Microsoft.Graph.TaskFileAttachment", true],
  ["#microsoft.graph.fileAttachment", false],
  [null, false],
])("a body of type %p is uploaded to To Do: %p", (type, expected) => {
  expect(todo.post.inline.creates(type)).toBe(expected);
});

test("a listing goes to the collection with the token", () => {
  const { method, to, url } = todo.list.request(collection, session.file);
  expect([method, to, url.replace(/\?$/, "")]).toEqual(["GET", "api", collection]);
});
