import { azureDevOps } from "../../src/protocols/azureDevOps.js";
import { graphProtocols } from "../../src/protocols/index.js";
import { isSession, parseSession } from "../../src/upload/storedSession.js";
import type { UploadSession } from "../../src/uploadSession.js";

const known = [...graphProtocols, azureDevOps];

const session: UploadSession = {
  protocol: "outlook",
  collection: "https://graph.microsoft.com/v1.0/me/messages/AAMk=/attachments",
  uploadUrl: "https://outlook.office.com/x?authtoken=y",
  offset: 5,
  before: ["a"],
  file: { name: "a.bin", size: 10 },
};
const azure = {
  ...session,
  protocol: "azureDevOps",
  collection: "https://dev.azure.com/f/_apis/wit/attachments",
  attachment: { id: "de471719-27b2-40ab-ac40-4890f3eb1443", url: "https://dev.azure.com/x" },
};

test("accepts a session that has been through JSON", () => {
  expect(parseSession(JSON.parse(JSON.stringify(session)), known)).toEqual(session);
  const linked = { ...azure, linkTo: "https://dev.azure.com/f/_apis/wit/workitems/5" };
  expect(parseSession(linked, known)).toBe(linked);
});

test.each([
  undefined,
  null,
  {},
  "text",
  { ...session, protocol: "toString" },
  { ...session, protocol: "todo" },
  { ...session, collection: "https://graph.microsoft.com/v1.0/me/contacts/1" },
  { ...session, uploadUrl: 5 },
  { ...session, offset: -1 },
  { ...session, offset: 1.5 },
  { ...session, before: "a" },
  { ...session, before: [1] },
  { ...session, file: { name: "", size: 10 } },
  { ...session, file: { name: "a", size: "10" } },
  { ...azure, linkTo: "https://evil.example/f/_apis/wit/workitems/5" },
  { ...azure, linkTo: "https://dev.azure.com/f/_apis/wit/attachments" },
  { ...session, attachment: "a" },
  { ...session, linkTo: "https://graph.microsoft.com/v1.0/me/messages/AAMk=" },
  { ...session, uploadUrl: "http://outlook.office.com/x" },
])("refuses %j", (given) => {
  expect(isSession(given, known)).toBe(false);
  expect(() => parseSession(given, known)).toThrow(/not a stored upload session/);
});
