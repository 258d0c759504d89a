import { errorOf, sampleBytes } from "../support";
import { read, useDrive, type ItemJson } from "./support";

const bench = useDrive();
const { graph, send, vary } = bench;
const small = sampleBytes(1000);

const put = (path: string, body: Uint8Array = small, headers: Record<string, string> = {}): Promise<Response> =>
  send(`${bench.emulator.graphUrl}v1.0${path}`, {
    method: "PUT",
    headers: {
      authorization: `Bearer ${bench.emulator.token}`,
      "content-type": "application/octet-stream",
      ...headers,
    },
    body: new Uint8Array(body),
  });
const outcome = async (response: Promise<Response>): Promise<[number, string]> => {
  const settled = await response;
  return [settled.status, (await errorOf(settled)).code];
};

describe("every spelling of a path leads to its drive", () => {
  test.each([
    ["/me/drive", "/me/drive"],
    ["/ME/Drive", "/me/drive"],
    ["/users/megan@contoso.example/drive", "/me/drive"],
    ["/users('megan%40contoso.example')/drive", "/me/drive"],
    ["/users/adele@contoso.example/drive", "/users/adele@contoso.example/drive"],
    ["/groups/g1/drive", "/groups/g1/drive"],
    ["/sites/s1/drive", "/sites/s1/drive"],
    ["/sites/contoso.sharepoint.com:/sites/team:/drive", "/sites/contoso.sharepoint.com:/sites/team:/drive"],
  ])("%s", async (spelling, path) => {
    const drive = bench.emulator.drive.of(path);
    const file = drive.addFile("/Reports/a b.zip", small);
    for (const address of [
      `/items/${file.id}`,
      `/items('${file.id}')`,
      "/root:/Reports/a%20b.zip",
      "/root:/reports/A%20B.ZIP:",
      `/items/${drive.addFolder("/Reports").id}:/a%20b.zip`,
      "/items/root:/Reports/a%20b.zip",
    ]) {
      const response = await graph("GET", spelling + address);
      expect([address, response.status, (await read<ItemJson>(response)).id]).toEqual([address, 200, file.id]);
    }
    expect((await read<ItemJson>(graph("GET", spelling))).id).toBe(drive.id);
    const byId = [
      `/drives/${drive.id}/items/${file.id}`,
      `${spelling.replace(/drive$/i, "drives")}('${drive.id}')/root:/Reports/a%20b.zip`,
    ];
    for (const each of byId) expect((await read<ItemJson>(graph("GET", each))).id).toBe(file.id);
  });

  test("a site's path leads to the same drive as its id", async () => {
    const { path, id } = bench.emulator.drive.of("/sites/contoso.sharepoint.com:/sites/team:/drive");
    expect(path).toMatch(/^\/sites\/contoso\.sharepoint\.com%2C[^/]+\/drive$/);
    expect((await read<ItemJson>(graph("GET", path))).id).toBe(id);
  });

  test("a list item and a share lead to their item", async () => {
    const drive = bench.emulator.drive.of("/sites/s1/drive");
    const file = drive.addFile("/a.zip", small);
    const shared = `u!${Buffer.from(file.webUrl).toString("base64url")}`;
    for (const path of [
      `/sites/s1/lists/Documents/items/${file.listItemId}/driveItem`,
      `/shares/${shared}/driveItem`,
      `/shares/${shared}/root`,
      `/shares/${shared}/items/${file.id}`,
    ]) {
      expect((await read<ItemJson>(graph("GET", path))).id).toBe(file.id);
      expect((await graph("POST", `${path}/microsoft.graph.createUploadSession`, {})).status).toBe(200);
      await send(bench.emulator.sessions.at(-1)!.uploadUrl, { method: "DELETE" });
    }
    expect((await graph("GET", "/shares/u!bm93aGVyZQ/driveItem")).status).toBe(404);
  });

  test("a special folder is created at its first use", async () => {
    const photo = await put("/me/drive/special/cameraRoll:/a.jpg:/content");
    expect(photo.status).toBe(201);
    expect(bench.emulator.drive.file("/Pictures/Camera Roll/a.jpg").size).toBe(1000);
    expect((await graph("GET", "/me/drive/special/nothing")).status).toBe(404);
  });

  test.each([
    "/me/drive/root:/",
    "/me/drive/root::/content",
    "/me/drive/children",
    "/drives",
    "/me/drive/root/nothing",
  ])("but %s is none", async (path) => expect(await outcome(graph("GET", path))).toEqual([400, "BadRequest"]));
});

