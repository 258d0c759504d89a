import { errorOf } from "../support";
import { bytes, open, part, read, sendAll, unit, useDrive, type ItemJson } from "./support";

const bench = useDrive();
const { graph, send, vary } = bench;

/** The init of a request to create a session, with headers of its own. */
async function create(path: string, body?: object, headers: Record<string, string> = {}): Promise<Response> {
  const authorization = `Bearer ${bench.emulator.token}`;
  return send(`${bench.emulator.graphUrl}v1.0${path}/createUploadSession`, {
    method: "POST",
    headers: { authorization, ...(body ? { "content-type": "application/json" } : {}), ...headers },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
}

const outcome = async (response: Response | Promise<Response>): Promise<[number, string]> => {
  const settled = await response;
  return [settled.status, (await errorOf(settled)).code];
};
const file = "/me/drive/root:/a.zip:";
const behavior = (value: string) => ({ item: { "@microsoft.graph.conflictBehavior": value } });

describe("a session is created only in the documented form", () => {
  test.each<[string, string, object, number, string]>([
    ["an unknown parameter", file, { attachmentItem: {} }, 400, "BadRequest"],
    [
      "a type, which business drives refuse",
      file,
      { item: { "@odata.type": "microsoft.graph.x" } },
      400,
      "invalidRequest",
    ],
    ["a size, which business drives refuse", file, { item: { fileSize: 5 } }, 400, "invalidRequest"],
    ["another name than the path's", file, { item: { name: "b.zip" } }, 400, "invalidRequest"],
    ["an unknown behavior", file, behavior("overwrite"), 400, "invalidRequest"],
    ["deferCommit that is no boolean", file, { deferCommit: "true" }, 400, "invalidRequest"],
    ["a forbidden name", "/me/drive/root:/a%3Fb.zip:", {}, 400, "invalidRequest"],
    ["a forbidden folder", "/me/drive/root:/a*b/c.zip:", {}, 400, "invalidRequest"],
    ["the root", "/me/drive/root", {}, 400, "invalidRequest"],
    ["an item that is not there", "/me/drive/items/01NOWHERE", {}, 404, "itemNotFound"],
    ["a folder that is not there", "/me/drive/items/01NOWHERE:/a.zip:", {}, 404, "itemNotFound"],
    ["a drive that is not there", "/drives/b!nowhere/root:/a.zip:", {}, 404, "itemNotFound"],
  ])("not with %s", async (_what, path, body, status, code) => {
    expect(await outcome(create(path, body))).toEqual([status, code]);
    expect(bench.emulator.sessions).toEqual([]);
  });

  test.each([
    ["an unknown property", { size: 5 }],
    ["deferCommit inside of the item", { deferCommit: true }],
  ])("with %s only where drives ignore what they do not know", async (_what, item) => {
    expect((await create(file, { item })).status).toBe(200);
    vary({ driveUnknownProperties: "refuse" });
    expect(await outcome(create("/me/drive/root:/b.zip:", { item }))).toEqual([400, "invalidRequest"]);
  });

  test("not by GET, and not without the bearer", async () => {
    expect((await graph("GET", `${file}/createUploadSession`)).status).toBe(405);
    expect((await create(file, {}, { authorization: "Bearer x" })).status).toBe(401);
  });

  test("its path may contain missing folders, unless the variation refuses them", async () => {
    await sendAll(bench, await open(bench, "/me/drive/root:/new/deep/a.zip:"));
    expect(bench.emulator.drive.folders()).toEqual(["/new", "/new/deep"]);
    vary({ driveMissingFolders: "refuse" });
    expect((await create("/me/drive/root:/other/a.zip:", {})).status).toBe(404);
  });

  test("its path may not contain a file", async () => {
    bench.emulator.drive.addFile("/a.zip", Buffer.from("x"));
    expect((await create("/me/drive/root:/a.zip/b.zip:", {})).status).toBe(404);
  });
});

describe("on personal drives", () => {
  beforeEach(() => vary({ driveKind: "personal" }));

  test("URLs, ids and tokens have the other form", async () => {
    const url = await open(bench, file, { item: { "@odata.type": "microsoft.graph.driveItemUploadableProperties" } });
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/up\/[a-z0-9]{32}$/);
    const item = await read<ItemJson>(sendAll(bench, url));
    expect(item.id).toMatch(/^[0-9A-F]{16}!\d+$/);
    expect(item.parentReference).toMatchObject({ driveType: "personal" });
    expect((await graph("GET", `/me/drive/items/${item.id}`)).status).toBe(200);
    expect(JSON.stringify(bench.emulator.requests)).not.toContain(url.split("/up/")[1]);
  });

  test("a declared size must match the ranges and may not be 0", async () => {
    expect(await outcome(create(file, { item: { fileSize: 0 } }))).toEqual([400, "invalidRequest"]);
    const url = await open(bench, file, { item: { fileSize: 2 * unit } });
    expect(bench.emulator.sessions[0]!.size).toBe(2 * unit);
    expect((await send(url, part(0, unit))).status).toBe(400);
  });

  test("a size above the remaining quota is refused with 507, and no session opens", async () => {
    bench.emulator.drive.setQuota(1000);
    expect(await outcome(create(file, { item: { fileSize: 1001 } }))).toEqual([507, "quotaLimitReached"]);
    expect(bench.emulator.sessions).toEqual([]);
  });
});

test("a range above the remaining quota is refused with 507, and the session stays open", async () => {
  bench.emulator.drive.setQuota(unit + 10);
  const url = await open(bench, file);
  expect((await send(url, part(0, unit))).status).toBe(202);
  expect(await outcome(send(url, part(unit, 2 * unit)))).toEqual([507, "quotaLimitReached"]);
  bench.emulator.drive.setQuota(bytes.length);
  expect((await send(url, part(unit, 2 * unit))).status).toBe(202);
});

describe("conditions", () => {
  test("If-Match accepts only the eTag or cTag of the item (412)", async () => {
    const { eTag, path } = bench.emulator.drive.addFile("/a.zip", Buffer.from("x"));
    expect(await outcome(create(path, {}, { "if-match": '"{0},1"' }))).toEqual([412, "resourceModified"]);
    expect((await create(path, {}, { "if-match": eTag })).status).toBe(200);
    expect((await create("/me/drive/root:/b.zip:", {}, { "if-match": eTag })).status).toBe(412);
  });

  test("If-None-Match refuses an existing item (412)", async () => {
    const { eTag, path } = bench.emulator.drive.addFile("/a.zip", Buffer.from("x"));
    expect((await create(path, {}, { "if-none-match": eTag })).status).toBe(412);
    expect((await create(path, {}, { "if-none-match": "*" })).status).toBe(412);
    expect((await create("/me/drive/root:/b.zip:", {}, { "if-none-match": "*" })).status).toBe(200);
  });
});

describe("a second session for a name", () => {
  test("is refused with 409 until the first has ended", async () => {
    const url = await open(bench, file);
    const refused = await create("/me/drive/root:/A.ZIP:", {});
    expect([refused.status, (await errorOf(refused)).message]).toEqual([
      409,
      "An upload session already exists for this file",
    ]);
    await send(url, { method: "DELETE" });
    expect((await create(file, {})).status).toBe(200);
  });

  test("is accepted in that variation, and each session ends on its own", async () => {
    vary({ driveSecondSession: "accept" });
    const urls = [await open(bench, file, behavior("rename")), await open(bench, file, behavior("rename"))];
    for (const url of urls) expect((await sendAll(bench, url)).status).toBe(201);
    expect(bench.emulator.drive.files().map(({ name }) => name)).toEqual(["a.zip", "a 1.zip"]);
  });
});

describe("if a file of that name exists", () => {
  beforeEach(() => bench.emulator.drive.addFile("/a.zip", Buffer.from("old")));
  const names = () => bench.emulator.drive.files().map(({ name, size }) => [name, size]);

  test("rename stores the new file under a free name", async () => {
    for (const name of ["a 1.zip", "a 2.zip"]) {
      const last = await sendAll(bench, await open(bench, file, behavior("rename")));
      expect([last.status, (await read<ItemJson>(last)).name]).toEqual([201, name]);
    }
    expect(names()).toEqual([
      ["a.zip", 3],
      ["a 1.zip", bytes.length],
      ["a 2.zip", bytes.length],
    ]);
  });

  test("replace stores the new file over it", async () => {
    expect((await sendAll(bench, await open(bench, file, behavior("replace")))).status).toBe(200);
    expect(names()).toEqual([["a.zip", bytes.length]]);
  });

  test("fail, the default, is reported at the last byte, and the session stays open", async () => {
    const url = await open(bench, file);
    const last = await sendAll(bench, url);
    const { code, message } = await errorOf(last);
    expect([last.status, code]).toEqual([409, "nameAlreadyExists"]);
    expect(message).toContain("You can redirect the upload session");
    expect(await read(send(url))).toMatchObject({ nextExpectedRanges: [] });
    expect((await send(url, part(2 * unit, bytes.length))).status).toBe(416);
    expect(names()).toEqual([["a.zip", 3]]);
    expect(bench.emulator.sessions[0]).toMatchObject({ state: "open", offset: bytes.length });
  });

  test("fail is reported at creation in that variation", async () => {
    vary({ driveConflict: "atCreate" });
    expect(await outcome(create(file, {}))).toEqual([409, "nameAlreadyExists"]);
    expect((await create(file, behavior("replace"))).status).toBe(200);
  });
});

test("a name that is taken during the upload is reported at the last byte in every variation", async () => {
  vary({ driveConflict: "atCreate" });
  const url = await open(bench, file);
  await send(url, part(0, unit));
  bench.emulator.drive.addFile("/A.zip", Buffer.from("faster"));
  await send(url, part(unit, 2 * unit));
  expect(await outcome(send(url, part(2 * unit, bytes.length)))).toEqual([409, "nameAlreadyExists"]);
});

test("a file never replaces a folder", async () => {
  bench.emulator.drive.addFolder("/a.zip/inner");
  expect(await outcome(create(file, behavior("replace")))).toEqual([400, "invalidRequest"]);
});
