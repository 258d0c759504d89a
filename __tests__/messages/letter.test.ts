import { openLetter } from "../../src/messages/letter.js";
import { outlook } from "../../src/protocols/outlook.js";

const file = (name: string, text: string, more: object = {}) => ({
  "@odata.type": "#microsoft.graph.fileAttachment",
  name,
  contentBytes: Buffer.from(text).toString("base64"),
  ...more,
});
const open = (body: unknown, holder?: string) =>
  openLetter(typeof body === "string" ? body : JSON.stringify(body), holder, outlook.post.inline.creates);
const texts = async (letter: ReturnType<typeof open>) =>
  Promise.all(
    letter!.files.map(async ({ file: { name }, content }) => [
      name,
      Buffer.from(await content.read(0, content.size)).toString(),
    ]),
  );

test("separates the files and their metadata from the message, which stays as it is", async () => {
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

test("leaves attachments other than files unchanged, even with files inside", () => {
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

test("leaves files in other members where they are", () => {
  const body = {
    extension: { contentBytes: "QUJD" },
    list: [{ contentBytes: "REVG" }],
    attachments: [file("a", "one")],
  };
  expect(open(body)!.body).toEqual({ extension: { contentBytes: "QUJD" }, list: [{ contentBytes: "REVG" }] });
});

test("a body without attachments, or without the member for them, is a letter without files", () => {
  expect(open({ comment: "c" }, "message")).toMatchObject({
    body: { comment: "c", message: {} },
    others: [],
    files: [],
  });
  expect(open({ subject: "s" })).toMatchObject({ body: { subject: "s" }, others: [], files: [] });
});

test.each([
  "",
  "no json",
  "[]",
  '"text"',
  '{"attachments":5}',
  '{"message":{"attachments":[{"contentBytes":"QUJD"',
  "null",
])("%j is not a letter", (body) => {
  expect(open(body)).toBeUndefined();
});