describe("an item", () => {
  test("has the documented form, with webDavUrl only if it is selected", async () => {
    const { drive } = bench.emulator;
    const file = drive.addFile("/Reports/plan.docx", small);
    const item = await read<ItemJson>(graph("GET", file.path));
    expect(item).toMatchObject({
      ...{ id: file.id, name: "plan.docx", size: 1000, eTag: file.eTag, webUrl: file.webUrl },
      "@microsoft.graph.downloadUrl": expect.stringContaining(bench.emulator.driveUrl),
      file: { mimeType: expect.any(String) },
      createdDateTime: expect.stringMatching(/Z$/),
      lastModifiedDateTime: expect.stringMatching(/Z$/),
      fileSystemInfo: { createdDateTime: expect.any(String), lastModifiedDateTime: expect.any(String) },
    });
    expect(item).not.toHaveProperty("webDavUrl");
    expect(item.webUrl).toContain("Doc.aspx");
    const selected = await read<ItemJson>(graph("GET", `${file.path}?$select=id,webDavUrl`));
    expect(selected.webDavUrl).toBe(file.webDavUrl);
    expect(selected.webDavUrl).toMatch(/\/Reports\/plan\.docx$/);
    expect(selected).not.toHaveProperty("name");
  });

  test("that is a folder counts its children and their bytes", async () => {
    bench.emulator.drive.addFile("/Reports/a.zip", small);
    bench.emulator.drive.addFile("/Reports/deep/b.zip", small);
    const folder = await read<ItemJson>(graph("GET", "/me/drive/root:/Reports"));
    expect(folder).toMatchObject({ size: 2000, folder: { childCount: 2 } });
    expect(folder).not.toHaveProperty("file");
  });

  test("is deleted with its children if the tag matches", async () => {
    const { drive } = bench.emulator;
    drive.addFile("/Reports/deep/a.zip", small);
    expect((await graph("DELETE", "/me/drive/root:/Reports")).status).toBe(204);
    expect([drive.files(), drive.folders()]).toEqual([[], []]);
    expect(await outcome(graph("GET", "/me/drive/root:/Reports"))).toEqual([404, "itemNotFound"]);
    expect((await graph("DELETE", "/me/drive/root")).status).toBe(400);
    expect(bench.emulator.requests.map(({ kind }) => kind)).toEqual(["remove", "read", "remove"]);
  });

  test("accepts no other method", async () => {
    expect((await graph("POST", bench.emulator.drive.root.path)).status).toBe(405);
  });
});

describe("children", () => {
  test("come in pages, by name", async () => {
    vary({ drivePageSize: 2 });
    for (const name of ["c", "A", "b", "d", "e"]) bench.emulator.drive.addFile(`/${name}.txt`, small);
    const names: string[] = [];
    let path: string | undefined = "/me/drive/root/children?$select=name";
    while (path) {
      const page: { value: ItemJson[]; "@odata.nextLink"?: string } = await read(graph("GET", path));
      expect(page.value.length).toBeLessThanOrEqual(2);
      names.push(...page.value.map(({ name }) => name));
      path = page["@odata.nextLink"]?.replace(`${bench.emulator.graphUrl}v1.0`, "");
    }
    expect(names).toEqual(["A.txt", "b.txt", "c.txt", "d.txt", "e.txt"]);
    const two = await read<{ value: ItemJson[] }>(graph("GET", "/me/drive/root/children?$top=1"));
    expect(two.value.map(({ name }) => name)).toEqual(["A.txt"]);
    expect((await graph("GET", "/me/drive/root/children?$top=0")).status).toBe(400);
  });

  const folder = (name: string, behavior?: string) => ({
    ...{ name, folder: {} },
    ...(behavior ? { "@microsoft.graph.conflictBehavior": behavior } : {}),
  });

  test("get a new folder by POST, with the requested conflict behavior", async () => {
    const post = (body: object) => graph("POST", "/me/drive/root/children", body);
    const made = await post(folder("Reports"));
    expect([made.status, await made.json()]).toEqual([
      201,
      expect.objectContaining({ name: "Reports", folder: { childCount: 0 } }),
    ]);
    expect(await outcome(post(folder("reports")))).toEqual([409, "nameAlreadyExists"]);
    expect((await read<ItemJson>(post(folder("Reports", "rename")))).name).toBe("Reports 1");
    expect((await post(folder("Reports", "replace"))).status).toBe(201);
    expect(bench.emulator.drive.folders()).toEqual(["/Reports", "/Reports 1"]);
  });

  test.each<[string, object]>([
    ["no folder facet", { name: "a" }],
    ["no name", { folder: {} }],
    ["a name that cannot be", folder("a/b")],
    ["a file", { name: "a", folder: {}, file: {} }],
    ["an unknown behavior", folder("a", "merge")],
  ])("get none with %s", async (_what, body) => {
    expect((await graph("POST", "/me/drive/root/children", body)).status).toBe(400);
  });

  test("do not exist for a file", async () => {
    const { path } = bench.emulator.drive.addFile("/a.zip", small);
    expect((await graph("POST", `${path}/children`, folder("a"))).status).toBe(400);
  });
});

