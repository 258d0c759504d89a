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
