import { toBase64 } from "../src/base64.js";
import { LongText } from "../src/longText.js";
import { count } from "./support/fakes.js";

const sent = (text: LongText) => Buffer.concat([...text.pieces()]);

// The text that a chain sees and the pieces that Node's fetch sends must be the same, or a retry over another way sends another file.
test.each([
  ["no bytes", ["{}"]],
  ["an empty file", ['{"a":"', new Uint8Array(0), '"}']],
  ["a short file", ['{"a":"', count(10), '"}']],
  ["letters of several bytes", ['{"ä€𝒳":"', count(1), '"}']],
  ["files longer than a piece", ['{"a":"', count(49_152), '","b":"', count(49_153), '","c":"', count(500_000), '"}']],
])("a text has one content and one length, whole or in pieces: %s", (_, parts: (string | Uint8Array)[]) => {
  const text = new LongText(parts);
  const expected = parts.map((part) => (typeof part === "string" ? part : toBase64(part))).join("");
  expect(String(text)).toBe(expected);
  expect(sent(text).toString()).toBe(expected);
  expect(text.length).toBe(Buffer.byteLength(expected));
});

test("a text can be sent again", () => {
  const text = new LongText(['"', count(300_000), '"']);
  expect(sent(text).equals(sent(text))).toBe(true);
});

test("a piece is made only when it is asked for, so that memory holds little of the base64", () => {
  const bytes = new Uint8Array(600_000);
  const pieces = new LongText([bytes]).pieces();
  expect(pieces.next().value?.length).toBeLessThan(100_000);
  bytes.fill(255);
  expect(Buffer.from(pieces.next().value!).toString()).toMatch(/^\/+$/);
});
