import { attachmentsPath, basic, chunk, exceptionOf, patch, start, useAzure, withAzure } from "./support";
import { sampleBytes } from "../support";

const bytes = sampleBytes(100);
const bench = useAzure();

const post = (headers: Record<string, string | undefined> = {}, query = ""): Promise<Response> =>
  bench.request("POST", `${attachmentsPath}${query}`, { body: Buffer.from(bytes), headers });

describe("the rate limit", () => {
  test("is announced on successes, which stay successes", async () => {
    bench.emulator.vary({ azureRetryAfterOnSuccess: 7 });
    const { status, headers } = await post();
    expect([status, headers.get("retry-after"), headers.get("x-ratelimit-remaining")]).toEqual([201, "7", "0"]);
    expect(headers.get("x-ratelimit-resource")).toBe("WorkItemTrackingResource/User");
    expect((await bench.request("GET", `${attachmentsPath}/x`)).headers.get("retry-after")).toBeNull();
    expect((await post({ authorization: "" })).headers.get("retry-after")).toBeNull();
    bench.emulator.vary({ azureRetryAfterOnSuccess: null });
  });

  test("answers 429 until its window has passed", async () => {
    let now = 0;
    await withAzure({ now: () => now, vary: { azureRequests: 1, retryAfterSeconds: 30 } }, async (own) => {
      const again = (): Promise<Response> => own.request("POST", attachmentsPath);
      expect((await again()).status).toBe(201);
      const blocked = await again();
      expect([blocked.headers.get("retry-after"), blocked.headers.get("x-ratelimit-limit")]).toEqual(["30", "200"]);
      expect(await exceptionOf(blocked)).toEqual([
        429,
        expect.stringMatching(/^Request was blocked due to exceeding usage of resource 'Count'/),
        "RequestBlockedException",
      ]);
      now += 300_000;
      expect((await again()).status).toBe(201);
    });
  });
});

test("the log shows every request by kind, and no credential", async () => {
  const { emulator, azure, request } = bench;
  const { path } = azure.addWorkItem();
  const { id } = await start(bench);
  await chunk(bench, id, bytes, [0, 100]);
  await post({ authorization: `Bearer ${azure.bearer}` });
  await request("GET", path);
  await patch(bench, path, []);
  await request("GET", `${attachmentsPath}/${id}`);
  await request("DELETE", `${attachmentsPath}/${id}`);
  await request("OPTIONS", "/_apis/wit");
  expect(emulator.requests.map(({ kind }) => kind)).toEqual([
    "create",
    "range",
    "post",
    "workItem",
    "link",
    "read",
    "remove",
    "other",
  ]);
  expect(emulator.requests[1]).toMatchObject({
    origin: "azureDevOps",
    method: "PUT",
    path: `/fabrikam${attachmentsPath}/${id}?uploadType=chunked&fileName=a.bin&api-version=7.1`,
    authorized: true,
    contentRange: "bytes 0-99/100",
    bodyBytes: 100,
    status: 200,
  });
  const log = JSON.stringify(emulator.requests);
  for (const secret of [azure.personalAccessToken, basic(azure.personalAccessToken).slice(6), azure.bearer]) {
    expect(log).not.toContain(secret);
  }
});
