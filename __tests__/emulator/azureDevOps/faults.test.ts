import type { FaultScript } from "../../../src/emulator/index";
import {
  attachmentsPath,
  chunk,
  exceptionOf,
  link,
  patch,
  read,
  start,
  startAzure,
  upload,
  type AzureBench,
} from "./support";
import { sampleBytes } from "../support";

const bytes = sampleBytes(9000);
let bench: AzureBench;
let id: string;
beforeAll(async () => {
  bench = await startAzure();
});
afterAll(() => bench.emulator.close());
beforeEach(async () => {
  bench.emulator.reset();
  ({ id } = await start(bench));
});
afterEach(() => bench.emulator.verifyFaults());

const put = (from: number, to: number, signal?: AbortSignal): Promise<Response> =>
  chunk(bench, id, bytes, [from, to], { signal });
const stored = (): number => bench.azure.blob(id).bytes.length;

/** Sends each third until it was taken and tells the outcomes. */
async function sendAll(): Promise<number[]> {
  const outcomes: number[] = [];
  for (const from of [0, 3000, 6000]) {
    let status: number;
    do outcomes.push((status = (await put(from, from + 3000)).status));
    while (status >= 500);
  }
  return outcomes;
}

test.each<[string, FaultScript["on"], number[]]>([
  ["the first chunk", { range: "first" }, [503, 201, 201, 200]],
  ["a middle chunk", { range: "middle" }, [201, 503, 201, 200]],
  ["the last chunk", { range: "last" }, [201, 201, 503, 200]],
  ["a chunk by number", { range: 1 }, [201, 503, 201, 200]],
  ["any chunk", { kind: "range" }, [503, 201, 201, 200]],
  ["a method on the origin", { method: "put", origin: "azureDevOps" }, [503, 201, 201, 200]],
])("a fault waits for %s", async (_what, on, outcomes) => {
  bench.emulator.fault({ on, status: 503 });
  expect(await sendAll()).toEqual(outcomes);
  expect(bench.azure.blob(id).bytes.equals(bytes)).toBe(true);
});

test.each<[NonNullable<FaultScript["on"]>["kind"], () => Promise<Response>]>([
  ["create", () => bench.request("POST", `${attachmentsPath}?uploadType=chunked`)],
  ["post", () => bench.request("POST", attachmentsPath, { body: "x" })],
  ["read", () => bench.request("GET", `${attachmentsPath}/${id}`)],
  ["remove", () => bench.request("DELETE", `${attachmentsPath}/${id}`)],
  ["link", () => patch(bench, bench.azure.addWorkItem().path, [])],
  ["workItem", () => bench.request("GET", bench.azure.addWorkItem().path)],
])("a fault waits for a request of the kind %s", async (kind, request) => {
  bench.emulator.fault({ on: { kind }, status: 429, headers: { "Retry-After": "3" }, body: { message: "x" } });
  const response = await request();
  expect([response.status, response.headers.get("retry-after"), await response.json()]).toEqual([
    429,
    "3",
    { message: "x" },
  ]);
});

test.each<[string, FaultScript, number]>([
  ["before the body", { reset: "before" }, 0],
  ["midway", { reset: "midway" }, 0],
  ["after processing", { reset: "after" }, 3000],
  ["inside the answer", { cutReply: true }, 3000],
  ["with a part of the chunk kept", { partial: 100, reset: "after" }, 100],
])("a connection that breaks %s leaves the stated number of bytes", async (_where, fault, kept) => {
  bench.emulator.fault({ on: { range: "first" }, ...fault });
  await expect(put(0, 3000).then((response) => response.text())).rejects.toThrow();
  expect(stored()).toBe(kept);
});

test.each<[string, FaultScript, number]>([
  ["before", { hang: true }, 0],
  ["after", { hang: "after" }, 3000],
])("a chunk that hangs %s processing ends with its client and blocks no later one", async (_when, fault, kept) => {
  bench.emulator.fault({ on: { range: "first" }, ...fault });
  await expect(put(0, 3000, AbortSignal.timeout(50))).rejects.toThrow("timeout");
  expect((await put(kept, 6000)).status).toBe(201);
});

