import { attachmentsPath, chunk, exceptionOf, link, patch, start, useAzure, upload } from "./support";
import { sampleBytes } from "../support";

const bytes = sampleBytes(100);
const bench = useAzure();

test.each<[string, unknown, RegExp]>([
  ["without a url", { rel: "AttachedFile" }, /^Value \{"rel":"AttachedFile"\} does not match the expected type /],
  ["that is no object", "https://x.example", /WorkItemTracking\.WebApi\.Models\.WorkItemRelation\.$/],
  ["to nothing that is stored", { rel: "AttachedFile", url: "https://x.example/a" }, /does not exist/],
])("a relation %s is refused", async (_what, value, message) => {
  const { id, path } = bench.azure.addWorkItem();
  const operations = [
    { op: "add", path: "/fields/System.History", value: "x" },
    { op: "add", path: "/relations/-", value },
  ];
  expect(await exceptionOf(await patch(bench, path, operations))).toEqual([
    400,
    expect.stringMatching(message),
    "VssPropertyValidationException",
  ]);
  expect(bench.azure.workItem(id)).toMatchObject({ rev: 1, relations: [] });
  expect(bench.azure.workItem(id).fields).not.toHaveProperty(["System.History"]);
});

test("a url on another server is refused, even with a valid id", async () => {
  const { id } = await upload(bench, bytes);
  const url = `https://dev.azure.com/fabrikam${attachmentsPath}/${id}`;
  expect((await patch(bench, bench.azure.addWorkItem().path, [link(url, { comment: "" })])).status).toBe(400);
});

test("an upload in progress cannot be linked", async () => {
  const { path } = bench.azure.addWorkItem();
  const { id, url } = await start(bench);
  await chunk(bench, id, bytes, [0, 50]);
  const refused = await exceptionOf(await patch(bench, path, [link(url, { comment: "" })]));
  expect(refused).toEqual([400, expect.stringContaining("is not complete"), "VssPropertyValidationException"]);
  await chunk(bench, id, bytes, [50, 100]);
  expect((await patch(bench, path, [link(url, { comment: "" })])).status).toBe(200);
});

test("a link without attributes is stored with 0 KB, or refused in that variation", async () => {
  const { emulator, azure } = bench;
  const { id, path } = azure.addWorkItem();
  const { url } = await upload(bench, bytes);
  expect((await patch(bench, path, [link(url)])).status).toBe(200);
  expect(azure.workItem(id).relations[0]!.attributes).toMatchObject({ name: "a.bin", resourceSize: 0 });
  emulator.vary({ azureMissingAttributes: "refuse" });
  expect((await patch(bench, path, [link(url)])).status).toBe(400);
  emulator.vary({ azureMissingAttributes: "zeroSize" });
});

test("a comment has 255 characters at most", async () => {
  const { path } = bench.azure.addWorkItem();
  const { url } = await upload(bench, bytes);
  expect((await patch(bench, path, [link(url, { comment: "x".repeat(255) })])).status).toBe(200);
  expect((await patch(bench, path, [link(url, { comment: "x".repeat(256) })])).status).toBe(400);
});

test("attachment 101 is refused when it is linked, not when it is uploaded", async () => {
  const { azure } = bench;
  const { id, path } = azure.addWorkItem();
  const { url } = await upload(bench, bytes);
  const hundred = Array.from({ length: 100 }, () => link(url, { comment: "" }));
  expect((await patch(bench, path, hundred)).status).toBe(200);
  const one = await upload(bench, bytes);
  const [status, message] = await exceptionOf(await patch(bench, path, [link(one.url, { comment: "" })]));
  expect([status, message]).toEqual([
    400,
    "VS403313: The number of attachments exceeded the limit. One work item should contain no more than 100 attachments.",
  ]);
  const hyperlink = { rel: "Hyperlink", url: "https://x.example" };
  expect((await patch(bench, path, [{ op: "add", path: "/relations/-", value: hyperlink }])).status).toBe(200);
  expect(azure.workItem(id)).toMatchObject({ rev: 3 });
});

test("a missing work item gets TF401232", async () => {
  const { azure, request } = bench;
  const { id } = azure.addWorkItem({ project: "Other" });
  const missing = ["/_apis/wit/workitems/999999", `/MyProject/_apis/wit/workitems/${id}`];
  for (const path of missing) {
    expect(await exceptionOf(await request("GET", path))).toEqual([
      404,
      expect.stringMatching(/^TF401232: Work item \d+ does not exist, or you do not have permissions to read it\.$/),
      "WorkItemUnauthorizedAccessException",
    ]);
    expect((await patch(bench, path, [])).status).toBe(404);
  }
  expect((await request("GET", `/Other/_apis/wit/workitems/${id}`)).status).toBe(200);
  expect((await request("GET", `/_apis/wit/workItems/${id}`)).status).toBe(200);
  expect((await request("PUT", `/_apis/wit/workItems/${id}`)).status).toBe(405);
});

test("a PATCH must have the type and form of JSON Patch", async () => {
  const { path } = bench.azure.addWorkItem();
  const json = { "content-type": "application/json" };
  expect(await exceptionOf(await patch(bench, path, [], json))).toEqual([
    400,
    'The request indicated a Content-Type of "application/json" for method type "PATCH" which is not supported. Valid content types for this method are: application/json-patch+json.',
    "VssRequestContentTypeNotSupportedException",
  ]);
  const bodies = [
    [],
    {},
    [{ op: "add" }],
    [{ op: "add", path: "/id", value: 1 }],
    [{ op: "move", path: "/relations/0" }],
  ];
  for (const body of bodies) expect((await patch(bench, path, body)).status).toBe(400);
  const headers = { "content-type": "application/json-patch+json" };
  expect((await bench.request("PATCH", path, { body: "no JSON", headers })).status).toBe(400);
});

test("after 10,000 revisions every PATCH is refused", async () => {
  const { id, path } = bench.azure.addWorkItem({ rev: 10_000 });
  const [status, message] = await exceptionOf(await patch(bench, path, [{ op: "test", path: "/rev", value: 10_000 }]));
  expect([status, message]).toEqual([500, expect.stringContaining(`Work item ${id} has 10000 revisions`)]);
});
