import { print } from "../../src/protocols/print.js";
import { graphProtocols } from "../../src/protocols/index.js";
import { match } from "../../src/attach/match.js";
import { count, failure, GRAPH, reply, sessionOf } from "../support/fakes";

const collection = `${GRAPH}/print/printers/p1/jobs/103/documents/d1`;
const uploadUrl = "https://print.print.microsoft.com/uploadSessions/5400be13?tempauthtoken=t";
const file = { name: "TestFile.pdf", size: 4_533_322, contentType: "application/pdf" };
const session = sessionOf({ protocol: "print", collection, uploadUrl, file });
const document = { id: "9001bcd9", documentName: "TestFile.pdf", contentType: "application/pdf", size: 4_533_322 };

test.each([
  "/print/printers/p1/jobs/103/documents/d1",
  "/print/shares/s1/jobs/103/documents/d1",
  "/print/printerShares/s1/jobs/103/documents/d1",
  "/print/printers('p1')/jobs('103')/documents('d1')",
  "/print/printers(%27p1%27)/jobs(%27103%27)/documents(%27d1%27)",
  "/Print/Printers/p1/Jobs/103/Documents/d1",
])("every spelling of a document takes a file: %s", (path) => {
  const whole = GRAPH + path;
  const spellings = [
    whole,
    `${whole}/`,
    `${whole}/createUploadSession`,
    `${whole}/microsoft.graph.createUploadSession/`,
  ];
  for (const spelling of [...spellings, `${whole}?$select=id`, `${whole}?a=1`]) {
    expect(print.target.collection(spelling)).toBe(whole);
    expect(match(spelling, graphProtocols)?.protocol).toBe(print);
  }
});

test.each([
  "/print/printers/p1",
  "/print/printers/p1/jobs/103",
  "/print/printers/p1/jobs/103/documents",
  "/print/printers/p1/jobs/103/documents/d1/$value",
  "/print/connectors/p1/jobs/103/documents/d1",
  "/me/drive/root:/print/printers/p1/jobs/1/documents/d",
])("%s takes no file", (path) => {
  expect(print.target.collection(GRAPH + path)).toBeUndefined();
});

test("createUploadSession is written as documented, with every required member", () => {
  const request = print.session.create(collection, file);
  expect(request).toMatchObject({ method: "POST", to: "api", url: `${collection}/createUploadSession` });
  expect(request.headers).toEqual({ "Content-Type": "application/json" });
  expect(JSON.parse(request.body as string)).toEqual({
    properties: { documentName: "TestFile.pdf", contentType: "application/pdf", size: 4_533_322 },
  });
  const bare = JSON.parse(print.session.create(collection, { name: "a", size: 1 }).body as string) as object;
  expect(bare).toEqual({ properties: { documentName: "a", contentType: "application/octet-stream", size: 1 } });
});

test("every file uses an upload session, with up to four ranges below 10 MB at the same time", () => {
  const { limits, rangeSize } = print.session;
  expect(print.post).toBeUndefined();
  expect(limits).toEqual({ range: 9_999_999, unit: 1, parallel: 4 });
  expect(rangeSize).toBeLessThanOrEqual(limits.range);
  expect(print.target.fileLimit(collection)).toBe(Infinity);
});

test("ranges, status and cancel go to the upload URL without a token", () => {
  const bytes = count(72_797);
  expect(print.session.put(session, { start: 0, end: 72_797, total: 4_533_322 }, bytes)).toMatchObject({
    ...{ method: "PUT", to: "upload", url: uploadUrl, body: bytes },
    headers: { "Content-Range": "bytes 0-72796/4533322" },
  });
  expect(print.session.status!(session)).toEqual({ method: "GET", url: uploadUrl, to: "upload" });
  expect(print.session.cancel!(session)).toEqual({ method: "DELETE", url: uploadUrl, to: "upload" });
});

test("a new session is read, and its expected range is the whole file", () => {
  const body = { uploadUrl, expirationDateTime: "2020-10-25T02:19:38.1694207Z", nextExpectedRanges: ["0-4533321"] };
  expect(print.session.opened(reply(200, body))).toEqual({
    uploadUrl,
    expires: "2020-10-25T02:19:38.1694207Z",
    offset: 0,
  });
});

test.each([
  [uploadUrl, true],
  ["https://graph.microsoft.com/v1.0/me/messages", false],
])("the service can have opened a session at %s: %p", (url, can) => {
  expect(print.session.owns({ ...session, uploadUrl: url })).toBe(can);
});

test.each([
  [{ nextExpectedRanges: ["72797-4533321"] }, { next: 72_797 }],
  [{ nextExpectedRanges: ["72797-92796", "112797-4533321"] }, { next: 72_797, until: 92_797 }],
  [{ nextExpectedRanges: ["78929-4533322"] }, { next: 78_929 }], // the sample in the documentation has one byte too many
  [{ nextExpectedRanges: [] }, undefined],
  [{}, undefined],
  [document, { done: { attachment: document } }],
])("the reply %j contains the step %j", (body, step) => {
  expect(print.session.read(reply("id" in body ? 201 : 202, body), session)).toEqual(step);
});

test.each([
  [failure(416, "invalidRange"), "unsure"],
  [failure(404, "itemNotFound"), "gone"],
  [failure(401, "Unauthorized"), "gone"],
  [failure(409, "Conflict"), "refused"],
  [failure(413, "RequestEntityTooLarge"), "tooLarge"],
  [failure(429, "TooManyRequests"), "busy"],
])("$status contains no step, and means %s", (answer, verdict) => {
  expect([print.session.read(answer, session), print.api.verdict(answer)]).toEqual([undefined, verdict]);
});

test("a missing permission is named", () => {
  const { body } = print.api.explain(failure(403, "AccessDenied"), collection) as {
    body: { error: { message: string } };
  };
  expect(body.error.message).toBe("No. This may need the permission PrintJob.ReadWrite.");
});

describe("the size of the document shows whether it has its bytes", () => {
  const list = print.list!;
  const page = (size: number) => list.read(reply(200, { id: "d1", displayName: "x", size }), file)!.items[0]!;

  test("it is requested at its own URL", () => {
    expect(list.request(collection, file)).toEqual({ method: "GET", url: collection, to: "api" });
  });

  test.each([
    [4_533_322, true],
    [0, false],
    [4_533_321, false],
  ])("%d bytes: %p", (size, whole) => {
    expect(page(size).name === file.name).toBe(whole);
  });

  test("a document with its bytes has another id than before, and is the attachment", () => {
    expect(page(0).id).not.toBe(page(4_533_322).id);
    expect(page(4_533_322).attachment).toMatchObject({ id: "d1", size: 4_533_322 });
  });

  test("a reply without a document says nothing", () => {
    expect(list.read(failure(404, "NotFound"), file)).toBeUndefined();
    expect(list.read(reply(200, "<html>"), file)).toBeUndefined();
  });
});
