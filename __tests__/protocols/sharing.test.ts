import { mailboxOf } from "../../src/protocols/graph/path.js";
import { outlook } from "../../src/protocols/outlook.js";
import {
  attachReference,
  bodyWithLink,
  createLink,
  escaped,
  invite,
  readBody,
  readLink,
} from "../../src/protocols/sharing.js";
import { todo } from "../../src/protocols/todo.js";
import { within } from "../fuzz/support/check.js";
import { GRAPH, reply } from "../support/fakes.js";

describe("a file over the limit goes to a drive", () => {
  test.each([
    ["/me/messages/m1", "/me"],
    ["/users/a@b.c/mailFolders/f/childFolders/g/messages('m1')", "/users/a@b.c"],
    ["/Users('a%40b.c')/messages/m1", "/Users('a%40b.c')"],
    ["/me/calendars/c/events/e1", "/me"],
    ["/groups/g1/calendar/events/e1", "/groups/g1"],
    ["/me/messages/m1/event", "/me"],
  ])("for %s, to the drive of %s", (item, owner) => {
    for (const tail of ["", "/", "/attachments", "/Attachments/?$select=id", "/attachments?a=b#c"]) {
      const collection = outlook.target.collection(`${GRAPH}${item}${tail}`)!;
      expect(outlook.target.overflow!(collection)).toEqual({
        item: `${GRAPH}${item}`,
        folder: `${GRAPH}${owner}/drive/root:/Email%20attachments:/children`,
      });
    }
  });

  test("for a task, nowhere", () => {
    expect(todo.target.overflow).toBeUndefined();
    expect(mailboxOf(`${GRAPH}/groups/G1/events/e`)).toBe(`${GRAPH}/groups/g1`);
  });
});

test("a link is requested as documented", () => {
  expect(createLink(`${GRAPH}/me/drive/items/i1`, "organization")).toEqual({
    method: "POST",
    url: `${GRAPH}/me/drive/items/i1/createLink`,
    headers: { "Content-Type": "application/json" },
    body: '{"type":"view","scope":"organization"}',
    to: "api",
  });
});

test.each([
  [200, { link: { webUrl: "https://1drv.ms/x" } }, "https://1drv.ms/x"],
  [201, { Link: { WebUrl: "https://1drv.ms/x" } }, "https://1drv.ms/x"],
  [201, { link: { webUrl: "" } }, undefined],
  [201, { link: "https://1drv.ms/x" }, undefined],
  [201, undefined, undefined],
  [403, { link: { webUrl: "https://1drv.ms/x" } }, undefined],
])("the link in %i %j is %s", (status, body, expected) => {
  expect(readLink(reply(status, body))).toBe(expected);
});

test("a reference names its file by the link", () => {
  const { method, url, body } = attachReference(`${GRAPH}/me/messages/m/attachments`, "a.mp4", "https://1drv.ms/x");
  expect([method, url]).toEqual(["POST", `${GRAPH}/me/messages/m/attachments`]);
  expect(JSON.parse(body as string)).toEqual({
    "@odata.type": "#microsoft.graph.referenceAttachment",
    name: "a.mp4",
    sourceUrl: "https://1drv.ms/x",
    providerType: "oneDriveBusiness",
    permission: "view",
    isFolder: false,
  });
});

test("people are invited without an email", () => {
  const { url, body } = invite(`${GRAPH}/me/drive/items/i1`, [{ objectId: "u1" }]);
  expect(url).toBe(`${GRAPH}/me/drive/items/i1/invite`);
  expect(JSON.parse(body as string)).toEqual({
    recipients: [{ objectId: "u1" }],
    requireSignIn: true,
    sendInvitation: false,
    roles: ["write"],
  });
});

describe("the text of an item", () => {
  test.each([
    [200, { body: { contentType: "html", content: "<p>" } }, { contentType: "html", content: "<p>" }],
    [200, { Body: { ContentType: "HTML", Content: "<p>" } }, { contentType: "HTML", content: "<p>" }],
    [200, { body: {} }, { contentType: "text", content: "" }],
    [200, { body: null }, { contentType: "text", content: "" }],
    [200, { body: "x" }, undefined],
    [200, {}, undefined],
    [404, { body: {} }, undefined],
  ])("in %i %j is %j", (status, body, expected) => {
    const read = () => readBody(reply(status, body));
    expect(read()).toEqual(expected);
  });

  const url = "https://x.example/?a=1&b=%22";
  const anchor = '<p><a href="https://x.example/?a=1&amp;b=%22">a &amp; b.zip</a></p>';
  test.each([
    ["text", "Hello", `Hello\n\na & b.zip: ${url}\n`],
    ["Text", "", `\n\na & b.zip: ${url}\n`],
    ["html", "Hello", `Hello${anchor}`],
    ["HTML", "<body>x</body>", `<body>x${anchor}</body>`],
    ["html", "<BODY>x\n</BODY>\n</html>", `<BODY>x\n${anchor}</BODY>\n</html>`],
    ["html", "</body> in the text</body></html>", `</body> in the text${anchor}</body></html>`],
    ["html", "<body>x</body", `<body>x</body${anchor}`],
  ])("in %s, %j, gets the link at its end", (contentType, content, expected) => {
    const changed = bodyWithLink({ contentType, content }, "a & b.zip", url);
    expect(changed).toEqual({ contentType, content: expected });
    expect(bodyWithLink(changed, "a & b.zip", url)).toBe(changed); // not twice
  });

  test.each(["</body>", "</BODY", "<", "</body>\n", "a"])("is read fast, even if it is 1 MB of %j", (part) => {
    const content = part.repeat(Math.ceil(1_000_000 / part.length));
    const changed = within(1_000, () => bodyWithLink({ contentType: "html", content }, "a", url));
    expect(changed.content.length).toBeGreaterThan(content.length);
  });
});

test("text is escaped for elements and attributes", () => {
  expect(escaped(`<a href="x">&amp; 'b'`)).toBe("&lt;a href=&quot;x&quot;&gt;&amp;amp; 'b'");
});