describe("a file in one PUT", () => {
  test("is created (201) and replaced (200), by its path and by its id", async () => {
    const made = await put("/me/drive/root:/Reports/a.txt:/content");
    const { id, eTag } = await read<ItemJson>(made);
    expect(made.status).toBe(201);
    const again = await put(`/me/drive/items/${id}/content`, sampleBytes(7));
    expect([again.status, (await read<ItemJson>(again)).eTag]).toEqual([200, eTag.replace(",1", ",2")]);
    expect(bench.emulator.drive.file("/Reports/a.txt")).toMatchObject({ id, size: 7, via: "post" });
    expect(bench.emulator.requests.map(({ kind }) => kind)).toEqual(["post", "post"]);
  });

  test("may be empty", async () => {
    expect((await put("/me/drive/root:/a.txt:/content", new Uint8Array())).status).toBe(201);
    expect(bench.emulator.drive.file("/a.txt").bytes).toHaveLength(0);
  });

  test("may exceed the request cap, up to its own limit", async () => {
    const large = new Uint8Array(5_000_000);
    expect((await put("/me/drive/root:/a.txt:/content", large)).status).toBe(201);
    vary({ driveContentMaximum: 4194304 });
    expect((await put("/me/drive/root:/a.txt:/content", large)).status).toBe(413);
  });

  test("observes the conflict behavior, the quota and the tag", async () => {
    const path = "/me/drive/root:/a.txt:/content";
    await put(path);
    const asked = (value: string) => put(`${path}?@microsoft.graph.conflictBehavior=${value}`);
    expect(await outcome(asked("fail"))).toEqual([409, "nameAlreadyExists"]);
    expect((await read<ItemJson>(asked("rename"))).name).toBe("a 1.txt");
    expect((await asked("replace")).status).toBe(200);
    expect((await put(path, small, { "if-match": '"{0},1"' })).status).toBe(412);
    bench.emulator.drive.setQuota(2500);
    expect((await put("/me/drive/root:/b.txt:/content")).status).toBe(507);
    expect((await put(path)).status).toBe(200);
  });

  test("accepts no ranges", async () => {
    expect((await put("/me/drive/root:/a.txt:/content", small, { "content-range": "bytes 0-999/2000" })).status).toBe(
      400,
    );
  });

  test("is read through a redirect to the upload host, which refuses a token", async () => {
    const { path, sha256 } = bench.emulator.drive.addFile("/a.txt", small);
    const redirect = await send(`${bench.emulator.graphUrl}v1.0${path}/content`, {
      headers: { authorization: `Bearer ${bench.emulator.token}` },
      redirect: "manual",
    });
    expect(redirect.status).toBe(302);
    const url = redirect.headers.get("location")!;
    expect(url.startsWith(bench.emulator.driveUrl)).toBe(true);
    expect((await send(url, { headers: { authorization: "Bearer x" } })).status).toBe(401);
    expect(Buffer.from(await (await send(url)).arrayBuffer()).equals(small)).toBe(true);
    const followed = await graph("GET", `${path}/content`);
    expect(Buffer.from(await followed.arrayBuffer()).equals(small)).toBe(true);
    expect((await send(url.replace(/.$/, "x"))).status).toBe(404);
    expect(sha256).toHaveLength(64);
    vary({ driveContent: "bytes" });
    expect((await graph("GET", `${path}/content`)).url).toContain(bench.emulator.graphUrl);
  });
});

test("the drive reports its quota", async () => {
  bench.emulator.drive.setQuota(5000);
  bench.emulator.drive.addFile("/a.txt", small);
  expect(await read(graph("GET", "/me/drive"))).toMatchObject({
    driveType: "business",
    quota: { total: 5000, used: 1000, remaining: 4000, state: "normal" },
  });
  expect(bench.emulator.drive.used).toBe(1000);
});

test("a POST above 4 MiB is refused on drives too", async () => {
  const body = JSON.stringify({ name: "x".repeat(4_200_000), folder: {} });
  expect((await graph("POST", "/me/drive/root/children", body)).status).toBe(413);
});

test("the fixture throws for missing items", () => {
  const { drive } = bench.emulator;
  expect(() => drive.file("/nothing")).toThrow("has no item /nothing");
  expect(() => drive.file(drive.addFolder("/a"))).toThrow("a is a folder");
  expect(() => drive.of("/me/messages")).toThrow("is not the path of a drive");
  expect(drive.newFile("a b.zip").path).toBe(`/me/drive/items/${drive.root.id}:/a%20b.zip:`);
});
