import type { Reply } from "../../src/protocol.js";
import { outlook } from "../../src/protocols/outlook.js";
import { todo } from "../../src/protocols/todo.js";

const message = "https://graph.microsoft.com/v1.0/me/messages/m/attachments";
const reply = (status: number, code: string): Reply => ({
  status,
  headers: new Headers(),
  body: { error: { code, message: "In the service's words.", innerError: { "request-id": "r" } } },
});
const told = ({ body }: Reply) => (body as { error: { message: string } }).error.message;

test.each([
  ["a missing permission", outlook, message, 403, "ErrorAccessDenied", /Mail\.ReadWrite.*mailbox of somebody else/],
  ["a missing permission for tasks", todo, message, 403, "accessDenied", /Tasks\.ReadWrite/],
  ["a message over the limit of the organization", outlook, message, 400, "ErrorMessageSizeExceeded", /35 MB/],
  ["US Government", outlook, message.replace(".com", ".us"), 404, "ResourceNotFound", /US Government.*Share a link/],
  [
    "US Government, DoD",
    outlook,
    message.replace("graph.microsoft.com", "dod-graph.microsoft.us"),
    400,
    "x",
    /US Government/,
  ],
] as const)(
  "the refusal for %s keeps the service's own words and adds advice",
  (_, protocol, url, status, code, remedy) => {
    const explained = protocol.api.explain(reply(status, code), url);
    expect(told(explained)).toMatch(/^In the service's words\. /);
    expect(told(explained)).toMatch(remedy);
    expect(explained).toMatchObject({ status, body: { error: { code, innerError: { "request-id": "r" } } } });
  },
);

test.each([
  [outlook, message, 507, "quota"],
  [outlook, message, 404, "ErrorItemNotFound"],
  [todo, message.replace(".com", ".us"), 404, "x"],
] as const)("a refusal without advice stays unchanged", (protocol, url, status, code) => {
  expect(protocol.api.explain(reply(status, code), url)).toEqual(reply(status, code));
  const html = { ...reply(403, ""), body: "<html>" };
  expect(protocol.api.explain(html, url)).toEqual(html);
});
