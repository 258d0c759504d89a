import type { Item, Variations } from "../../../src/emulator/index";
import { defaultVariations } from "../../../src/emulator/variations";
import { createService } from "../../../src/emulator/service";
import { errorOf, sampleBytes, startBench, type Bench } from "../support";

let bench: Bench;
let document: Item;
beforeAll(async () => {
  bench = await startBench();
});
beforeEach(() => {
  bench.emulator.reset();
  bench.emulator.vary(defaultVariations);
  document = bench.emulator.print.addDocument();
});
afterEach(() => bench.emulator.verifyFaults());
afterAll(() => bench.emulator.close());

const bytes = sampleBytes(1000);
const properties = { documentName: "TestFile.pdf", contentType: "application/pdf", size: bytes.length };
const create = (path = document.path, body: object = { properties }) =>
  bench.graph("POST", `${path}/createUploadSession`, body);
const open = async (path?: string): Promise<string> => {
  const response = await create(path);
  expect(response.status).toBe(200);
  return ((await response.json()) as { uploadUrl: string }).uploadUrl;
};
const part = (start: number, end: number, headers: Record<string, string> = {}): RequestInit => ({
  method: "PUT",
  headers: { "content-range": `bytes ${start}-${end - 1}/${bytes.length}`, ...headers },
  body: new Uint8Array(bytes.subarray(start, end)),
});
const put = (url: string, start: number, end: number, headers?: Record<string, string>) =>
  bench.send(url, part(start, end, headers));
const rangesOf = async (response: Promise<Response>): Promise<[number, unknown]> => {
  const settled = await response;
  return [settled.status, ((await settled.json()) as { nextExpectedRanges: unknown }).nextExpectedRanges];
};

test("a document sent in ranges in any order is complete, and each reply has the documented form", async () => {
  const created = await create();
  expect(created.status).toBe(200);
  const session = (await created.json()) as { uploadUrl: string };
  expect(session).toMatchObject({
    "@odata.context": expect.stringContaining("$metadata#microsoft.graph.uploadSession"),
    expirationDateTime: expect.any(String),
    nextExpectedRanges: ["0-999"],
  });
  expect(session.uploadUrl).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/uploadSessions\/[0-9a-f-]{36}\?tempauthtoken=eyJ/);
  expect(session.uploadUrl.startsWith(bench.emulator.printUrl)).toBe(true);

  expect(await rangesOf(put(session.uploadUrl, 600, 900))).toEqual([202, ["0-599", "900-999"]]);
  expect(bench.emulator.sessions[0]).toMatchObject({ offset: 0, received: ["600-899"], state: "open" });
  expect(await rangesOf(put(session.uploadUrl, 0, 200))).toEqual([202, ["200-599", "900-999"]]);
  expect(await rangesOf(bench.send(session.uploadUrl))).toEqual([200, ["200-599", "900-999"]]);
  expect(await rangesOf(put(session.uploadUrl, 900, 1000))).toEqual([202, ["200-599"]]);
  expect(bench.emulator.sessions[0]).toMatchObject({ protocol: "print", offset: 200, received: ["0-199", "600-999"] });
  const last = await put(session.uploadUrl, 200, 600);
  expect([last.status, await last.json()]).toEqual([201, { id: document.id, ...properties }]);

  const stored = bench.emulator.print.document(document);
  expect(stored).toMatchObject({ name: "TestFile.pdf", contentType: "application/pdf", size: 1000, sessions: 1 });
  expect(stored.bytes!.equals(bytes)).toBe(true);
  expect(stored.sha256).toHaveLength(64);
  expect((await bench.send(session.uploadUrl)).status).toBe(404);
  expect(bench.emulator.sessions[0]).toMatchObject({ offset: 1000, received: ["0-999"], state: "complete" });
  expect(bench.emulator.requests.map(({ kind }) => kind)).toEqual([
    "create",
    "range",
    "range",
    "status",
    "range",
    "range",
    "status",
  ]);
  expect(JSON.stringify(bench.emulator.requests)).not.toContain(session.uploadUrl.split("=")[1]);
});

