import { errorOf } from "../support";
import { bytes, open, part, read, sendAll, unit, useDrive, type ItemJson } from "./support";

const bench = useDrive();
const { graph, send, vary } = bench;
const file = "/me/drive/root:/Reports/a.zip:";
const outcome = async (response: Promise<Response>): Promise<[number, string]> => {
  const settled = await response;
  return [settled.status, (await errorOf(settled)).code];
};

describe("a deferred session", () => {
  const post = (url: string, body?: string) => send(url, { method: "POST", body });

  test("creates its file on a POST without a body (201)", async () => {
    const url = await open(bench, file, { deferCommit: true });
    const last = await sendAll(bench, url);
    expect([last.status, await last.json()]).toEqual([
      202,
      { expirationDateTime: expect.any(String), nextExpectedRanges: [] },
    ]);
    expect(bench.emulator.drive.files()).toEqual([]);
    const committed = await post(url);
    expect([committed.status, (await read<ItemJson>(committed)).name]).toEqual([201, "a.zip"]);
    expect(bench.emulator.drive.file("/Reports/a.zip").bytes.equals(bytes)).toBe(true);
    expect((await post(url)).status).toBe(404);
    expect(bench.emulator.requests.at(-1)!.kind).toBe("commit");
  });

  test("omits the ranges after the last one in that variation", async () => {
    vary({ driveDeferredRanges: "absent" });
    const last = await sendAll(bench, await open(bench, file, { deferCommit: true }));
    expect(await last.json()).toEqual({ expirationDateTime: expect.any(String) });
  });

  test("is not committed before its last byte, nor with a body", async () => {
    const url = await open(bench, file, { deferCommit: true });
    await send(url, part(0, unit));
    expect(await outcome(post(url))).toEqual([400, "uploadSessionIncomplete"]);
    await send(url, part(unit, 2 * unit));
    await send(url, part(2 * unit, bytes.length));
    expect(await outcome(post(url, "{}"))).toEqual([400, "invalidRequest"]);
    expect((await post(url)).status).toBe(201);
  });

  test("reports a taken name at the commit, and can then be committed elsewhere", async () => {
    const url = await open(bench, file, { deferCommit: true });
    await sendAll(bench, url);
    bench.emulator.drive.addFile("/Reports/a.zip", Buffer.from("x"));
    expect(await outcome(post(url))).toEqual([409, "nameAlreadyExists"]);
  });

  test("is committed by PUT on personal drives", async () => {
    vary({ driveKind: "personal" });
    const url = await open(bench, file, { deferCommit: true });
    await sendAll(bench, url);
    expect((await post(url)).status).toBe(405);
    const body = { name: "a.zip", "@microsoft.graph.sourceUrl": url };
    expect((await graph("PUT", "/me/drive/root:/Reports", body)).status).toBe(201);
  });
});

test("a session without deferCommit is not committed by POST", async () => {
  const url = await open(bench, file);
  expect(await outcome(send(url, { method: "POST" }))).toEqual([400, "invalidRequest"]);
});

describe("a session whose name is taken", () => {
  const commit = (url: string, body: object, folder = "/me/drive/root:/Reports") =>
    graph("PUT", folder, { name: "a.zip", "@microsoft.graph.sourceUrl": url, ...body });
  const behavior = (value: string) => ({ "@microsoft.graph.conflictBehavior": value });
  let url: string;
  beforeEach(async () => {
    bench.emulator.drive.addFile("/Reports/a.zip", Buffer.from("old"));
    url = await open(bench, file);
    expect((await sendAll(bench, url)).status).toBe(409);
  });

  test("is committed under a new name without sending its bytes again", async () => {
    const before = bench.emulator.requests.filter(({ kind }) => kind === "range").length;
    const committed = await commit(url, behavior("rename"));
    expect([committed.status, (await read<ItemJson>(committed)).name]).toEqual([201, "a 1.zip"]);
    expect(bench.emulator.drive.file("/Reports/a 1.zip").bytes.equals(bytes)).toBe(true);
    expect(bench.emulator.requests.filter(({ kind }) => kind === "range")).toHaveLength(before);
    expect(bench.emulator.requests.at(-1)!.kind).toBe("commit");
    expect((await send(url)).status).toBe(404);
  });

  test("is committed over the existing file (200)", async () => {
    expect((await commit(url, behavior("replace"))).status).toBe(200);
    expect(bench.emulator.drive.file("/Reports/a.zip").size).toBe(bytes.length);
  });

  test("is committed under another name in another folder, by the folder's id", async () => {
    const folder = bench.emulator.drive.addFolder("/Other");
    expect((await commit(url, { name: "b.zip" }, folder.path)).status).toBe(201);
    expect(bench.emulator.drive.file("/Other/b.zip").size).toBe(bytes.length);
  });

  test("stays open when the commit is refused again", async () => {
    expect(await outcome(commit(url, {}))).toEqual([409, "nameAlreadyExists"]);
    expect((await send(url)).status).toBe(200);
  });

  test("is committed only if the tag is that of the file or its folder", async () => {
    const put = (tag: string) =>
      send(`${bench.emulator.graphUrl}v1.0/me/drive/root:/Reports`, {
        method: "PUT",
        headers: {
          authorization: `Bearer ${bench.emulator.token}`,
          "content-type": "application/json",
          "if-match": tag,
        },
        body: JSON.stringify({ name: "a.zip", "@microsoft.graph.sourceUrl": url, ...behavior("replace") }),
      });
    expect((await put('"{0},1"')).status).toBe(412);
    expect((await put(bench.emulator.drive.file("/Reports/a.zip").eTag)).status).toBe(200);
  });

  test.each<[string, object, number]>([
    ["without a name", { name: undefined }, 400],
    ["with a name that cannot be", { name: "a?.zip" }, 400],
    ["from a URL that is none of a session", { "@microsoft.graph.sourceUrl": "https://x/" }, 404],
  ])("is not committed %s", async (_how, body, status) => {
    expect((await commit(url, body)).status).toBe(status);
  });

  test("is not committed with anything else where drives refuse what they do not know", async () => {
    vary({ driveUnknownProperties: "refuse" });
    expect((await commit(url, { description: "x" })).status).toBe(400);
  });

  test("is not committed to a file", async () => {
    expect((await commit(url, {}, "/me/drive/root:/Reports/a.zip")).status).toBe(400);
  });
});

test("a session that lacks bytes is not committed", async () => {
  const url = await open(bench, file);
  await send(url, part(0, unit));
  const body = { name: "a.zip", "@microsoft.graph.sourceUrl": url };
  expect(await outcome(graph("PUT", "/me/drive/root:/Reports", body))).toEqual([400, "uploadSessionIncomplete"]);
});
