import { attachmentsPath, basic, chunk, exceptionOf, patch, start, useAzure, upload } from "./support";
import { sampleBytes } from "../support";

const bytes = sampleBytes(100);
const bench = useAzure();

const post = (headers: Record<string, string | undefined> = {}, query = ""): Promise<Response> =>
  bench.request("POST", `${attachmentsPath}${query}`, { body: Buffer.from(bytes), headers });

describe("a bad credential", () => {
  const bad = { authorization: basic("expired") };

  test.each<[string, Record<string, string | undefined>]>([
    ["no credential", { authorization: undefined }],
    ["another PAT", bad],
    ["another bearer", { authorization: "Bearer expired" }],
    ["a PAT as a bearer", { authorization: "Bearer emulatorpersonalaccesstoken2222222222222222222222222" }],
    ["Basic without a colon", { authorization: `Basic ${Buffer.from("x").toString("base64")}` }],
    ["another scheme", { authorization: "Digest x" }],
  ])("such as %s gets the sign-in page with 203, which looks like a success", async (_such, headers) => {
    const response = await post(headers);
    expect([response.status, response.ok, response.headers.get("content-type")]).toEqual([
      203,
      true,
      "text/html; charset=utf-8",
    ]);
    expect(await response.text()).toContain("Sign In");
    expect([bench.azure.attachments(), bench.emulator.requests[0]!.authorized]).toEqual([[], false]);
  });

  test("gets the same on a GET", async () => {
    const { path } = bench.azure.addWorkItem();
    expect((await bench.request("GET", path, { headers: bad })).status).toBe(203);
  });

  test("is redirected to that page in that variation", async () => {
    const { emulator, azure, send } = bench;
    emulator.vary({ azureSignIn: 302 });
    const response = await post(bad);
    expect([response.status, await response.text()]).toEqual([302, expect.stringContaining("Object moved")]);
    const location = response.headers.get("location")!;
    expect(location).toBe(`${azure.legacyUrl}/_signin?realm=dev.azure.com`);
    const page = await send(location);
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    emulator.vary({ azureSignIn: 203 });
  });

  const unauthorized = [
    401,
    "TF400813: The user '' is not authorized to access this resource.",
    "UnauthorizedRequestException",
  ];

  test("gets 401 as JSON if it suppresses the redirect", async () => {
    expect(await exceptionOf(await post({ ...bad, "x-tfs-fedauthredirect": "Suppress" }))).toEqual(unauthorized);
  });

  test("gets 401 as JSON on PATCH, PUT and DELETE", async () => {
    const { path } = bench.azure.addWorkItem();
    const { id } = await start(bench);
    expect(await exceptionOf(await patch(bench, path, [], bad))).toEqual(unauthorized);
    expect(await exceptionOf(await chunk(bench, id, bytes, [0, 10], { headers: bad }))).toEqual(unauthorized);
    const removed = await bench.request("DELETE", `${attachmentsPath}/${id}`, { headers: bad });
    expect(await exceptionOf(removed)).toEqual(unauthorized);
  });
});

test("a PAT is valid with any user name, a bearer until it is renewed, and never on a Server", async () => {
  const { azure, request } = bench;
  expect((await post({ authorization: basic(azure.personalAccessToken, "PAT") })).status).toBe(201);
  const old = { authorization: `Bearer ${azure.bearer}` };
  expect((await post(old)).status).toBe(201);
  const renewed = azure.renewBearer();
  expect([renewed, (await post(old)).status]).toEqual([azure.bearer, 203]);
  const headers = { authorization: `Bearer ${renewed}` };
  expect((await post(headers)).status).toBe(201);
  const onServer = await request("POST", `${azure.serverUrl}${attachmentsPath}`, { body: Buffer.from(bytes), headers });
  expect(onServer.status).toBe(203);
});

test("another user reads only attachments that are linked, or uploaded for a project or an area", async () => {
  const { emulator, azure, request } = bench;
  const headers = { authorization: basic(azure.otherPersonalAccessToken) };
  const get = async (id: string): Promise<Response> => request("GET", `${attachmentsPath}/${id}`, { headers });
  const { id, url } = await upload(bench, Buffer.from(bytes));
  const refused = await get(id);
  expect([refused.status, await refused.json()]).toEqual([
    403,
    {
      $id: "1",
      innerException: null,
      message: "VS402330: Unauthorized Read access to the attachment under the areas ",
      typeName:
        "Microsoft.TeamFoundation.WorkItemTracking.Server.WorkItemUnauthorizedAttachmentException, Microsoft.TeamFoundation.WorkItemTracking.Server",
      typeKey: "WorkItemUnauthorizedAttachmentException",
      errorCode: 0,
      eventId: 3200,
    },
  ]);
  emulator.vary({ azureUnlinkedRead: 401 });
  expect((await get(id)).status).toBe(401);
  emulator.vary({ azureUnlinkedRead: 403 });
  const value = { rel: "AttachedFile", url, attributes: { comment: "" } };
  await patch(bench, azure.addWorkItem().path, [{ op: "add", path: "/relations/-", value }]);
  expect((await get(id)).status).toBe(200);
  const area = await upload(bench, Buffer.from(bytes), "?areaPath=MyProject");
  expect((await get(area.id)).status).toBe(200);
});