describe("a document is found", () => {
  const share = () => bench.emulator.print.document(document).sharePath;
  test.each<[string, () => string]>([
    ["by its printer", () => document.path],
    ["by the printer's share", share],
    ["by the name that shares have on beta", () => share().replace("/shares/", "/printerShares/")],
    [
      "in any letter case",
      () => document.path.replace("/print/printers", "/Print/Printers").replace("/jobs/", "/JOBS/"),
    ],
    ["with keys in parentheses", () => document.path.replace(/\/(jobs|documents)\/([^/]+)/g, "/$1('$2')")],
  ])("%s", async (_how, path) => {
    const response = await bench.graph("GET", path());
    expect([response.status, await response.json()]).toEqual([
      200,
      expect.objectContaining({ id: document.id, size: 0, contentType: "" }),
    ]);
    const qualified = `${path()}/microsoft.graph.createUploadSession`;
    expect((await bench.graph("POST", qualified, { properties })).status).toBe(200);
  });

  test("only in its own job and printer", async () => {
    const other = bench.emulator.print.addDocument();
    const wrongJob = document.path.replace(/jobs\/\d+/, /jobs\/\d+/.exec(other.path)![0]);
    const wrongPrinter = document.path.replace("/printers/", "/shares/");
    for (const path of [wrongJob, wrongPrinter, `${document.path}0`]) {
      expect((await bench.graph("GET", path)).status).toBe(404);
      expect((await create(path)).status).toBe(404);
    }
  });

  test("with its description after the upload", async () => {
    await put(await open(), 0, 1000);
    expect(await (await bench.graph("GET", document.path)).json()).toMatchObject({
      ...{ displayName: "TestFile.pdf", contentType: "application/pdf", size: 1000 },
    });
  });
});

describe("a session is created only in the documented form", () => {
  test.each<[string, object]>([
    ["no properties", {}],
    ["another wrapper", { item: properties }],
    ["no name", { properties: { ...properties, documentName: null } }],
    ["no type", { properties: { ...properties, contentType: undefined } }],
    ["no size", { properties: { ...properties, size: undefined } }],
    ["an empty document", { properties: { ...properties, size: 0 } }],
    ["an unknown property", { properties: { ...properties, name: "x" } }],
  ])("not with %s", async (_what, body) => {
    expect((await create(document.path, body)).status).toBe(400);
    expect(bench.emulator.sessions).toEqual([]);
  });

  test("not without the bearer, not by GET, and not in China", async () => {
    const url = `${bench.emulator.graphUrl}v1.0${document.path}/createUploadSession`;
    expect((await bench.send(url, { method: "POST" })).status).toBe(401);
    expect((await bench.graph("GET", `${document.path}/createUploadSession`)).status).toBe(405);
    bench.emulator.vary({ china: true });
    expect((await create()).status).toBe(400);
  });

  test("a second time for a complete document, unless the variation refuses it", async () => {
    await put(await open(), 0, 1000);
    await put(await open(), 0, 1000);
    expect(bench.emulator.print.document(document).sessions).toBe(2);
    bench.emulator.vary({ printSecondSession: "refuse" });
    expect((await create()).status).toBe(409);
  });
});

describe("a range is accepted only in the documented form", () => {
  test.each<[string, Record<string, string>, number]>([
    ["Authorization comes along", { authorization: "Bearer x" }, 401],
    ["Content-Range has no total", { "content-range": "bytes 0-499/*" }, 400],
    ["Content-Range has an equals sign", { "content-range": "bytes=0-499/1000" }, 400],
    ["the total is not the declared size", { "content-range": "bytes 0-499/1001" }, 400],
    ["the end does not fit the bytes", { "content-range": "bytes 0-500/1000" }, 400],
    ["the end lies behind the file", { "content-range": "bytes 501-1000/1000" }, 400],
    ["the SDK's version header comes along", { sdkversion: "graph-js/3" }, 400],
  ])("not when %s", async (_when, headers, status) => {
    const response = await put(await open(), 0, 500, headers);
    expect(response.status).toBe(status);
    expect(bench.emulator.sessions[0]).toMatchObject({ received: [], state: "open" });
  });

  test("not if any of its bytes were received (416)", async () => {
    const url = await open();
    await put(url, 200, 400);
    for (const [start, end] of [
      [200, 400],
      [0, 201],
      [399, 500],
      [100, 600],
    ] as const) {
      const response = await put(url, start, end);
      expect([response.status, (await errorOf(response)).code]).toEqual([416, "invalidRange"]);
    }
    expect(await rangesOf(put(url, 400, 1000))).toEqual([202, ["0-199"]]);
  });

  test("not when it has 10 MB", async () => {
    const size = 10_485_761;
    const response = await create(document.path, { properties: { ...properties, size } });
    const { uploadUrl } = (await response.json()) as { uploadUrl: string };
    const range = (end: number): RequestInit => ({
      method: "PUT",
      headers: { "content-range": `bytes 0-${end - 1}/${size}` },
      body: new Uint8Array(end),
    });
    expect((await bench.send(uploadUrl, range(10_485_760))).status).toBe(413);
    bench.emulator.vary({ printRangeMaximum: 10_000_000 });
    expect((await bench.send(uploadUrl, range(10_000_000))).status).toBe(413);
    expect((await bench.send(uploadUrl, range(9_999_999))).status).toBe(202);
  });

  test("not with another token", async () => {
    const url = await open();
    expect((await put(`${url}x`, 0, 500)).status).toBe(401);
    expect((await put(url.replace(/\?.*/, ""), 0, 500)).status).toBe(401);
  });

  test.each<[Partial<Variations>, Record<string, string>, number]>([
    [{ printAuthorization: "ignore" }, { authorization: "Bearer x" }, 202],
    [{ printRefusalStatus: 416 }, { "content-range": "bytes 0-500/1000" }, 416],
  ])("its answer follows the variation %j", async (changes, headers, status) => {
    bench.emulator.vary(changes);
    expect((await put(await open(), 0, 500, headers)).status).toBe(status);
  });
});

