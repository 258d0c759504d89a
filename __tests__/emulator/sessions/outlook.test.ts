import { errorOf, openOutlook, rangeOf, sampleBytes, startBench, type Bench } from "../support";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.emulator.close());

test("a file sent in ranges is attached byte for byte, and each reply has the documented form", async () => {
  const { emulator, graph, send } = bench;
  const bytes = sampleBytes(1000);
  const message = emulator.addMessage();
  const created = await graph("POST", `${message.path}/attachments/createUploadSession`, {
    AttachmentItem: {
      attachmentType: "file",
      name: "flower.jpg",
      size: 1000,
      isInline: true,
      contentId: "cid",
    },
  });
  expect(created.status).toBe(201);
  const session = (await created.json()) as { uploadUrl: string; expirationDateTime: string };
  expect(session).toMatchObject({ nextExpectedRanges: ["0-"] });
  expect(session.uploadUrl).toMatch(
    /^https:\/\/127\.0\.0\.1:\d+\/api\/v2\.0\/Users\('[^']+@[^']+'\)\/Messages\('[^']+='\)\/AttachmentSessions\('[^']+='\)\?authtoken=eyJ/,
  );

  const between = await send(session.uploadUrl, rangeOf(bytes, 0, 600));
  expect(between.status).toBe(200);
  const progress = (await between.json()) as Record<string, unknown>;
  expect(progress).toMatchObject({
    ExpirationDateTime: session.expirationDateTime,
    nextExpectedRanges: ["600"],
  });
  expect(progress).not.toHaveProperty("uploadUrl");

  const last = await send(session.uploadUrl, rangeOf(bytes, 600, 1000));
  expect([last.status, last.headers.get("content-length"), last.headers.get("content-type")]).toEqual([201, "0", null]);
  const [stored] = emulator.attachments(message);
  expect(last.headers.get("location")).toMatch(/^https:\/\/127\.0\.0\.1:.*\/Attachments\('[^']+='\)$/);
  expect(last.headers.get("location")).toContain(`('${stored!.id}')`);
  expect(stored).toMatchObject({ name: "flower.jpg", isInline: true, contentId: "cid", via: "session" });
  expect(stored!.bytes.equals(bytes)).toBe(true);
  expect(emulator.sessions[0]).toMatchObject({
    protocol: "outlook",
    size: 1000,
    offset: 1000,
    state: "complete",
  });
  expect((await send(session.uploadUrl, rangeOf(bytes, 0, 600))).status).toBe(404);
});

describe("a range is accepted only in the documented form", () => {
  const bytes = sampleBytes(1000);

  test.each([
    ["Authorization is sent", 0, 500, { authorization: "Bearer x" }, 401, "InvalidAudience"],
    ["the content type is another", 0, 500, { "content-type": "application/json" }, 400, "BadRequest"],
    ["Content-Range has no total", 0, 500, { "content-range": "bytes 0-499/*" }, 400, "BadRequest"],
    ["Content-Range has an equals sign", 0, 500, { "content-range": "bytes=0-499/1000" }, 400, "BadRequest"],
    ["the total is not the declared size", 0, 500, { "content-range": "bytes 0-499/1001" }, 416, "invalidRange"],
    ["the end does not fit the bytes", 0, 500, { "content-range": "bytes 0-500/1000" }, 416, "invalidRange"],
    ["the end lies behind the file", 0, 500, { "content-range": "bytes 501-1000/1000" }, 416, "invalidRange"],
    ["the start leaves a gap", 100, 500, {}, 416, "invalidRange"],
    ["the SDK's version header comes along", 0, 500, { sdkversion: "graph-js/3" }, 400, "BadRequest"],
    ["a request id comes along", 0, 500, { "client-request-id": "1" }, 400, "BadRequest"],
    ["a preference comes along", 0, 500, { prefer: 'IdType="ImmutableId"' }, 400, "BadRequest"],
    ["the bytes are said to be compressed", 0, 500, { "content-encoding": "gzip" }, 400, "BadRequest"],
  ])("not when %s", async (_when, start, end, headers, status, code) => {
    const url = await openOutlook(bench, bench.emulator.addMessage(), { size: 1000 });
    const response = await bench.send(url, rangeOf(bytes, start, end, headers as Record<string, string>));
    expect([response.status, (await errorOf(response)).code]).toEqual([status, code]);
    expect(bench.emulator.sessions.at(-1)).toMatchObject({ offset: 0, state: "open" });
  });

  test("not when its length is unknown, as from a stream", async () => {
    const url = await openOutlook(bench, bench.emulator.addMessage(), { size: 1000 });
    const { headers } = rangeOf(bytes, 0, 500);
    const body = new Blob([new Uint8Array(500)]).stream();
    const response = await bench.send(url, { method: "PUT", headers, body, duplex: "half" } as RequestInit);
    expect([response.status, (await errorOf(response)).message]).toEqual([400, "Content-Length is required."]);
  });

  test("not twice", async () => {
    const url = await openOutlook(bench, bench.emulator.addMessage(), { size: 1000 });
    expect((await bench.send(url, rangeOf(bytes, 0, 500))).status).toBe(200);
    expect((await bench.send(url, rangeOf(bytes, 0, 500))).status).toBe(416);
    expect(bench.emulator.sessions.at(-1)!.offset).toBe(500);
  });

  test("not at an upload URL that was rewritten or has another token", async () => {
    const url = await openOutlook(bench, bench.emulator.addMessage(), { size: 1000 });
    const encoded = url.replaceAll("(", "%28");
    expect((await errorOf(await bench.send(encoded, rangeOf(bytes, 0, 500)))).message).toContain("rewritten");
    expect((await bench.send(`${url}x`, rangeOf(bytes, 0, 500))).status).toBe(401);
    expect((await bench.send(url.split("?")[0]!, rangeOf(bytes, 0, 500))).status).toBe(401);
    expect((await bench.send(url.replace("Sessions('", "Sessions('X"), rangeOf(bytes, 0, 500))).status).toBe(404);
  });
});

test("authentication errors of the upload host write requestId without a hyphen", async () => {
  const url = await openOutlook(bench, bench.emulator.addEvent(), { size: 10 });
  expect(url).toContain("/Events('");
  const response = await bench.send(url, rangeOf(sampleBytes(10), 0, 10, { authorization: "Bearer x" }));
  expect((await errorOf(response)).innerError).toHaveProperty("requestId");
});

test("GET reports the offset and DELETE ends the session, both without a bearer", async () => {
  const { emulator, send } = bench;
  const message = emulator.addMessage();
  const url = await openOutlook(bench, message, { size: 10 });
  await send(url, rangeOf(sampleBytes(10), 0, 4));
  expect(await (await send(url)).json()).toMatchObject({ nextExpectedRanges: ["4"] });
  emulator.vary({ outlookStatus: 405 });
  expect((await send(url)).status).toBe(405);
  emulator.vary({ outlookStatus: 200 });
  expect((await send(url, { method: "DELETE" })).status).toBe(204);
  expect(emulator.sessions.at(-1)!.state).toBe("deleted");
  expect((await send(url, rangeOf(sampleBytes(10), 4, 10))).status).toBe(404);
  expect(emulator.attachments(message)).toEqual([]);
});

test("a session expires at its fixed time, even if it is in use", async () => {
  let now = Date.UTC(2025, 0, 1);
  const own = await startBench({ now: () => now, vary: { sessionSeconds: 60 } });
  const url = await openOutlook(own, own.emulator.addMessage(), { size: 10 });
  now += 59_000;
  expect((await own.send(url, rangeOf(sampleBytes(10), 0, 4))).status).toBe(200);
  now += 1_000;
  expect(own.emulator.sessions[0]!.state).toBe("expired");
  expect((await own.send(url, rangeOf(sampleBytes(10), 4, 10))).status).toBe(401);
  own.emulator.vary({ afterExpiry: 404 });
  expect((await own.send(url, rangeOf(sampleBytes(10), 4, 10))).status).toBe(404);
  await own.emulator.close();
});

describe("a session is opened only for properties in the metadata", () => {
  test.each([
    ["a missing wrapper", {}, 400, "BadRequest"],
    [
      "the wrapper in another case",
      { attachmentItem: { attachmentType: "file", name: "a", size: 1 } },
      400,
      "BadRequest",
    ],
    ["no name", { AttachmentItem: { attachmentType: "file", size: 1 } }, 400, "BadRequest"],
    ["no type", { AttachmentItem: { name: "a", size: 1 } }, 400, "BadRequest"],
    ["no size", { AttachmentItem: { attachmentType: "file", name: "a" } }, 400, "BadRequest"],
    [
      "a property outside of it",
      { AttachmentItem: { attachmentType: "file", name: "a", size: 1, x: 1 } },
      400,
      "BadRequest",
    ],
    [
      "an item attachment",
      { AttachmentItem: { attachmentType: "item", name: "a", size: 1 } },
      405,
      "ErrorAttachmentSessionIsSupportedOnlyForFileAttachments",
    ],
    [
      "a file above 150 MB",
      { AttachmentItem: { attachmentType: "file", name: "a", size: 157286401 } },
      400,
      "ErrorAttachmentSizeLimitExceeded",
    ],
  ])("not for %s", async (_what, body, status, code) => {
    const { path } = bench.emulator.addMessage();
    const response = await bench.graph("POST", `${path}/attachments/createUploadSession`, body);
    expect([response.status, (await errorOf(response)).code]).toEqual([status, code]);
  });
});

test("the disputed minimum is off by default and has a variation for each reading", async () => {
  const { emulator, graph } = bench;
  const { path } = emulator.addMessage();
  const open = (size: number): Promise<Response> =>
    graph("POST", `${path}/attachments/createUploadSession`, {
      AttachmentItem: { attachmentType: "file", name: "a", size },
    });
  expect((await open(1)).status).toBe(201);
  emulator.vary({ outlookMinimum: 3000000 });
  const refused = await open(2999999);
  expect([refused.status, (await errorOf(refused)).code]).toEqual([
    400,
    "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize",
  ]);
  expect((await open(3000000)).status).toBe(201);
  emulator.vary({ outlookMinimum: 0 });
});

test("each disputed form of an upload URL and its replies has a variation", async () => {
  const { emulator, send } = bench;
  const message = emulator.addMessage();
  emulator.vary({
    uploadPath: "api/gv1.0",
    intermediateKeys: "pascal",
    intermediateRanges: "open",
    locationEncoded: true,
  });
  const url = await openOutlook(bench, message, { size: 10 });
  expect(url).toMatch(/\/api\/gv1\.0\/users\('.*'\)\/messages\('/);
  const between = await send(url, rangeOf(sampleBytes(10), 0, 4));
  expect(await between.json()).toMatchObject({ NextExpectedRanges: ["4-"] });
  const last = await send(url, rangeOf(sampleBytes(10), 4, 10));
  expect(last.headers.get("location")).toMatch(/%3D'\)$/);
  emulator.vary({
    intermediateKeys: "camel",
    intermediateRanges: "absent",
    locationMissing: true,
    finalBody: "json",
  });
  const other = await openOutlook(bench, message, { size: 10 });
  const keys = Object.keys((await (await send(other, rangeOf(sampleBytes(10), 0, 4))).json()) as object);
  expect(keys).toEqual(["@odata.context", "expirationDateTime"]);
  const end = await send(other, rangeOf(sampleBytes(10), 4, 10));
  expect(end.headers.get("location")).toBeNull();
  expect(await end.json()).toHaveProperty("id", emulator.attachments(message)[1]!.id);
  emulator.vary({ uploadPath: "api/v2.0", intermediateKeys: "mixed", intermediateRanges: "bare" });
  emulator.vary({ locationEncoded: false, locationMissing: false, finalBody: "empty" });
});

test("the upload host may not find a new draft at first, in all its sessions", async () => {
  const { emulator, send } = bench;
  emulator.vary({ replicationDelay: 2 });
  const message = emulator.addMessage();
  const put = async (): Promise<Response> =>
    send(await openOutlook(bench, message, { size: 10 }), rangeOf(sampleBytes(10), 0, 10));
  const first = await put();
  expect([first.status, (await errorOf(first)).code]).toEqual([404, "ErrorItemNotFound"]);
  expect((await put()).status).toBe(404);
  expect((await put()).status).toBe(201);
  emulator.vary({ replicationDelay: 0 });
});

test("a session is refused if the scope, mailbox or cloud does not allow it", async () => {
  const { emulator, graph } = bench;
  const { id } = emulator.addMessage();
  const open = (user: string): Promise<Response> =>
    graph("POST", `${user}/messages/${id}/attachments/createUploadSession`, {
      AttachmentItem: { attachmentType: "file", name: "a", size: 5 },
    });
  emulator.vary({ sharedMailbox403: true });
  expect([(await open("/users/shared@contoso.example")).status, (await open("/me")).status]).toEqual([403, 201]);
  emulator.vary({ sharedMailbox403: false, usGov: true });
  expect((await open("/me")).status).toBe(400);
  emulator.vary({ usGov: false, mailSendOnly403: true });
  expect((await errorOf(await open("/me"))).code).toBe("ErrorAccessDenied");
  emulator.vary({ mailSendOnly403: false });
  expect((await open("/users/shared@contoso.example")).status).toBe(201);
});
