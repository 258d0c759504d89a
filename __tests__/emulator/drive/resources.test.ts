/** Requests that clients make around an upload: they change, move, copy, find and follow items of a drive. */
import { quickXor } from "../../../src/emulator/drive/hashes";
import { errorOf, sampleBytes } from "../support";
import { open, part, read, useDrive, type ItemJson } from "./support";

const bench = useDrive();
const { graph, send, vary } = bench;
const drive = () => bench.emulator.drive;
const small = sampleBytes(1000);

interface Listed {
  value: (ItemJson & { deleted?: object; parentReference: { path?: string }; cTag?: string })[];
  "@odata.nextLink"?: string;
  "@odata.deltaLink"?: string;
}
const list = async (path: string): Promise<Listed> => read(graph("GET", path));
const names = async (path: string): Promise<string[]> => (await list(path)).value.map(({ name }) => name);
const outcome = async (response: Promise<Response>): Promise<[number, string]> => {
  const settled = await response;
  return [settled.status, (await errorOf(settled)).code];
};

describe("PATCH", () => {
  test("renames and moves an item, whose bytes and cTag stay", async () => {
    const file = drive().addFile("/from/a.txt", small);
    const folder = drive().addFolder("/to");
    const before = await read<ItemJson & { cTag: string }>(graph("GET", file.path));
    const moved = await graph("PATCH", file.path, { name: "b.txt", parentReference: { id: folder.id } });
    expect(moved.status).toBe(200);
    const { id, name, cTag, eTag } = await read<ItemJson & { cTag: string }>(moved);
    expect({ id, name, cTag }).toEqual({ id: file.id, name: "b.txt", cTag: before.cTag });
    expect(eTag).not.toBe(before.eTag);
    expect(drive().file("/to/b.txt").sha256).toBe(file.sha256);
    await graph("PATCH", file.path, { parentReference: { path: "/drive/root:/from" } });
    expect(drive().file("/from/b.txt").id).toBe(file.id);
  });

  test("moves a folder with all that is in it", async () => {
    drive().addFile("/a/deep/file.txt", small);
    const to = drive().addFolder("/b");
    await graph("PATCH", "/me/drive/root:/a", { parentReference: { id: to.id } });
    expect(
      drive()
        .files()
        .map(({ filePath }) => filePath),
    ).toEqual(["/b/a/deep/file.txt"]);
  });

  test("observes names that are taken, forbidden places, and the tag", async () => {
    const file = drive().addFile("/a.txt", small);
    drive().addFile("/b.txt", sampleBytes(5));
    const folder = drive().addFolder("/f/g");
    const change = (body: object, path = file.path) => graph("PATCH", path, body);
    expect(await outcome(change({ name: "B.txt" }))).toEqual([409, "nameAlreadyExists"]);
    const behavior = "@microsoft.graph.conflictBehavior";
    expect((await read<ItemJson>(change({ name: "b.txt", [behavior]: "rename" }))).name).toBe("b 1.txt");
    expect((await change({ name: "b.txt", [behavior]: "replace" })).status).toBe(200);
    expect(
      drive()
        .files()
        .map(({ name, size }) => [name, size]),
    ).toEqual([["b.txt", 1000]]);
    expect(await outcome(change({ parentReference: { id: "01NOWHERE" } }))).toEqual([404, "itemNotFound"]);
    expect((await change({ parentReference: { id: folder.id } }, "/me/drive/root:/f")).status).toBe(400);
    expect((await change({ name: "x" }, "/me/drive/root")).status).toBe(400);
    expect((await change({ parentReference: { id: file.id } }, "/me/drive/root:/f")).status).toBe(400);
    const headers = { authorization: `Bearer ${bench.emulator.token}`, "content-type": "application/json" };
    const url = `${bench.emulator.graphUrl}v1.0${file.path}`;
    const stale = send(url, { method: "PATCH", headers: { ...headers, "if-match": '"{0},1"' }, body: '{"name":"c"}' });
    expect((await stale).status).toBe(412);
  });

  test("ignores properties that it does not know, unless the variation refuses them", async () => {
    const { path } = drive().addFile("/a.txt", small);
    expect((await graph("PATCH", path, { colour: "red", "@name.conflictBehavior": "x" })).status).toBe(200);
    vary({ driveUnknownProperties: "refuse" });
    expect(await outcome(graph("PATCH", path, { colour: "red" }))).toEqual([400, "invalidRequest"]);
    expect((await graph("PATCH", path, { "@name.conflictBehavior": "x" })).status).toBe(200);
  });

  test("new bytes get a new date, unless it comes with them", async () => {
    const { path } = drive().addFile("/a.txt", small);
    const fileSystemInfo = { lastModifiedDateTime: "2001-02-03T04:05:06Z" };
    await graph("PATCH", path, { fileSystemInfo });
    expect(drive().file("/a.txt").fileSystemInfo).toEqual(fileSystemInfo);
    drive().addFile("/a.txt", sampleBytes(3));
    expect(drive().file("/a.txt").fileSystemInfo).not.toEqual(fileSystemInfo);
  });
});

