import { errorOf } from "../support";
import { bytes, open, part, read, sendAll, unit, useDrive, type ItemJson } from "./support";

const bench = useDrive();
const { graph, send, vary } = bench;

test("a new file sent in ranges is in the drive byte for byte, and each reply has the documented form", async () => {
  const { drive } = bench.emulator;
  const folder = drive.addFolder("/Reports");
  const created = await graph("POST", `${drive.newFile("big file.zip", folder).path}/createUploadSession`, {
    item: {
      "@microsoft.graph.conflictBehavior": "rename",
      name: "big file.zip",
      description: "a report",
      fileSystemInfo: { lastModifiedDateTime: "2020-01-02T03:04:05Z" },
    },
  });
  expect(created.status).toBe(200);
  const session = await read<Record<string, string>>(created);
  expect(session).not.toHaveProperty("nextExpectedRanges");
  expect(session.uploadUrl).toMatch(
    /^https:\/\/127\.0\.0\.1:\d+\/personal\/.*\/_api\/v2\.0\/drive\/items\/.*\/uploadSession\?guid='[^']+'&path='~tmp.*&dc=0&tempauth=/,
  );
  expect(session.uploadUrl!.length).toBeGreaterThan(2000);
  expect(session.uploadUrl!.startsWith(bench.emulator.driveUrl)).toBe(true);

  const first = await send(session.uploadUrl!, part(0, unit));
  expect([first.status, await first.json()]).toEqual([
    202,
    { expirationDateTime: expect.any(String), nextExpectedRanges: [`${unit}-`] },
  ]);
  expect((await send(session.uploadUrl!, part(unit, 2 * unit))).status).toBe(202);
  const last = await send(session.uploadUrl!, part(2 * unit, bytes.length));
  const item = await read<ItemJson>(last);
  expect(last.status).toBe(201);
  expect(item).toMatchObject({
    name: "big file.zip",
    size: bytes.length,
    eTag: expect.stringMatching(/^"\{[0-9A-F-]{36}\},1"$/),
    file: { mimeType: "application/zip" },
    parentReference: { driveId: drive.id, id: folder.id, path: `/drives/${drive.id}/root:/Reports` },
    description: "a report",
    fileSystemInfo: { lastModifiedDateTime: "2020-01-02T03:04:05Z" },
  });
  expect(item).not.toHaveProperty("webDavUrl");

  const stored = drive.file("/Reports/big file.zip");
  expect(stored).toMatchObject({ id: item.id, via: "session", description: "a report", size: bytes.length });
  expect(stored.bytes.equals(bytes)).toBe(true);
  expect(stored.sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(drive.files()).toHaveLength(1);
  expect(bench.emulator.sessions).toMatchObject([
    { protocol: "drive", name: "big file.zip", size: bytes.length, offset: bytes.length, state: "complete" },
  ]);
  expect((await send(session.uploadUrl!)).status).toBe(404);
});

test("a small file needs one range of any length, and no body is needed to open its session", async () => {
  const url = await open(bench, "/me/drive/root:/a.txt:");
  expect((await send(url, part(0, 7, {}, bytes.subarray(0, 7)))).status).toBe(201);
  expect(bench.emulator.drive.file("/a.txt").size).toBe(7);
});

test("the log shows the kind of each request and no token", async () => {
  const url = await open(bench, "/me/drive/root:/a.zip:");
  await send(url, part(0, unit));
  await send(url);
  await send(url, { method: "DELETE" });
  const { requests } = bench.emulator;
  expect(requests.map(({ kind, origin }) => [kind, origin])).toEqual([
    ["create", "graph"],
    ["range", "drive"],
    ["status", "drive"],
    ["cancel", "drive"],
  ]);
  const token = /tempauth=(.*)$/.exec(url)![1]!;
  expect(JSON.stringify(requests)).not.toContain(token);
});

