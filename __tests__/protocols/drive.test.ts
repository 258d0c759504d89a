import { drive } from "../../src/protocols/drive.js";
import { graphProtocols } from "../../src/protocols/index.js";
import { targetOf } from "../../src/attach/match.js";
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

test("a URL of a drive is no other protocol's, and a stored session finds it again by its name", () => {
  expect(targetOf(byPath, graphProtocols)).toEqual({ protocol: drive, collection: byPath });
  expect(graphProtocols.filter(({ collection }) => collection(children) !== undefined)).toEqual([drive]);
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
    const request = drive.createSession(collection, { ...file, ...more });
    expect(request).toMatchObject({ method: "POST", to: "api", url, headers: { "Content-Type": "application/json" } });
    expect(JSON.parse(request.body as string)).toEqual(body); // no fileSize and no @odata.type, which business drives refuse
  });
});

test("a small file is its bytes, by PUT on its content, with what is to happen beside another", () => {
  const bytes = count(128);
  expect(drive.post!(byPath, { ...file, contentType: "x/y" }, bytes)).toEqual({
    ...{ method: "PUT", to: "api", body: bytes, headers: { "Content-Type": "x/y" }, repeatable: false },
    url: `${byPath}/content?@microsoft.graph.conflictBehavior=fail`,
  });
  expect(drive.post!(children, { ...file, conflictBehavior: "replace" }, bytes)).toMatchObject({
    url: `${GRAPH}/me/drive/items/F1:/largefile.vhd:/content?@microsoft.graph.conflictBehavior=replace`,
    ...{ headers: { "Content-Type": "application/octet-stream" }, repeatable: true },
  });
  expect(drive.post!(byId, file, bytes)).toMatchObject({ url: `${byId}/content`, repeatable: true });
});

test.each([
  [{}, 4_194_304],
  [{ conflictBehavior: "rename" as const, contentType: "x/y" }, 4_194_304],
  [{ description: "" }, -1],
  [{ fileSystemInfo: {} }, -1],
  [{ deferCommit: true }, -1],
  [{ deferCommit: false }, 4_194_304],
])("a file with %j goes by a session above %d bytes", (more, threshold) => {
  expect(drive.threshold!({ ...file, ...more })).toBe(threshold);
});

test("ranges are multiples of 320 KiB below 60 MiB, and files have 250 GB at most", () => {
  const { range, unit, parallel } = drive.limits;
  expect([range, unit, parallel, range % unit, drive.rangeSize % unit]).toEqual([62_586_880, 327_680, undefined, 0, 0]);
  expect(range + unit).toBe(60 * 1024 * 1024);
  expect(drive.fileLimit(byPath)).toBe(250 * 1024 ** 3);
});

test("the session's URL takes ranges, tells its status and is discarded, all without a token", () => {
  const bytes = count(26);
  expect(drive.sendRange(session, { start: 0, end: 26, total: 128 }, bytes)).toMatchObject({
    ...{ method: "PUT", to: "upload", url: uploadUrl, body: bytes, headers: { "Content-Range": "bytes 0-25/128" } },
  });
  expect(drive.status!(session)).toEqual({ method: "GET", url: uploadUrl, to: "upload" });
  expect(drive.cancel!(session)).toEqual({ method: "DELETE", url: uploadUrl, to: "upload" });
});

test.each([
  [
    { uploadUrl, expirationDateTime: "2015-01-29T09:21:55.523Z" },
    { expires: "2015-01-29T09:21:55.523Z", offset: 0 },
  ],
  [{ uploadUrl, nextExpectedRanges: ["0-"] }, { offset: 0 }],
])("a new session is read, with and without ranges: %j", (body, opened) => {
  expect(drive.readSession(reply(200, body))).toMatchObject({ uploadUrl, ...opened });
});

test.each([
  [uploadUrl, true],
  [personalUrl, true],
  ["https://my.microsoftpersonalcontent.com/x", true],
  ["https://graph.microsoft.com/v1.0/me/messages", false],
  ["https://microsoftgraph.chinacloudapi.cn/v1.0/me", false],
])("a stored session at %s can have been opened: %p", (url, can) => {
  expect(drive.opened({ ...session, uploadUrl: url })).toBe(can);
});

