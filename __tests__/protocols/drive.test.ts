import { drive } from "../../src/protocols/drive.js";
import { graphProtocols } from "../../src/protocols/index.js";
import { match } from "../../src/attach/match.js";
import { count, failure, GRAPH, reply, sessionOf } from "../support/fakes";

const byPath = `${GRAPH}/me/drive/root:/Reports/largefile.vhd:`;
const byId = `${GRAPH}/drives/b!1/items/912310013A123`;
const children = `${GRAPH}/me/drive/items/F1/children`;
const uploadUrl =
  "https://contoso-my.sharepoint.com/personal/m/_api/v2.0/drive/items/F1/uploadSession?guid='g'&tempauth=t";
const personalUrl = "https://sn3302.up.1drv.com/up/fe6987415ace7X4e1eF866337";
const file = { name: "largefile.vhd", size: 128 };
const session = sessionOf({ protocol: "drive", collection: byPath, uploadUrl, file });
const item = { id: "912310013A123", name: "largefile.vhd", size: 128, cTag: '"c:{1},1"', file: {} };

test("the URL of a file in a drive belongs to no other protocol", () => {
  expect(match(byPath, graphProtocols)).toEqual({ protocol: drive, collection: byPath });
  expect(graphProtocols.filter(({ target }) => target.collection(children) !== undefined)).toEqual([drive]);
});

describe("createUploadSession is written as documented", () => {
  const conflict = "@microsoft.graph.conflictBehavior";
  test.each([
    [byPath, {}, `${byPath}/createUploadSession`, { item: { [conflict]: "fail" } }],
    [
      children,
      { conflictBehavior: "rename" as const, deferCommit: true },
      `${GRAPH}/me/drive/items/F1:/largefile.vhd:/createUploadSession`,
      { item: { [conflict]: "rename" }, deferCommit: true },
    ],
    [
      byPath,
      { description: "d", fileSystemInfo: { createdDateTime: "2026-01-01T00:00:00Z" }, contentType: "x/y" },
      `${byPath}/createUploadSession`,
      { item: { [conflict]: "fail", description: "d", fileSystemInfo: { createdDateTime: "2026-01-01T00:00:00Z" } } },
    ],
    [byId, { conflictBehavior: "fail" as const }, `${byId}/createUploadSession`, { item: { [conflict]: "replace" } }],
  ])("for %s with %j", (collection, more, url, body) => {
    const request = drive.session.create(collection, { ...file, ...more });
    expect(request).toMatchObject({ method: "POST", to: "api", url, headers: { "Content-Type": "application/json" } });
    expect(JSON.parse(request.body as string)).toEqual(body); // no fileSize and no @odata.type, which business drives refuse
  });
});

describe("a small file is one PUT of its bytes", () => {
  const post = drive.post!;
  const bytes = count(128);

  test("its URL says what happens to a file of the same name", () => {
    expect(post.request(byPath, { ...file, contentType: "x/y" }, bytes)).toEqual({
      method: "PUT",
      url: `${byPath}/content?@microsoft.graph.conflictBehavior=fail`,
      headers: { "Content-Type": "x/y" },
      body: bytes,
      to: "api",
    });
    expect(post.request(children, { ...file, conflictBehavior: "replace" }, bytes)).toMatchObject({
      url: `${GRAPH}/me/drive/items/F1:/largefile.vhd:/content?@microsoft.graph.conflictBehavior=replace`,
      headers: { "Content-Type": "application/octet-stream" },
    });
    expect(post.request(byId, file, bytes).url).toBe(`${byId}/content`);
  });

  test("it can be repeated only if it replaces the file", () => {
    expect(post.repeatable!(byPath, file)).toBe(false);
    expect(post.repeatable!(children, { ...file, conflictBehavior: "rename" })).toBe(false);
    expect(post.repeatable!(children, { ...file, conflictBehavior: "replace" })).toBe(true);
    expect(post.repeatable!(byId, file)).toBe(true);
  });

  test("it is used up to 4 MiB", () => {
    expect(post.threshold).toBe(4_194_304);
  });
});

test.each([
  [{}, true],
  [{ conflictBehavior: "rename" as const, contentType: "x/y" }, true],
  [{ description: "" }, false],
  [{ fileSystemInfo: {} }, false],
  [{ deferCommit: true }, false],
  [{ deferCommit: false }, true],
])("one request carries everything that was given for a file with %j: %p", (more, carries) => {
  expect(drive.post!.carries!({ ...file, ...more })).toBe(carries);
});