describe("a range is accepted only in the documented form", () => {
  const [size, third] = [bytes.length, 100_000];

  test.each<[string, number, number, Record<string, string>, number, string]>([
    ["Authorization comes along", 0, unit, { authorization: "Bearer x" }, 401, "unauthenticated"],
    ["it is no multiple of 320 KiB", 0, third, {}, 400, "invalidRequest"],
    ["it leaves a gap", unit, 2 * unit, {}, 416, "fragmentOutOfOrder"],
    ["Content-Range has no total", 0, unit, { "content-range": `bytes 0-${unit - 1}/*` }, 400, "invalidRequest"],
    [
      "Content-Range has an equals sign",
      0,
      unit,
      { "content-range": `bytes=0-${unit - 1}/${size}` },
      400,
      "invalidRequest",
    ],
    ["the end does not fit the bytes", 0, unit, { "content-range": `bytes 0-${unit}/${size}` }, 400, "invalidRequest"],
    [
      "the end lies behind the file",
      0,
      unit,
      { "content-range": `bytes 0-${unit - 1}/100` },
      416,
      "fragmentOutOfOrder",
    ],
    [
      "the file is above 250 GB",
      0,
      unit,
      { "content-range": `bytes 0-${unit - 1}/268435456001` },
      413,
      "requestEntityTooLarge",
    ],
    ["the SDK's version header comes along", 0, unit, { sdkversion: "graph-js/3" }, 400, "invalidRequest"],
  ])("not when %s", async (_when, start, end, headers, status, code) => {
    const url = await open(bench, "/me/drive/root:/a.zip:");
    const response = await send(url, part(start, end, headers));
    expect([response.status, (await errorOf(response)).code]).toEqual([status, code]);
    expect(bench.emulator.sessions.at(-1)).toMatchObject({ offset: 0, state: "open" });
  });

  test("not twice (416), whether all or a part of it was there", async () => {
    const url = await open(bench, "/me/drive/root:/a.zip:");
    expect((await send(url, part(0, unit))).status).toBe(202);
    for (const end of [unit, 2 * unit]) {
      const response = await send(url, part(0, end));
      expect([response.status, (await errorOf(response)).code]).toEqual([416, "invalidRange"]);
    }
    expect(bench.emulator.sessions[0]!.offset).toBe(unit);
  });

  test("not with a total that differs from the ranges before", async () => {
    const url = await open(bench, "/me/drive/root:/a.zip:");
    await send(url, part(0, unit));
    const wrong = part(unit, 2 * unit, { "content-range": `bytes ${unit}-${2 * unit - 1}/${bytes.length + 1}` });
    expect((await send(url, wrong)).status).toBe(400);
  });

  test("not when it has 60 MiB, which is one byte too many", async () => {
    const url = await open(bench, "/me/drive/root:/a.zip:");
    const large = new Uint8Array(192 * unit + 1);
    expect((await send(url, part(0, 192 * unit, {}, large))).status).toBe(413);
    expect((await send(url, part(0, 191 * unit, {}, large))).status).toBe(202);
  });

  test("not when its length is unknown, as from a stream", async () => {
    const url = await open(bench, "/me/drive/root:/a.zip:");
    const body = new Blob([bytes.subarray(0, unit)]).stream();
    const { headers } = part(0, unit);
    const response = await send(url, { method: "PUT", headers, body, duplex: "half" } as RequestInit);
    expect(response.status).toBe(411);
  });

  test("not at an upload URL that was rewritten or has another token", async () => {
    const url = await open(bench, "/me/drive/root:/a b.zip:");
    expect((await send(`${url}x`, part(0, unit))).status).toBe(401);
    expect((await send(url.replace(/&tempauth=.*/, ""), part(0, unit))).status).toBe(401);
    expect((await send(url.replace("%20", "%2520").replace("%2520", "+"), part(0, unit))).status).toBe(404);
    expect((await send(url.replace("~tmp", "%7Etmp"), part(0, unit))).status).toBe(400);
    expect((await send(url, part(0, unit))).status).toBe(202);
  });
});

