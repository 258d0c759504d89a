import { attachmentsPath, chunk, read, start, useAzure } from "./support";
import { sampleBytes } from "../support";

const bytes = sampleBytes(50_000);
const bench = useAzure();

/** Sends the file in these pieces and gives the statuses. */
async function chunks(id: string, ...ends: number[]): Promise<number[]> {
  const statuses: number[] = [];
  for (const [at, to] of ends.entries()) statuses.push((await chunk(bench, id, bytes, [ends[at - 1] ?? 0, to])).status);
  return statuses;
}

test("a start, chunks in order, and the last byte completes the file", async () => {
  const { azure } = bench;
  const { id, url } = await start(bench);
  expect(url).toBe(`${azure.organizationUrl}${attachmentsPath}/${id}?fileName=a.bin`);
  expect(azure.blob(id)).toMatchObject({ fileName: "a.bin", complete: false, chunks: 0 });
  const first = await chunk(bench, id, bytes, [0, 40_000]);
  expect([first.status, await first.json()]).toEqual([
    201,
    { id, url: `${azure.organizationUrl}${attachmentsPath}/${id}` },
  ]);
  expect(azure.blob(id)).toMatchObject({ complete: false, chunks: 1, bytes: bytes.subarray(0, 40_000) });
  const last = await chunk(bench, id, bytes, [40_000, 50_000]);
  expect([last.status, await last.json()]).toEqual([200, expect.objectContaining({ id })]);
  expect(azure.blob(id)).toMatchObject({ complete: true, chunks: 2 });
  expect(azure.blob(id).bytes.equals(bytes)).toBe(true);
});

test("one chunk is enough, and chunks can have any size", async () => {
  const { id } = await start(bench, "");
  expect(await chunks(id, 50_000)).toEqual([200]);
  const { id: odd } = await start(bench, "");
  expect(await chunks(odd, 1, 3, 49_999, 50_000)).toEqual([201, 201, 201, 200]);
  expect(bench.azure.blob(odd).bytes.equals(bytes)).toBe(true);
});

test.each([200, 201, 202] as const)("all chunks answer %i in that variation", async (azureChunkStatus) => {
  bench.emulator.vary({ azureChunkStatus });
  const { id } = await start(bench);
  expect(await chunks(id, 40_000, 50_000)).toEqual([azureChunkStatus, azureChunkStatus]);
  bench.emulator.vary({ azureChunkStatus: "201 then 200" });
});

test("uploadType is read in any letter case, may be absent on a PUT, and is otherwise refused", async () => {
  const { request } = bench;
  const response = await request("POST", `${attachmentsPath}?UploadType=Chunked&filename=a`);
  const { id } = await read<{ id: string }>(response);
  expect((await chunk(bench, id, bytes, [0, 10], { query: "" })).status).toBe(201);
  expect((await chunk(bench, id, bytes, [10, 20], { query: "?uploadType=CHUNKED" })).status).toBe(201);
  expect((await chunk(bench, id, bytes, [20, 30], { query: "?uploadType=simple" })).status).toBe(400);
  expect((await request("POST", `${attachmentsPath}?uploadType=resumable`)).status).toBe(400);
});

test("a chunk's url has its fileName only in that variation", async () => {
  bench.emulator.vary({ azureChunkFileName: true });
  const { id, url } = await start(bench);
  expect(await (await chunk(bench, id, bytes, [0, 10])).json()).toEqual({ id, url });
  bench.emulator.vary({ azureChunkFileName: false });
});

test("a range that is sent again is refused, also after the last one", async () => {
  const { id } = await start(bench);
  await chunks(id, 10);
  expect((await chunk(bench, id, bytes, [0, 10])).status).toBe(400);
  expect((await chunk(bench, id, bytes, [10, 50_000])).status).toBe(200);
  expect((await chunk(bench, id, bytes, [10, 50_000])).status).toBe(400);
  expect(bench.azure.blob(id).bytes.equals(bytes)).toBe(true);
});

test("the last range is accepted again in that variation, in its own place", async () => {
  bench.emulator.vary({ azureReplay: "accept" });
  const { id } = await start(bench);
  await chunks(id, 10, 20);
  expect((await chunk(bench, id, bytes, [0, 10])).status).toBe(400);
  expect((await chunk(bench, id, bytes, [10, 19])).status).toBe(400);
  expect((await chunk(bench, id, bytes, [10, 20])).status).toBe(201);
  expect((await chunk(bench, id, bytes, [20, 50_000])).status).toBe(200);
  expect((await chunk(bench, id, bytes, [20, 50_000])).status).toBe(200);
  expect(bench.azure.blob(id)).toMatchObject({ chunks: 3, complete: true });
  expect(bench.azure.blob(id).bytes.equals(bytes)).toBe(true);
  bench.emulator.vary({ azureReplay: "refuse" });
});

test("the later of two simultaneous chunks of an upload is refused", async () => {
  const { emulator } = bench;
  const { id } = await start(bench);
  emulator.fault({ on: { range: "first" }, delay: 600_000 });
  const stop = new AbortController();
  const first = chunk(bench, id, bytes, [0, 10], { signal: stop.signal }).catch(() => "stopped");
  while (emulator.requests.length < 2) await new Promise((resolve) => setImmediate(resolve));
  expect((await chunk(bench, id, bytes, [0, 10])).status).toBe(409);
  const other = await start(bench);
  expect((await chunk(bench, other.id, bytes, [0, 10])).status).toBe(201);
  stop.abort();
  expect(await first).toBe("stopped");
  expect((await chunk(bench, id, bytes, [0, 10])).status).toBe(201);
});

test("chunks need api-version 2.0, or 5.0 in that variation", async () => {
  const { emulator, request } = bench;
  const put = async (version: string): Promise<number> => {
    const { id } = await start(bench);
    return (await chunk(bench, id, bytes, [0, 10], { query: `?api-version=${version}` })).status;
  };
  expect([await put("1.0"), await put("2.0"), await put("3.2")]).toEqual([405, 201, 201]);
  emulator.vary({ azureChunkFloor: "5.0" });
  expect([await put("4.1"), await put("5.0")]).toEqual([405, 201]);
  emulator.vary({ azureChunkFloor: "2.0" });
  expect((await request("POST", `${attachmentsPath}?uploadType=chunked&api-version=1.0`)).status).toBe(400);
});
