import {
  attachmentsPath,
  exceptionOf,
  link,
  patch,
  read,
  startAzure,
  withAzure,
  upload,
  type AzureBench,
} from "./support";
import { sampleBytes } from "../support";

const bytes = sampleBytes(100);
const now = Date.UTC(2026, 0, 1);
let bench: AzureBench;
beforeAll(async () => {
  bench = await startAzure({ now: () => now });
});
afterAll(() => bench.emulator.close());
beforeEach(() => bench.emulator.reset());

const dates = {
  authorizedDate: "2026-01-01T00:00:00.000Z",
  resourceCreatedDate: "2026-01-01T00:00:00.000Z",
  resourceModifiedDate: "2026-01-01T00:00:00.000Z",
  revisedDate: "9999-01-01T00:00:00Z",
};

test("a linked file is returned with its name moved out of the url, an id, four dates and its size", async () => {
  const { azure, request } = bench;
  const { id, path, rev } = azure.addWorkItem({ title: "Upload it" });
  expect([path, rev]).toEqual([`/MyProject/_apis/wit/workitems/${id}`, 1]);
  const file = await upload(bench, bytes, "?fileName=Spec%20%C3%BC.txt");
  const attributes = { comment: "Spec for the work", resourceSize: 100 };
  const patched = await patch(bench, path, [
    { op: "test", path: "/rev", value: 1 },
    { op: "add", path: "/fields/System.History", value: "Adding the necessary spec" },
    link(file.url, attributes),
  ]);
  const relation = {
    rel: "AttachedFile",
    url: `${azure.organizationUrl}${attachmentsPath}/${file.id}`,
    attributes: { ...attributes, name: "Spec ü.txt", id: expect.any(Number) as number, ...dates },
  };
  expect([patched.status, await patched.json()]).toEqual([
    200,
    expect.objectContaining({ id, rev: 2, relations: [relation] }),
  ]);
  expect(azure.workItem(id)).toMatchObject({ id, rev: 2, relations: [relation] });
  expect(azure.blob(file.id).linkedTo).toEqual([id]);
  expect(() => azure.workItem(1)).toThrow("no work item 1");

  for (const expand of ["relations", "All", "1"]) {
    const item = await read<object>(await request("GET", `${path}?$expand=${expand}`));
    expect(item).toMatchObject({ id, rev: 2, relations: [relation], fields: { "System.Title": "Upload it" } });
  }
  expect(await read(await request("GET", path))).not.toHaveProperty("relations");
});

test("several files make one revision, and one file may be linked to several items", async () => {
  const { azure } = bench;
  const [one, two] = [azure.addWorkItem(), azure.addWorkItem({ project: "Other" })];
  const first = await upload(bench, bytes);
  const second = await upload(bench, bytes, "");
  const links = [link(first.url, { comment: "" }), link(second.url, { name: "b.bin", comment: "" })];
  expect((await patch(bench, one.path, links)).status).toBe(200);
  expect((await patch(bench, two.path, links)).status).toBe(200);
  expect(azure.workItem(one.id)).toMatchObject({
    rev: 2,
    relations: [{ attributes: { name: "a.bin" } }, { attributes: { name: "b.bin" } }],
  });
  expect(azure.blob(first.id).linkedTo).toEqual([one.id, two.id]);
});

test("a stale revision gets 412 and changes nothing", async () => {
  const { azure } = bench;
  const { id, path } = azure.addWorkItem({ rev: 4 });
  const { url } = await upload(bench, bytes);
  const operations = [link(url, { comment: "" }), { op: "test", path: "/rev", value: 5 }];
  expect(await exceptionOf(await patch(bench, path, operations))).toEqual([
    412,
    "VS403351: Test Operation for path /rev failed, value 4 was not equal to test value 5.",
    "TestPatchOperationFailedException",
  ]);
  expect(azure.workItem(id)).toMatchObject({ rev: 4, relations: [] });
});

test("without a revision test, a repeated PATCH makes a second link", async () => {
  const { azure } = bench;
  const { id, path } = azure.addWorkItem();
  const { url } = await upload(bench, bytes);
  for (let times = 0; times < 2; times++) await patch(bench, path, [link(url, { comment: "" })]);
  expect(azure.workItem(id)).toMatchObject({ rev: 3, relations: [{ rel: "AttachedFile" }, { rel: "AttachedFile" }] });
  expect(azure.blob(azure.attachments()[0]!.id).linkedTo).toEqual([id]);
});

test("a link is removed by its index, and its file stays", async () => {
  const { azure, request } = bench;
  const { id, path } = azure.addWorkItem();
  const [one, two] = [await upload(bench, bytes), await upload(bench, bytes)];
  await patch(bench, path, [link(one.url, { comment: "" }), link(two.url, { comment: "" })]);
  const remove = (at: number): Promise<Response> => patch(bench, path, [{ op: "remove", path: `/relations/${at}` }]);
  expect((await remove(0)).status).toBe(200);
  expect(azure.workItem(id).relations.map(({ url }) => url)).toEqual([two.url.replace("?fileName=a.bin", "")]);
  expect((await remove(1)).status).toBe(400);
  expect((await request("GET", `${attachmentsPath}/${one.id}`)).status).toBe(200);
  expect(azure.blob(one.id).linkedTo).toEqual([]);
});

test("a test operation alone and validateOnly make no revision", async () => {
  const { azure } = bench;
  const { id, path } = azure.addWorkItem();
  expect((await patch(bench, path, [{ op: "test", path: "/rev", value: 1 }])).status).toBe(200);
  const field = { op: "add", path: "/fields/System.Title", value: "x" };
  const validated = await patch(bench, `${path}?validateOnly=true`, [field]);
  expect(await read(validated)).toMatchObject({ fields: { "System.Title": "x" } });
  expect(azure.workItem(id)).toMatchObject({ rev: 1, fields: { "System.Title": "" } });
});

test("a linked file stays beyond 30 days, and a deleted one names its work items", async () => {
  let time = now;
  await withAzure({ now: () => time }, async (own) => {
    const { id, path } = own.azure.addWorkItem();
    const file = await upload(own, bytes);
    await patch(own, path, [link(file.url, { comment: "" })]);
    time += 31 * 86_400_000;
    expect((await own.request("GET", `${attachmentsPath}/${file.id}`)).status).toBe(200);
    const removed = await own.request("DELETE", `${attachmentsPath}/${file.id}?api-version=7.2-preview.4`);
    expect(await read(removed)).toMatchObject({ affectedWorkItems: [{ id }] });
  });
});