describe("the reply to a range", () => {
  const read = (status: number, body?: unknown) => drive.readRange(reply(status, body), session);

  test.each([
    [{ nextExpectedRanges: ["26-"] }, { next: 26 }],
    [{ nextExpectedRanges: ["26-127"] }, { next: 26 }],
    [{ nextExpectedRanges: ["12-55", "77-99"] }, { next: 12, until: 56 }],
    [{ nextExpectedRanges: ["12-55", "56-127"] }, { next: 12 }],
    [{ NextExpectedRanges: ["26-"] }, { next: 26 }],
    [{ nextExpectedRanges: [] }, { next: 128 }], // deferCommit: all bytes are there
    [{ expirationDateTime: "2015-01-29T09:21:55.523Z" }, undefined],
    [undefined, undefined],
  ])("202 with %j says %j", (body, step) => {
    expect(read(202, body)).toEqual(step);
  });

  test.each([200, 201])("%d with an item is the end", (status) => {
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
  ])("$status brings no step, but trouble: %s", (answer, trouble) => {
    expect([drive.readRange(answer, session), drive.trouble(answer)]).toEqual([undefined, trouble]);
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
])("a refusal of $status says what to do: %s", (answer, told) => {
  const { body } = drive.explain(answer, byPath) as { body: { error: { message: string } } };
  expect(body.error.message).toMatch(told);
});

describe("a deferred file is asked for", () => {
  const deferred = { ...session, file: { ...file, deferCommit: true } };

  test("by an empty POST, on business drives and SharePoint", () => {
    expect(drive.commit!(deferred)).toEqual({ method: "POST", url: uploadUrl, to: "upload" });
  });

  test.each([
    [byPath, `${GRAPH}/me/drive/root:/Reports:`, "fail"],
    [children, `${GRAPH}/me/drive/items/F1`, "fail"],
    [`${GRAPH}/me/drive/root:/largefile.vhd:`, `${GRAPH}/me/drive/root`, "fail"],
  ])("by PUT on its folder, on personal drives: %s at %s", (collection, url, behavior) => {
    const request = drive.commit!({ ...deferred, collection, uploadUrl: personalUrl })!;
    expect(request).toMatchObject({ method: "PUT", url, to: "api" });
    expect(JSON.parse(request.body as string)).toEqual({
      name: "largefile.vhd",
      "@microsoft.graph.conflictBehavior": behavior,
      "@microsoft.graph.sourceUrl": personalUrl,
    });
  });

  test("and no other is", () => {
    expect(drive.commit!(session)).toBeUndefined();
  });
});

describe("what is there already", () => {
  const page = (body: object, more: object = {}) => drive.readList!(reply(200, body), { ...file, ...more });

  test("is asked of the file itself, or of its folder where the service may choose another name", () => {
    const url = (collection: string, more: object = {}) =>
      drive.list!(collection, { ...file, ...more })!.url.split("?")[0];
    expect(url(byPath)).toBe(byPath);
    expect(url(children)).toBe(`${GRAPH}/me/drive/items/F1:/largefile.vhd:`);
    expect(url(byId, { conflictBehavior: "rename" })).toBe(byId);
    expect(url(byPath, { conflictBehavior: "rename" })).toBe(`${GRAPH}/me/drive/root:/Reports:/children`);
    expect(url(children, { conflictBehavior: "rename" })).toBe(children);
  });

  test("is nothing where there is no such file", () => {
    expect(drive.readList!(failure(404, "itemNotFound"), file)).toEqual({ items: [] });
    expect(drive.readList!(failure(403, "accessDenied"), file)).toBeUndefined();
    expect(drive.readList!(reply(200, "<html>"), file)).toBeUndefined();
  });

  test("is told from what comes later by its version", () => {
    expect(page(item)!.items).toEqual([{ id: '912310013A123 "c:{1},1"', name: "largefile.vhd", resource: item }]);
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
  ])("is ours where it was renamed: %s of %d bytes, %p", (name, size, ours) => {
    const [listed] = page({ value: [{ ...item, name, size }] }, { conflictBehavior: "rename" })!.items;
    expect(listed!.name === file.name).toBe(ours);
  });

  test("comes in pages", () => {
    expect(page({ value: [], "@odata.nextLink": "https://next" })).toEqual({ items: [], next: "https://next" });
  });

  test("is the item as the service tells it", () => {
    expect(drive.created(session, page(item)!.items[0]!)).toBe(item);
  });
});