test("ranges are multiples of 320 KiB below 60 MiB, and files have up to 250 GB", () => {
  const { range, unit, parallel } = drive.session.limits;
  expect([range, unit, parallel, range % unit]).toEqual([62_586_880, 327_680, undefined, 0]);
  expect(drive.session.rangeSize % unit).toBe(0);
  expect(range + unit).toBe(60 * 1024 * 1024);
  expect(drive.target.fileLimit(byPath)).toBe(250 * 1024 ** 3);
});

test("ranges, status and cancel go to the upload URL without a token", () => {
  const bytes = count(26);
  expect(drive.session.put(session, { start: 0, end: 26, total: 128 }, bytes)).toMatchObject({
    ...{ method: "PUT", to: "upload", url: uploadUrl, body: bytes, headers: { "Content-Range": "bytes 0-25/128" } },
  });
  expect(drive.session.status!(session)).toEqual({ method: "GET", url: uploadUrl, to: "upload" });
  expect(drive.session.cancel!(session)).toEqual({ method: "DELETE", url: uploadUrl, to: "upload" });
});

test.each([
  [
    { uploadUrl, expirationDateTime: "2015-01-29T09:21:55.523Z" },
    { expires: "2015-01-29T09:21:55.523Z", offset: 0 },
  ],
  [{ uploadUrl, nextExpectedRanges: ["0-"] }, { offset: 0 }],
])("a new session is read, with and without ranges: %j", (body, opened) => {
  expect(drive.session.opened(reply(200, body))).toMatchObject({ uploadUrl, ...opened });
});

test.each([
  [uploadUrl, true],
  [personalUrl, true],
  ["https://my.microsoftpersonalcontent.com/x", true],
  ["https://graph.microsoft.com/v1.0/me/messages", false],
  ["https://microsoftgraph.chinacloudapi.cn/v1.0/me", false],
])("the service can have opened a session at %s: %p", (url, can) => {
  expect(drive.session.owns({ ...session, uploadUrl: url })).toBe(can);
});

describe("the reply to a range", () => {
  const read = (status: number, body?: unknown) => drive.session.read(reply(status, body), session);

  test.each([
    [{ nextExpectedRanges: ["26-"] }, { next: 26 }],
    [{ nextExpectedRanges: ["26-127"] }, { next: 26 }],
    [{ nextExpectedRanges: ["12-55", "77-99"] }, { next: 12, until: 56 }],
    [{ nextExpectedRanges: ["12-55", "56-127"] }, { next: 12 }],
    [{ NextExpectedRanges: ["26-"] }, { next: 26 }],
    [{ nextExpectedRanges: [] }, { next: 128 }], // deferCommit: the service has all bytes
    [{ expirationDateTime: "2015-01-29T09:21:55.523Z" }, undefined],
    [undefined, undefined],
  ])("of 202 with %j contains the step %j", (body, step) => {
    expect(read(202, body)).toEqual(step);
  });

  test.each([200, 201])("of %d with an item completes the file", (status) => {
    expect(read(status, item)).toEqual({ done: { attachment: item } });
  });

  test.each([
    [failure(416, "invalidRange"), "unsure"],
    [failure(400, "fragmentOutOfOrder"), "unsure"],
    [failure(400, "invalidRequest"), "refused"],
    [failure(401, "unauthenticated"), "gone"],
    [failure(404, "itemNotFound"), "gone"],
    [failure(409, "nameAlreadyExists"), "refused"],
    [failure(412, "resourceModified"), "refused"],
    [failure(413, "requestEntityTooLarge"), "tooLarge"],
    [failure(423, "resourceLocked"), "refused"],
    [failure(429, "activityLimitReached"), "busy"],
    [failure(503, "serviceNotAvailable"), "passing"],
    [failure(507, "quotaLimitReached"), "refused"],
    [failure(509, "bandwidthLimitExceeded"), "passing"],
  ])("of $status contains no step, and means %s", (answer, verdict) => {
    expect([drive.session.read(answer, session), drive.api.verdict(answer)]).toEqual([undefined, verdict]);
  });
});

