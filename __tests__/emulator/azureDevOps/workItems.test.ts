import { link, read, startAzure, upload, type AzureBench } from "./support";
import { sampleBytes } from "../support";

let bench: AzureBench;
beforeAll(async () => void (bench = await startAzure()));
afterAll(() => bench.emulator.close());
beforeEach(() => bench.emulator.reset());

const title = (value: string) => ({ op: "add", path: "/fields/System.Title", value });
const headers = { "content-type": "application/json-patch+json" };
const create = (operations: unknown, path = "/MyProject/_apis/wit/workitems/$Task"): Promise<Response> =>
  bench.request("POST", path, { body: JSON.stringify(operations), headers });

test("a work item is created with its fields and a linked attachment, in its first revision", async () => {
  const { url } = await upload(bench, sampleBytes(100), "?fileName=a.txt");
  const response = await create([title("A bug"), link(url, { comment: "see" })], "/MyProject/_apis/wit/workitems/$Bug");
  expect(response.status).toBe(200);
  const item = (await response.json()) as { id: number };
  expect(item).toMatchObject({ rev: 1, fields: { "System.Title": "A bug", "System.WorkItemType": "Bug" } });
  expect(bench.azure.workItem(item.id).relations).toHaveLength(1);
  expect(bench.azure.attachments()[0]!.linkedTo).toEqual([item.id]);
});

test("it needs a title, a project and the media type of a patch, and a refused one is not there", async () => {
  expect((await create([{ op: "add", path: "/fields/System.State", value: "New" }])).status).toBe(400);
  expect((await create([title("A"), link("https://x/y")])).status).toBe(400);
  expect((await create([title("A")], "/_apis/wit/workitems/$Task")).status).toBe(404);
  const json = { body: JSON.stringify([title("A")]), headers: { "content-type": "application/json" } };
  expect((await bench.request("POST", "/MyProject/_apis/wit/workitems/$Task", json)).status).toBe(400);
  expect((await bench.request("GET", "/_apis/wit/workitems?ids=299")).status).toBe(404);
});

test("work items are read by their ids, in the order of these", async () => {
  const ids = [bench.azure.addWorkItem({ title: "one" }).id, bench.azure.addWorkItem({ title: "two" }).id].reverse();
  const found = await read<{ count: number; value: { id: number }[] }>(
    await bench.request("GET", `/MyProject/_apis/wit/workitems?ids=${ids.join(",")}`),
  );
  expect([found.count, found.value.map(({ id }) => id)]).toEqual([2, ids]);
  expect((await bench.request("GET", "/_apis/wit/workitems?ids=1")).status).toBe(404);
  expect((await bench.request("GET", "/_apis/wit/workitems")).status).toBe(400);
});
