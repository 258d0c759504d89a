import { item } from "../../src/protocols/graph/item.js";
import { reply } from "../support/fakes.js";

// A mail counts as sent only if the service says so.
test.each([
  [202, undefined, true],
  [200, { id: "a" }, true],
  [200, "<html>", undefined],
  [302, undefined, undefined],
])("a reply of %d with the body %j confirms a request: %s", (status, body, expected) => {
  const answer = { ...reply(200, body), status };
  expect(item.done(answer)).toBe(expected);
});

test("the members of a resource are read from a success", () => {
  expect(item.members({ ...reply(200, { id: "a" }), status: 302 })).toBeUndefined();
  expect(item.members(reply(201, { id: "a" }))).toEqual({ id: "a" });
});

// the texts are put in by hand, so nothing else may change
test.each<[string, object]>([
  ["base64", { contentBytes: "AAAA+/-_==", name: "a" }],
  ["no base64", { contentBytes: 'ä"\\', name: '"contentBytes":""' }],
  ["no text", { contentBytes: null, other: undefined, ["contentbytes"]: [1] }],
  [
    "several",
    { attachments: [{ contentBytes: "AQ==" }, { contentBytes: "" }, { contentBytes: "$&" }, { contentBytes: "Ag" }] },
  ],
])("an item is created with the JSON that JSON.stringify makes: %s", (_, body) => {
  expect(String(item.create("/items", body).body)).toBe(JSON.stringify(body));
});

test("bytes are written as base64, in their place", () => {
  const contentBytes = new Uint8Array([1, 2, 3, 4]);
  const subject = '"contentBytes":""';
  const { body } = item.create("/items", { subject, attachments: [{ contentBytes, id: 1 }, { contentBytes: "AQ==" }] });
  const attachments = [{ contentBytes: "AQIDBA==", id: 1 }, { contentBytes: "AQ==" }];
  expect(String(body)).toBe(JSON.stringify({ subject, attachments }));
});

test("a base64 text of megabytes is searched and written without filling the stack", () => {
  const body = { contentBytes: "A".repeat(8_000_000) };
  expect(String(item.create("/items", body).body) === JSON.stringify(body)).toBe(true);
});