test.each([
  [failure(507, "quotaLimitReached", "Full."), /^Full\. The drive is full/],
  [failure(409, "nameAlreadyExists"), /^No\. Give \{ conflictBehavior: "replace" \} or "rename", or another name\.$/],
  [failure(409, "upload_name_conflict"), /conflictBehavior/],
  [failure(409, "conflict"), /ends when its session expires/],
  [failure(423, "resourceLocked"), /has the file open/],
  [failure(403, "accessDenied"), /Files\.ReadWrite/],
  [failure(400, "invalidRequest"), /^No\.$/],
])("a refusal with $status says what to do: %s", (answer, told) => {
  const { body } = drive.api.explain(answer, byPath) as { body: { error: { message: string } } };
  expect(body.error.message).toMatch(told);
});

describe("a deferred file is completed", () => {
  const deferred = { ...session, file: { ...file, deferCommit: true } };

  test("by an empty POST, on business drives and SharePoint", () => {
    expect(drive.session.commit!(deferred)).toEqual({ method: "POST", url: uploadUrl, to: "upload" });
  });

  test.each([
    [byPath, `${GRAPH}/me/drive/root:/Reports:`, "fail"],
    [children, `${GRAPH}/me/drive/items/F1`, "fail"],
    [`${GRAPH}/me/drive/root:/largefile.vhd:`, `${GRAPH}/me/drive/root`, "fail"],
  ])("by PUT on its folder, on personal drives: %s at %s", (collection, url, behavior) => {
    const request = drive.session.commit!({ ...deferred, collection, uploadUrl: personalUrl })!;
    expect(request).toMatchObject({ method: "PUT", url, to: "api" });
    expect(JSON.parse(request.body as string)).toEqual({
      name: "largefile.vhd",
      "@microsoft.graph.conflictBehavior": behavior,
      "@microsoft.graph.sourceUrl": personalUrl,
    });
  });

  test("and other files need no such request", () => {
    expect(drive.session.commit!(session)).toBeUndefined();
  });
});

describe("the listing of existing files", () => {
  const list = drive.list!;
  const page = (body: object, more: object = {}) => list.read(reply(200, body), { ...file, ...more });

  test("asks for the file itself, or for its folder if the service may choose another name", () => {
    const url = (collection: string, more: object = {}) =>
      list.request(collection, { ...file, ...more }).url.split("?")[0];
    expect(url(byPath)).toBe(byPath);
    expect(url(children)).toBe(`${GRAPH}/me/drive/items/F1:/largefile.vhd:`);
    expect(url(byId, { conflictBehavior: "rename" })).toBe(byId);
    expect(url(byPath, { conflictBehavior: "rename" })).toBe(`${GRAPH}/me/drive/root:/Reports:/children`);
    expect(url(children, { conflictBehavior: "rename" })).toBe(children);
  });

  test("is empty if there is no such file, and unknown after any other refusal", () => {
    expect(list.read(failure(404, "itemNotFound"), file)).toEqual({ items: [] });
    expect(list.read(failure(403, "accessDenied"), file)).toBeUndefined();
    expect(list.read(reply(200, "<html>"), file)).toBeUndefined();
  });

  test("identifies a file by its version, so that a new version is a new entry", () => {
    expect(page(item)!.items).toMatchObject([
      { id: '912310013A123 "c:{1},1"', name: "largefile.vhd", attachment: item },
    ]);
    const [changed] = page({ ...item, cTag: '"c:{1},2"' })!.items;
    expect(changed!.id).not.toBe('912310013A123 "c:{1},1"');
    expect(page({ ...item, cTag: undefined, eTag: "e" })!.items[0]!.id).toBe("912310013A123 e");
  });

  test.each([
    ["largefile.vhd", 128, true],
    ["largefile 1.vhd", 128, true],
    ["largefile1.vhd", 128, true],
    ["largefile (2).vhd", 128, true],
    ["LargeFile 3.VHD", 128, true],
    ["largefile.vhd", 127, false],
    ["largefile 1.vhd", 127, false],
    ["largefile copy.vhd", 128, false],
    ["largefile 1.zip", 128, false],
    ["other.vhd", 128, false],
  ])("recognizes a renamed file: %s of %d bytes, %p", (name, size, ours) => {
    const [listed] = page({ value: [{ ...item, name, size }] }, { conflictBehavior: "rename" })!.items;
    expect(listed!.name === file.name).toBe(ours);
  });

  test("comes in pages", () => {
    expect(page({ value: [], "@odata.nextLink": "https://next" })).toEqual({ items: [], next: "https://next" });
  });

  test("returns the item as the service describes it", () => {
    expect(page(item)!.items[0]!.attachment).toBe(item);
    expect(page({ value: [item] })!.items[0]!.attachment).toBe(item);
  });
});
