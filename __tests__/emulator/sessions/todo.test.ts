import { errorOf, openTodo, rangeOf, sampleBytes, startBench, type Bench } from "../support";

let bench: Bench;
let bearer: { authorization: string };
beforeAll(async () => {
  bench = await startBench();
  bearer = { authorization: `Bearer ${bench.emulator.token}` };
});
afterAll(() => bench.emulator.close());

test("a file sent in ranges to /content is attached byte for byte, in the documented forms", async () => {
  const { emulator, graph, send } = bench;
  const bytes = sampleBytes(1000);
  const task = emulator.addTask();
  const created = await graph("POST", `${task.path}/attachments/createUploadSession`, {
    attachmentInfo: {
      "@odata.type": "microsoft.graph.attachmentInfo",
      attachmentType: "file",
      name: "a.pdf",
      size: 1000,
    },
  });
  expect(created.status).toBe(200);
  const session = (await created.json()) as { uploadUrl: string; expirationDateTime: string };
  expect(session).toMatchObject({ nextExpectedRanges: ["0-"] });
  expect(session.uploadUrl).toMatch(
    /^https:\/\/localhost:\d+\/v1\.0\/users\/[0-9a-f-]{36}\/todo\/lists\/[^/]+=\/tasks\/[^/]+=\/attachmentSessions\/[^/]+=$/,
  );
  const content = `${session.uploadUrl}/content`;
  const between = await send(content, rangeOf(bytes, 0, 600, bearer));
  expect(between.status).toBe(200);
  expect(await between.json()).toEqual({
    ExpirationDateTime: session.expirationDateTime,
    NextExpectedRanges: ["600"],
  });
  const last = await send(content, rangeOf(bytes, 600, 1000, bearer));
  expect([last.status, last.headers.get("content-length"), await last.text()]).toEqual([201, "0", ""]);
  const [stored] = emulator.attachments(task);
  expect(last.headers.get("location")).toMatch(new RegExp(`/tasks/${task.id}/Attachments/${stored!.id}$`));
  expect(stored).toMatchObject({
    odataType: "#microsoft.graph.taskFileAttachment",
    contentType: "application/pdf",
  });
  expect(stored!.bytes.equals(bytes)).toBe(true);
});

test("a PUT without /content gets 404", async () => {
  const url = await openTodo(bench, bench.emulator.addTask(), 10);
  const response = await bench.send(url, rangeOf(sampleBytes(10), 0, 10, bearer));
  expect([response.status, (await errorOf(response)).code]).toEqual([404, "UnknownError"]);
  expect(bench.emulator.sessions.at(-1)).toMatchObject({ offset: 0, state: "open" });
});

test("every session request needs the bearer", async () => {
  const url = await openTodo(bench, bench.emulator.addTask(), 10);
  expect((await bench.send(`${url}/content`, rangeOf(sampleBytes(10), 0, 10))).status).toBe(401);
  expect((await bench.send(url)).status).toBe(401);
  expect((await bench.send(url, { method: "DELETE" })).status).toBe(401);
  const wrong = { authorization: "Bearer other" };
  expect((await bench.send(`${url}/content`, rangeOf(sampleBytes(10), 0, 10, wrong))).status).toBe(401);
  expect(bench.emulator.sessions.at(-1)!.state).toBe("open");
});

test.each([
  ["a gap", 4, 10, {}, 416],
  ["another total", 0, 4, { "content-range": "bytes 0-3/11" }, 416],
  ["a length that does not fit", 0, 4, { "content-range": "bytes 0-4/10" }, 416],
  ["another content type", 0, 4, { "content-type": "text/plain" }, 400],
  ["no total", 0, 4, { "content-range": "bytes 0-3/*" }, 400],
])("a range with %s is refused", async (_with, start, end, headers, status) => {
  const url = await openTodo(bench, bench.emulator.addTask(), 10);
  const init = rangeOf(sampleBytes(10), start, end, { ...bearer, ...headers });
  expect((await bench.send(`${url}/content`, init)).status).toBe(status);
});

