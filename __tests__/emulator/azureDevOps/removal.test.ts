import { attachmentsPath, start, startAzure, withAzure, upload, type AzureBench } from "./support";
import { sampleBytes } from "../support";

const bytes = sampleBytes(100);
let bench: AzureBench;
beforeAll(async () => {
  bench = await startAzure();
});
afterAll(() => bench.emulator.close());

test("DELETE exists only in 7.2-preview.4 on Services", async () => {
  const { azure, request } = bench;
  const { id } = await upload(bench, bytes);
  const remove = (version: string, base: string = azure.organizationUrl): Promise<Response> =>
    request("DELETE", `${base}${attachmentsPath}/${id}?api-version=${version}`);
  expect((await remove("7.1")).status).toBe(405);
  expect((await remove("7.2-preview.3")).status).toBe(405);
  expect((await remove("7.1", azure.serverUrl)).status).toBe(405);
  expect((await remove("7.2-preview.4", azure.serverUrl)).status).toBe(400);
  const removed = await remove("7.2-preview.4");
  expect([removed.status, await removed.json()]).toEqual([
    200,
    { attachment: { id, url: `${azure.organizationUrl}${attachmentsPath}/${id}` }, affectedWorkItems: [] },
  ]);
  expect((await remove("7.2-preview.4")).status).toBe(404);
  expect(azure.attachments()).toEqual([]);
});

test("an attachment that is never linked is removed after 30 days", async () => {
  let now = Date.UTC(2026, 0, 1);
  await withAzure({ now: () => now }, async (own) => {
    await upload(own, bytes);
    await start(own);
    now += 30 * 86_400_000;
    const { id } = await upload(own, bytes);
    expect(own.azure.attachments()).toHaveLength(3);
    now += 1;
    await own.request("GET", `${attachmentsPath}/${id}`);
    expect(own.azure.attachments().map((blob) => blob.id)).toEqual([id]);
  });
});