test("four simultaneous ranges are accepted, and a fifth is refused with 429", async () => {
  const url = await open();
  bench.emulator.fault({ on: { kind: "range" }, delay: 200, times: 5 });
  const starts = [0, 200, 400, 600, 800];
  const statuses = (await Promise.all(starts.map((start) => put(url, start, start + 200)))).map(({ status }) => status);
  expect(statuses.sort()).toEqual([202, 202, 202, 202, 429]);
  const [hole] = (await rangesOf(bench.send(url)))[1] as string[];
  const [start] = hole!.split("-").map(Number);
  expect((await put(url, start!, start! + 200)).status).toBe(201);
  expect(bench.emulator.print.document(document).bytes!.equals(bytes)).toBe(true);
});

test("a range with a lost connection does not count", () => {
  const service = createService({ graphUrl: "https://g/", outlookUrl: "https://o/" });
  const { path } = service.print.addDocument();
  const headers = { authorization: `Bearer ${service.token}`, "content-type": "application/json" };
  const body = Buffer.from(JSON.stringify({ properties }));
  const url = `https://g/v1.0${path}/createUploadSession`;
  const created = service.handle({ origin: "graph", method: "POST", url, headers, body });
  const { uploadUrl } = JSON.parse(created.body.toString()) as { uploadUrl: string };
  const begin = (start: number) =>
    service.open({
      ...{ origin: "print", method: "PUT", url: uploadUrl },
      headers: { "content-length": "100", "content-range": `bytes ${start}-${start + 99}/1000` },
    });
  const lost = [0, 100, 200, 300].map(begin);
  const fifth = begin(400);
  expect(fifth.contested).toBe(true);
  lost[0]!.abandon();
  expect(fifth.answer(bytes.subarray(400, 500)).status).toBe(202);
  expect(begin(500).answer(bytes.subarray(500, 600)).status).toBe(429);
});

describe("a session", () => {
  test("is deleted with 204, and does not exist afterwards", async () => {
    const url = await open();
    expect((await bench.send(url, { method: "DELETE" })).status).toBe(204);
    expect((await put(url, 0, 500)).status).toBe(404);
    expect(bench.emulator.sessions[0]!.state).toBe("deleted");
    expect(bench.emulator.print.document(document).bytes).toBeUndefined();
  });

  test("accepts no other method", async () => {
    expect((await bench.send(await open(), { method: "POST" })).status).toBe(405);
  });

  test("is dropped by a fault, and keeps a part of a range if a fault says so", async () => {
    const url = await open();
    bench.emulator.fault({ on: { origin: "print", range: "first" }, partial: 100 });
    expect(await rangesOf(put(url, 0, 500))).toEqual([202, ["100-999"]]);
    bench.emulator.fault({ on: { origin: "print", range: "last" }, gone: true });
    expect((await put(url, 500, 1000)).status).toBe(404);
    expect((await bench.send(url)).status).toBe(404);
  });

  test("expires", () => {
    let now = 0;
    const service = createService({ graphUrl: "https://g/", outlookUrl: "https://o/", now: () => now });
    const { path } = service.print.addDocument();
    const headers = { authorization: `Bearer ${service.token}`, "content-type": "application/json" };
    const url = `https://g/v1.0${path}/createUploadSession`;
    service.handle({
      origin: "graph",
      method: "POST",
      url,
      headers,
      body: Buffer.from(JSON.stringify({ properties })),
    });
    now = 3_600_000;
    expect(service.sessions[0]!.state).toBe("expired");
    const gone = { origin: "print", method: "GET", url: service.sessions[0]!.uploadUrl, headers: {} } as const;
    expect(service.handle({ ...gone, body: Buffer.alloc(0) }).status).toBe(404);
  });
});