test("a range above 4 MB fails, and in strict mode one of 4,000,000 bytes", async () => {
  const { emulator, send } = bench;
  const bytes = Buffer.alloc(4_194_305);
  const task = emulator.addTask();
  const put = async (end: number): Promise<number> =>
    (await send(`${await openTodo(bench, task, bytes.length)}/content`, rangeOf(bytes, 0, end, bearer))).status;
  expect([await put(4_194_305), await put(4_194_304)]).toEqual([413, 200]);
  emulator.vary({ todoStrictRange: true });
  expect([await put(4_000_000), await put(3_999_999)]).toEqual([413, 200]);
  emulator.vary({ todoStrictRange: false });
});

test("status and cancel use the bare URL, and DELETE at /content cancels nothing", async () => {
  const { emulator, send } = bench;
  const url = await openTodo(bench, emulator.addTask(), 10);
  await send(`${url}/content`, rangeOf(sampleBytes(10), 0, 4, bearer));
  const status = await send(url, { headers: bearer });
  expect(await status.json()).toMatchObject({ id: emulator.sessions.at(-1)!.id, NextExpectedRanges: ["4"] });
  expect((await send(`${url}/content`, { method: "DELETE", headers: bearer })).status).toBe(405);
  expect(emulator.sessions.at(-1)!.state).toBe("open");
  expect((await send(url, { method: "DELETE", headers: bearer })).status).toBe(204);
  expect((await send(`${url}/content`, rangeOf(sampleBytes(10), 4, 10, bearer))).status).toBe(404);
});

test("sessions follow the metadata: no inline properties, 25 MB at most, no minimum", async () => {
  const { emulator, graph } = bench;
  const { path } = emulator.addTask();
  const open = async (file: object, wrapper = "attachmentInfo"): Promise<number> =>
    (
      await graph("POST", `${path}/attachments/createUploadSession`, {
        [wrapper]: { attachmentType: "file", name: "a", size: 1, ...file },
      })
    ).status;
  expect(await open({})).toBe(200);
  expect(await open({}, "AttachmentItem")).toBe(400);
  expect(await open({ isInline: true })).toBe(400);
  expect(await open({ contentId: "x" })).toBe(400);
  expect(await open({ attachmentType: "item" })).toBe(405);
  expect([await open({ size: 26214400 }), await open({ size: 26214401 })]).toEqual([200, 400]);
  emulator.vary({ todoCreateStatus: 201 });
  expect(await open({})).toBe(201);
  emulator.vary({ china: true });
  expect(await open({})).toBe(400);
  emulator.vary({ china: false, todoCreateStatus: 200 });
});

test("a session opened under beta has a beta URL", async () => {
  const { emulator, send } = bench;
  const { path } = emulator.addTask();
  const response = await send(`${emulator.graphUrl}beta${path}/attachments/createUploadSession`, {
    method: "POST",
    headers: { ...bearer, "content-type": "application/json" },
    body: JSON.stringify({ attachmentInfo: { attachmentType: "file", name: "a", size: 1 } }),
  });
  expect(((await response.json()) as { uploadUrl: string }).uploadUrl).toContain("/beta/users/");
});

test("a POST accepts only a taskFileAttachment, above 3 MB depending on the variation", async () => {
  const { emulator, graph } = bench;
  const task = emulator.addTask();
  const post = (odataType: string, size: number): Promise<Response> =>
    graph("POST", `${task.path}/attachments`, {
      "@odata.type": odataType,
      name: "smile.txt",
      contentBytes: Buffer.alloc(size).toString("base64"),
    });
  const created = await post("#microsoft.graph.taskFileAttachment", 6);
  expect(created.status).toBe(201);
  expect(await created.json()).not.toHaveProperty("contentBytes");
  expect((await post("#microsoft.graph.fileAttachment", 6)).status).toBe(400);
  expect((await post("#microsoft.graph.taskFileAttachment", 3_000_001)).status).toBe(201);
  emulator.vary({ todoInlineOver3MB: "refuse" });
  expect((await post("#microsoft.graph.taskFileAttachment", 3_000_001)).status).toBe(413);
  emulator.vary({ todoInlineOver3MB: "consumer" });
  expect((await post("#microsoft.graph.taskFileAttachment", 4_194_304)).status).toBe(201);
  emulator.vary({ todoInlineOver3MB: "accept" });
});
