import { randomBytes } from "node:crypto";
import { openBody } from "../../src/files/contentBytes.js";

async function whole(body: string): Promise<string | undefined> {
  const content = openBody(body)?.content;
  return content && Buffer.from(await content.read(0, content.size)).toString();
}

const B = Buffer.from("the file").toString("base64"); // dGhlIGZpbGU=

test.each([
  ["first", `{"contentBytes":"${B}","name":"a"}`],
  ["last", `{"name":"a","contentBytes":"${B}"}`],
  ["with white space around", `\n{ "name" : "a" ,\t"contentBytes" :\r\n "${B}" }\n`],
  [
    "after a nested one",
    `{"name":"a","item":{"contentBytes":"ZGVjb3k=","x":{"contentBytes":"eA=="}},"contentBytes":"${B}"}`,
  ],
  ["before a nested one", `{"contentBytes":"${B}","name":"a","item":{"contentBytes":"ZGVjb3k="}}`],
  [
    "after one in an array",
    `{"name":"a","list":[{"contentBytes":"eA=="},"contentBytes",["eA=="]],"contentBytes":"${B}"}`,
  ],
  ["after one that is a value", `{"name":"a","x":"contentBytes","contentBytes":"${B}"}`],
  ["after one in a string", `{"name":"a","x":"\\"contentBytes\\":\\"eA==\\"","contentBytes":"${B}"}`],
  ["after braces in a string", `{"name":"a","x":"}]{[,:","contentBytes":"${B}"}`],
  ["after escaped quotes and backslashes", `{"name":"a","x":"\\\\","y":"\\\\\\"","z":"\\"\\\\","contentBytes":"${B}"}`],
  ["after keys of other casing", `{"name":"a","ContentBytes":"eA==","contentbytes":"eA==","contentBytes":"${B}"}`],
  ["under an escaped key", `{"name":"a","content\\u0042ytes":"${B}"}`],
  ["after a key that is no string of ours", `{"name":"a","\\u0063":1,"${"k".repeat(200)}\\n":2,"contentBytes":"${B}"}`],
  ["after numbers and literals", `{"n":-1.5e3,"t":true,"nil":null,"name":"a","contentBytes":"${B}"}`],
])("contentBytes is found %s, and the decoys are not", async (_, body) => {
  expect(await whole(body)).toBe("the file");
  expect(openBody(body)!.members.name).toBe("a");
  const { contentBytes: _found, ...others } = JSON.parse(body) as Record<string, unknown>;
  expect(openBody(body)!.members).toEqual(others);
});

test.each([
  ["no JSON", "name=a&contentBytes=eA=="],
  ["nothing", ""],
  ["HTML", '<a contentBytes="eA==">'],
  ["an array", `["contentBytes","${B}"]`],
  ["an array of attachments", `[{"contentBytes":"${B}"}]`],
  ["a string", '"contentBytes"'],
  ["a number", "7"],
  ["an object without it", '{"name":"a"}'],
  ["a nested one only", `{"name":"a","item":{"contentBytes":"${B}"}}`],
  ["a number as contentBytes", '{"contentBytes":7}'],
  ["null as contentBytes", '{"contentBytes":null,"name":"a"}'],
  ["an object as contentBytes", `{"contentBytes":{"contentBytes":"${B}"}}`],
  ["an array as contentBytes", `{"contentBytes":["${B}"]}`],
  ["contentBytes twice", `{"contentBytes":"${B}","contentBytes":"eA=="}`],
  ["contentBytes twice, once escaped", `{"contentBytes":"${B}","content\\u0042ytes":"eA=="}`],
  ["contentBytes twice, then null", `{"contentBytes":"${B}","contentBytes":null}`],
  ["contentBytes twice, first an object", `{"contentBytes":{},"contentBytes":"${B}"}`],
  ["a body cut in the base64", `{"name":"a","contentBytes":"${B}`],
  ["a body cut behind the base64", `{"name":"a","contentBytes":"${B}"`],
  ["a body cut in a string before it", '{"name":"a'],
  ["two bodies", `{"contentBytes":"${B}"}{"name":"a"}`],
  ["a missing colon", `{"contentBytes" "${B}"}`],
  ["an unfinished escape", `{"contentBytes":"${B}\\u00"}`],
  ["a comma too many", `{"contentBytes":"${B}",}`],
])("%s is no attachment to take over, so that it passes through", (_, body) => {
  expect(openBody(body)).toBeUndefined();
});

test.each([
  ["escaped slashes", "Pz8/Pj4+", '{"contentBytes":"Pz8\\/Pj4+"}'],
  ["unicode escapes", "Pz8/Pj4+", '{"contentBytes":"Pz8\\u002fPj4\\u002B"}'],
  ["base64url", "Pz8/Pj4+", '{"contentBytes":"Pz8_Pj4-"}'],
  ["line breaks as escapes", B, `{"contentBytes":"${B.slice(0, 5)}\\r\\n${B.slice(5)}\\n"}`],
  ["spaces and tabs", B, `{"contentBytes":" ${B.slice(0, 5)} \\t${B.slice(5)}"}`],
  ["no padding", B, `{"contentBytes":"${B.replace("=", "")}"}`],
  ["no padding of two", "eA==", '{"contentBytes":"eA"}'],
  ["nothing in it", "", '{"contentBytes":""}'],
])("base64 with %s is what it stands for", async (_, plain, body) => {
  expect(await whole(body)).toBe(Buffer.from(plain, "base64").toString());
  expect(openBody(body)!.content.size).toBe(Buffer.from(plain, "base64").length);
});

test("base64 of a length that none has is not opened, so that the body passes as it came", () => {
  expect(openBody('{"contentBytes":"AAAAA"}')).toBeUndefined();
});

test("a megabyte is decoded by odd ranges without a byte lost at their borders", async () => {
  const bytes = randomBytes(1_048_577);
  const body = JSON.stringify({ "@odata.type": "x", contentBytes: bytes.toString("base64"), name: "a" });
  const { content, members } = openBody(body)!;
  expect([content.size, members]).toEqual([1_048_577, { "@odata.type": "x", name: "a" }]);
  const windows: Uint8Array[] = [];
  for (let at = 0; at < content.size; at += 99_991)
    windows.push(await content.read(at, Math.min(at + 99_991, content.size)));
  expect(Buffer.concat(windows).equals(bytes)).toBe(true);
  const again = await content.read(500_000, 500_002);
  expect(Buffer.from(again).equals(bytes.subarray(500_000, 500_002))).toBe(true);
});