describe("variations of ranges", () => {
  test("Authorization is ignored in that variation", async () => {
    vary({ driveAuthorization: "ignore" });
    const url = await open(bench, "/me/drive/root:/a.zip:");
    expect((await send(url, part(0, unit, { authorization: "Bearer x" }))).status).toBe(202);
  });

  test("misaligned ranges fail after the last one, and the session with them", async () => {
    vary({ driveMisaligned: "atCommit" });
    const url = await open(bench, "/me/drive/root:/a.zip:");
    expect((await send(url, part(0, 100))).status).toBe(202);
    expect((await send(url, part(100, bytes.length))).status).toBe(400);
    expect((await send(url)).status).toBe(404);
    expect(bench.emulator.drive.files()).toEqual([]);
  });

  test("all wrong ranges but a repeated one get 400", async () => {
    vary({ driveRefusalStatus: 400 });
    const url = await open(bench, "/me/drive/root:/a.zip:");
    expect((await send(url, part(unit, 2 * unit))).status).toBe(400);
    await send(url, part(0, unit));
    expect((await send(url, part(0, unit))).status).toBe(416);
  });

  test.each([
    ["open" as const, [`${unit}-`]],
    ["closed" as const, [`${unit}-${bytes.length - 1}`]],
    ["several" as const, [`${unit}-491569`, `491570-${bytes.length - 1}`]],
  ])("the missing ranges are reported %s", async (driveRanges, expected) => {
    vary({ driveRanges });
    const url = await open(bench, "/me/drive/root:/a.zip:");
    expect(await read(send(url, part(0, unit)))).toMatchObject({ nextExpectedRanges: expected });
    expect(await read(send(url))).toMatchObject({ nextExpectedRanges: expected });
    vary({ driveStatusRanges: "first" });
    expect(await read(send(url))).toMatchObject({ nextExpectedRanges: expected.slice(0, 1) });
    vary({ driveStatusRanges: "absent" });
    expect(await read(send(url))).toEqual({ expirationDateTime: expect.any(String) });
  });

  test("a new session reports its ranges in that variation", async () => {
    vary({ driveCreateRanges: "0-" });
    const created = graph("POST", "/me/drive/root:/a.zip:/createUploadSession");
    expect(await read(created)).toMatchObject({ nextExpectedRanges: ["0-"] });
  });

  test("a fault can keep a part of a range, and the session continues from there", async () => {
    const url = await open(bench, "/me/drive/root:/a.zip:");
    bench.emulator.fault({ on: { origin: "drive", kind: "range" }, partial: 1000 });
    expect(await read(send(url, part(0, unit)))).toMatchObject({ nextExpectedRanges: ["1000-"] });
    await send(url, part(1000, 1000 + unit));
    expect((await send(url, part(1000 + unit, bytes.length))).status).toBe(201);
    expect(bench.emulator.drive.file("/a.zip").bytes.equals(bytes)).toBe(true);
  });
});

describe("a session", () => {
  test("reports its offset, is deleted with 204, and does not exist afterwards", async () => {
    const url = await open(bench, "/me/drive/root:/a.zip:");
    expect(await read(send(url))).toMatchObject({ nextExpectedRanges: ["0-"] });
    await send(url, part(0, unit));
    expect(await read(send(url))).toMatchObject({ nextExpectedRanges: [`${unit}-`] });
    expect((await send(url, { method: "DELETE" })).status).toBe(204);
    for (const init of [{}, { method: "DELETE" }, part(unit, 2 * unit)]) {
      const response = await send(url, init);
      expect([response.status, (await errorOf(response)).code]).toEqual([404, "itemNotFound"]);
    }
    expect(bench.emulator.sessions[0]!.state).toBe("deleted");
  });

  test("accepts no other method", async () => {
    const url = await open(bench, "/me/drive/root:/a.zip:");
    expect((await send(url, { method: "PATCH" })).status).toBe(405);
  });

  test("is dropped by a fault with 404", async () => {
    const url = await open(bench, "/me/drive/root:/a.zip:");
    bench.emulator.fault({ on: { kind: "range", range: "middle" }, gone: true });
    await send(url, part(0, unit));
    expect((await send(url, part(unit, 2 * unit))).status).toBe(404);
    expect((await send(url)).status).toBe(404);
  });

  test("discards the bytes of a request that is cut off", async () => {
    const url = await open(bench, "/me/drive/root:/a.zip:");
    bench.emulator.fault({ on: { kind: "range" }, reset: "midway" });
    await expect(send(url, part(0, unit))).rejects.toThrow();
    expect(await read(send(url))).toMatchObject({ nextExpectedRanges: ["0-"] });
  });
});

test("a file addressed by its id is replaced (200) and gets the next eTag", async () => {
  const { drive } = bench.emulator;
  const file = drive.addFile("/old.zip", Buffer.from("old"));
  const last = await sendAll(bench, await open(bench, file.path));
  expect(last.status).toBe(200);
  expect(await read<ItemJson>(last)).toMatchObject({ id: file.id, eTag: file.eTag.replace(",1", ",2") });
  expect(drive.files()).toHaveLength(1);
  expect(drive.file(file).bytes.equals(bytes)).toBe(true);
});