describe("the hashes of a file", () => {
  test("are its quickXorHash, on personal drives also SHA-1 and SHA-256", async () => {
    const { path, sha256 } = drive().addFile("/a.txt", Buffer.from("J"));
    const hashes = async () => (await read<{ file: { hashes: object } }>(graph("GET", path))).file.hashes;
    expect(await hashes()).toEqual({ quickXorHash: "SgAAAAAAAAAAAAAAAQAAAAAAAAA=" });
    vary({ driveKind: "personal" });
    const sha1Hash = "58668E7669FD564D99DB5D581FCDB6A5618440B5";
    expect(await hashes()).toMatchObject({ sha1Hash, sha256Hash: sha256.toUpperCase() });
  });

  test("follow the definition of quickXorHash in any pieces", () => {
    const bytes = sampleBytes(1000);
    const hash = plainQuickXor(bytes);
    for (const at of [0, 1, 159, 160, 161, 999]) {
      expect(quickXor([bytes.subarray(0, at), bytes.subarray(at)])).toBe(hash);
    }
    expect(quickXor([])).toBe("AAAAAAAAAAAAAAAAAAAAAAAAAAA=");
  });
});

/** The definition, bit by bit. */
function plainQuickXor(bytes: Buffer): string {
  const hash = Buffer.alloc(20);
  const flip = (bit: number): void => void (hash[(bit >> 3) % 20]! ^= 1 << (bit & 7));
  bytes.forEach((byte, at) => {
    for (let bit = 0; bit < 8; bit++) if ((byte >> bit) & 1) flip((at * 11 + bit) % 160);
  });
  for (let bit = 0; bit < 64; bit++) if ((BigInt(bytes.length) >> BigInt(bit)) & 1n) flip(96 + bit);
  return hash.toString("base64");
}

describe("children and search", () => {
  beforeEach(() => {
    drive().addFile("/a.txt", sampleBytes(30));
    drive().addFile("/B and c.txt", sampleBytes(10));
    drive().addFile("/deep/a too.txt", sampleBytes(20));
  });

  test.each([
    ["$orderby=size desc", ["a.txt", "deep", "B and c.txt"]],
    ["$orderby=name desc", ["deep", "B and c.txt", "a.txt"]],
    ["$filter=folder ne null", ["deep"]],
    ["$filter=file ne null and size gt 10", ["a.txt"]],
    ["$filter=name eq 'b and C.txt'", ["B and c.txt"]],
    ["$filter=startswith(name,'d') or contains(name,' and ')", ["B and c.txt", "deep"]],
    ["$filter=lastModifiedDateTime lt 2001-01-01T00:00:00Z", []],
    ["$top=1&$skip=1", ["B and c.txt"]],
    ["top=1&orderby=size desc", ["a.txt"]],
  ])("take %s", async (query, expected) => {
    expect(await names(`/me/drive/root/children?${query}`)).toEqual(expected);
  });

  test("refuse a filter that they do not know", async () => {
    for (const query of ["$filter=any(x)", "$filter=name is 'a'", "$orderby=name up", "$skip=-1"]) {
      expect((await graph("GET", `/me/drive/root/children?${query}`)).status).toBe(400);
    }
  });

  test("search finds names anywhere below a folder", async () => {
    expect(await names("/me/drive/root/search(q='A')")).toEqual(["a.txt", "B and c.txt", "a too.txt"]);
    expect(await names("/me/drive/root:/deep:/search(q='a')")).toEqual(["a too.txt"]);
    expect(await names("/me/drive/search(q='it''s')")).toEqual([]);
  });
});

