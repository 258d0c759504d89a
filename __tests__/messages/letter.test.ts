import { openLetter } from "../../src/messages/letter.js";
import { outlook } from "../../src/protocols/outlook.js";

const file = (name: string, text: string, more: object = {}) => ({
  "@odata.type": "#microsoft.graph.fileAttachment",
  name,
  contentBytes: Buffer.from(text).toString("base64"),
  ...more,
});
const open = (body: unknown, holder?: string) =>
  openLetter(typeof body === "string" ? body : JSON.stringify(body), holder, outlook.creates!);
const texts = async (letter: ReturnType<typeof open>) =>
  Promise.all(
    letter!.files.map(async ({ file: { name }, content }) => [
      name,
      Buffer.from(await content.read(0, content.size)).toString(),
    ]),
  );

test("files are taken out of the message, with their details and without decoding; the rest stays as it is", async () => {
  const rest = { subject: 'a "contentBytes": "b"', body: { contentType: "HTML", content: "<img src='cid:1'>" } };
  const letter = open(
    {
      saveToSentItems: true,
      message: {
        ...rest,
        attachments: [file("a", "one", { isInline: true, contentId: "1", contentType: null }), file("b", "two")],
      },
    },
    "message",
  );
  expect(letter!.body).toEqual({ saveToSentItems: true, message: rest });
  expect(letter!.files.map(({ file }) => file)).toEqual([
    { name: "a", contentType: undefined, isInline: true, contentId: "1" },
    { name: "b", contentType: undefined, isInline: undefined, contentId: undefined },
  ]);
  expect(await texts(letter)).toEqual([
    ["a", "one"],
    ["b", "two"],
  ]);
});

test("attachments that are no files travel as they were, also with files of their own inside", () => {
  const item = {
    "@odata.type": "#microsoft.graph.itemAttachment",
    name: "m",
    item: { subject: "s", attachments: [file("in", "inner")] },
  };
  const reference = {
    "@odata.type": "#microsoft.graph.referenceAttachment",
    name: "r",
    sourceUrl: "https://example.com",
  };
  const strange = { "@odata.type": "#microsoft.graph.fileAttachment", name: "x", contentBytes: null };
  const letter = open({ attachments: [item, file("a", "one"), reference, strange] });
  expect(letter!.others).toEqual([item, reference, strange]);
  expect(letter!.files).toHaveLength(1);
});

test("a file in a member of another name stays where it is", () => {
  const body = {
    extension: { contentBytes: "QUJD" },
    list: [{ contentBytes: "REVG" }],
    attachments: [file("a", "one")],
  };
  expect(open(body)!.body).toEqual({ extension: { contentBytes: "QUJD" }, list: [{ contentBytes: "REVG" }] });
});

test("a body without attachments, or without the member that would hold them, is a letter without files", () => {
  expect(open({ comment: "c" }, "message")).toEqual({ body: { comment: "c", message: {} }, others: [], files: [] });
  expect(open({ subject: "s" })).toEqual({ body: { subject: "s" }, others: [], files: [] });
});

test.each([
  "",
  "no json",
  "[]",
  '"text"',
  '{"attachments":5}',
  '{"message":{"attachments":[{"contentBytes":"QUJD"',
  "null",
])("%j is no letter, so that it passes", (body) => {
  expect(open(body)).toBeUndefined();
});