test("a fault after processing hides that the chunk was kept, so sending it again is refused", async () => {
  bench.emulator.fault({ on: { range: "first" }, status: 504, after: true });
  expect([(await put(0, 3000)).status, (await put(0, 3000)).status, stored()]).toEqual([504, 400, 3000]);
});

test("a chunk that was kept in part is an error, and sending it again is refused", async () => {
  bench.emulator.fault({ on: { range: "last" }, partial: 10 });
  await put(0, 6000);
  expect((await exceptionOf(await put(6000, 9000)))[0]).toBe(500);
  expect([stored(), bench.azure.blob(id).complete]).toEqual([6010, false]);
  expect((await put(6000, 9000)).status).toBe(400);
  expect((await bench.request("GET", `${attachmentsPath}/${id}`)).status).toBe(404);
});

test("if replays are accepted, it is written again in its own place", async () => {
  const { emulator, azure } = bench;
  emulator.vary({ azureReplay: "accept" });
  emulator.fault({ on: { range: "middle" }, partial: 10, reset: "after" });
  await put(0, 3000);
  await expect(put(3000, 6000)).rejects.toThrow();
  expect([(await put(3000, 6000)).status, (await put(6000, 9000)).status]).toEqual([201, 200]);
  expect(azure.blob(id).bytes.equals(bytes)).toBe(true);
  emulator.vary({ azureReplay: "refuse" });
});

test("a dropped upload does not come back", async () => {
  bench.emulator.fault({ on: { range: "middle" }, gone: true });
  await put(0, 3000);
  const [status, message] = await exceptionOf(await put(3000, 6000));
  expect([status, message]).toEqual([404, `The attachment ${id} does not exist.`]);
  expect((await put(3000, 6000)).status).toBe(400);
  expect(bench.azure.attachments()).toEqual([]);
});

test("a link is made even if its answer is lost, and the revision test shows it", async () => {
  const { emulator, azure } = bench;
  const item = azure.addWorkItem();
  const { url } = await upload(bench, bytes);
  const operations = [{ op: "test", path: "/rev", value: item.rev }, link(url, { comment: "" })];
  emulator.fault({ on: { kind: "link" }, reset: "after" });
  await expect(patch(bench, item.path, operations)).rejects.toThrow();
  expect((await patch(bench, item.path, operations)).status).toBe(412);
  expect(azure.workItem(item.id)).toMatchObject({ rev: 2, relations: [{ rel: "AttachedFile" }] });
});

test("a start with a lost answer leaves an orphan", async () => {
  bench.emulator.fault({ on: { kind: "create" }, reset: "after" });
  await expect(start(bench)).rejects.toThrow();
  expect(bench.azure.attachments()).toHaveLength(2);
});

test("a delay slows down an answer that announces it", async () => {
  bench.emulator.vary({ azureRetryAfterOnSuccess: 1 });
  const reply: FaultScript["reply"] = (kept) => ({
    ...kept,
    headers: { ...kept.headers, "x-ratelimit-delay": "0.030" },
  });
  bench.emulator.fault({ on: { kind: "range" }, delay: 30, reply });
  const began = performance.now();
  const { status, headers } = await put(0, 3000);
  expect([status, headers.get("retry-after"), headers.get("x-ratelimit-delay")]).toEqual([201, "1", "0.030"]);
  expect(performance.now() - began).toBeGreaterThanOrEqual(29);
  bench.emulator.vary({ azureRetryAfterOnSuccess: null });
});

test("an answer can be rewritten, for example into one without an id", async () => {
  bench.emulator.fault(
    { on: { range: "first" }, reply: (reply) => ({ ...reply, body: {} }) },
    { on: { range: "middle" }, status: 203, body: "<html>Sign In</html>" },
  );
  expect(await read(await put(0, 3000))).toEqual({});
  const page = await put(3000, 6000);
  expect([page.status, page.headers.get("content-type"), stored()]).toEqual([203, "text/html", 3000]);
});