describe("delta", () => {
  const follow = async (link: string | undefined): Promise<Listed> =>
    list(link!.slice(`${bench.emulator.graphUrl}v1.0`.length));

  test("lists all items in pages, folders first, and then only what changed", async () => {
    vary({ drivePageSize: 2 });
    const file = drive().addFile("/a/b/c.txt", small);
    drive().addFile("/d.txt", small);
    const found: string[] = [];
    let page = await list("/me/drive/root/delta?select=id,name,deleted");
    for (; page["@odata.nextLink"]; page = await follow(page["@odata.nextLink"])) {
      found.push(...page.value.map(({ name }) => name));
    }
    found.push(...page.value.map(({ name }) => name));
    expect(found.filter((name) => name !== "root")).toEqual(["a", "d.txt", "b", "c.txt"]);
    vary({ drivePageSize: 200 });
    const link = page["@odata.deltaLink"];
    expect((await follow(link)).value).toEqual([]);

    await graph("PATCH", file.path, { name: "renamed.txt" });
    await graph("DELETE", "/me/drive/root:/d.txt");
    const changed = await follow(link);
    expect(changed.value.map(({ name, deleted }) => name ?? deleted)).toEqual([
      ...["root", "a", "b", "renamed.txt"],
      { state: "deleted" },
    ]);
    expect((await follow(changed["@odata.deltaLink"])).value).toEqual([]);
  });

  test("tells a moved folder before what is in it", async () => {
    drive().addFile("/a/b/c.txt", small);
    const to = drive().addFolder("/z");
    await graph("PATCH", "/me/drive/root:/a", { parentReference: { id: to.id } });
    const order = await names("/me/drive/root/delta");
    expect(order.indexOf("z")).toBeLessThan(order.indexOf("a"));
    expect(order.indexOf("a")).toBeLessThan(order.indexOf("b"));
    expect(order.indexOf("b")).toBeLessThan(order.indexOf("c.txt"));
  });

  test("has no path and, on business drives, no cTag (documented), unless the variation tells the path", async () => {
    drive().addFile("/a/c.txt", small);
    const last = async () => (await list("/me/drive/root/delta")).value.at(-1)!;
    expect([(await last()).parentReference.path, (await last()).cTag]).toEqual([undefined, undefined]);
    vary({ driveDeltaPath: "present" });
    expect((await last()).parentReference.path).toMatch(/root:\/a$/);
  });

  test("begins with now for the token latest, and again after a token that is none", async () => {
    drive().addFile("/a.txt", small);
    for (const path of ["/me/drive/root/delta?token=latest", "/me/drive/delta(token='latest')"]) {
      const latest = await list(path);
      expect(latest.value).toEqual([]);
      expect((await follow(latest["@odata.deltaLink"])).value).toEqual([]);
    }
    expect(await outcome(graph("GET", "/me/drive/root/delta?token=x"))).toEqual([410, "resyncRequired"]);
  });
});

describe("a copy", () => {
  test("is made with all that is in it, and its progress is told without a token", async () => {
    drive().addFile("/a/deep/file.txt", small);
    const to = drive().addFolder("/to");
    const started = await graph("POST", "/me/drive/root:/a:/copy", { name: "b", parentReference: { id: to.id } });
    expect(started.status).toBe(202);
    const progress = await (await send(started.headers.get("location")!)).json();
    expect(progress).toMatchObject({ status: "completed", resourceId: expect.any(String) });
    expect((await read<ItemJson>(graph("GET", "/me/drive/root:/to/b"))).id).toBe(
      (progress as { resourceId: string }).resourceId,
    );
    expect(drive().file("/to/b/deep/file.txt").sha256).toBe(drive().file("/a/deep/file.txt").sha256);
  });

  test("is refused for a name that is taken, for its own folder, and for a full drive", async () => {
    const { path } = drive().addFile("/a/file.txt", small);
    expect(await outcome(graph("POST", `${path}/copy`, {}))).toEqual([409, "nameAlreadyExists"]);
    const parentReference = { id: (await read<ItemJson>(graph("GET", "/me/drive/root:/a"))).id };
    expect((await graph("POST", "/me/drive/root:/a:/copy", { parentReference, name: "b" })).status).toBe(400);
    drive().setQuota(1500);
    expect((await graph("POST", `${path}/copy`, { name: "b.txt" })).status).toBe(507);
    expect((await graph("GET", `${path}/copy`)).status).toBe(405);
  });
});

test("a user's drives are listed", async () => {
  const { value } = await list("/me/drives");
  expect(value.map(({ id }) => id)).toEqual([drive().id]);
});

test("a session that names no conflict behavior fails if the name is taken, or replaces as from the field", async () => {
  drive().addFile("/a.txt", sampleBytes(3));
  const finish = async () => (await send(await open(bench, "/me/drive/root:/a.txt:"), part(0, 1000, {}, small))).status;
  expect(await finish()).toBe(409);
  bench.emulator.reset();
  drive().addFile("/a.txt", sampleBytes(3));
  vary({ driveSessionDefault: "replace" });
  expect(await finish()).toBe(200);
});
