import { createHash } from "node:crypto";
import { attachmentsPath, exceptionOf, octets, read, useAzure, upload } from "./support";
import { sampleBytes } from "../support";

const bytes = sampleBytes(1000);
const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const projectId = "21066450-5b08-4133-a0ee-5825033500cd";
const bench = useAzure();

test("a POST of bytes answers 201 with only id and url, and stores the file", async () => {
  const { azure, request } = bench;
  const response = await request("POST", `${attachmentsPath}?fileName=a%20b%26c.bin&areaPath=MyProject%5CWeb`, {
    body: bytes,
  });
  expect([response.status, response.headers.get("content-type")]).toEqual([
    201,
    "application/json; charset=utf-8; api-version=7.1",
  ]);
  const { id, url, ...rest } = await read<{ id: string; url: string }>(response);
  expect(rest).toEqual({});
  expect(id).toMatch(guid);
  expect(url).toBe(`${azure.organizationUrl}/_apis/wit/attachments/${id}?fileName=a%20b%26c.bin`);
  expect(azure.attachments()).toEqual([
    {
      id,
      fileName: "a b&c.bin",
      bytes,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      complete: true,
      areaPath: "MyProject\\Web",
      linkedTo: [],
      chunks: 0,
    },
  ]);
  expect(azure.blob(id).bytes.equals(bytes)).toBe(true);
  expect(() => azure.blob("x")).toThrow("no attachment x");
});

test.each([
  ["the organisation", "organizationUrl", "", "/fabrikam", ""],
  ["a project by name in any case", "organizationUrl", "/myproject", "/fabrikam", `/${projectId}`],
  ["a project by id", "organizationUrl", `/${projectId}`, "/fabrikam", `/${projectId}`],
  ["a Server's collection", "serverUrl", "", "/tfs/DefaultCollection", ""],
  ["a project there", "serverUrl", "/MyProject", "/tfs/DefaultCollection", `/${projectId}`],
  ["the legacy host", "legacyUrl", "", "", ""],
  ["a project there", "legacyUrl", "/MyProject", "", `/${projectId}`],
  [
    "a project below its collection",
    "legacyUrl",
    "/DefaultCollection/MyProject",
    "/DefaultCollection",
    `/${projectId}`,
  ],
] as const)("an upload for %s at %s has its url there", async (_what, base, scope, expected, project) => {
  const { azure, request } = bench;
  const response = await request("POST", `${azure[base]}${scope}/_apis/wit/attachments`, { body: bytes });
  const { id, url } = await read<{ id: string; url: string }>(response);
  expect(url).toBe(`${azure.legacyUrl}${expected}${project}/_apis/wit/attachments/${id}`);
  const got = await request("GET", url);
  expect(Buffer.from(await got.arrayBuffer()).equals(bytes)).toBe(true);
});

test("the url in an answer can name another host", async () => {
  const { emulator, azure } = bench;
  emulator.vary({ azureReturnedUrl: "otherHost" });
  const { id, url } = await upload(bench, bytes);
  expect(url).toBe(`${azure.legacyUrl.replace("localhost", "127.0.0.1")}/_apis/wit/attachments/${id}?fileName=a.bin`);
  emulator.vary({ azureReturnedUrl: "requested" });
});

test.each([
  ["an unknown project", "/Other/_apis/wit/attachments", 404, /TF200016.*Other/],
  ["no resource", "/_apis/wit/nothing/at/all", 404, /controller/],
  ["no _apis", "/MyProject", 404, /controller/],
  ["too many scopes", "/MyProject/Team/_apis/wit/attachments", 404, /controller/],
  ["a broken encoding", "/%zz/_apis/wit/attachments", 404, /controller/],
])("a path with %s leads nowhere", async (_what, path, status, message) => {
  expect(await exceptionOf(await bench.request("POST", path, { body: bytes }))).toEqual([
    status,
    expect.stringMatching(message),
    expect.any(String),
  ]);
});

test("an empty file is uploaded by one empty POST", async () => {
  const { id } = await upload(bench, new Uint8Array(0));
  expect(bench.azure.blob(id)).toMatchObject({ complete: true, chunks: 0, bytes: Buffer.alloc(0) });
});

test("a stream without a length is accepted", async () => {
  const { send, azure } = bench;
  const body = new Blob([bytes]).stream();
  const response = await send(`${azure.organizationUrl}${attachmentsPath}?api-version=1.0`, {
    method: "POST",
    headers: { authorization: `Bearer ${azure.bearer}`, "content-type": octets },
    body,
    duplex: "half",
  } as RequestInit);
  expect(response.status).toBe(201);
  expect(bench.emulator.requests[0]!.headers["transfer-encoding"]).toBe("chunked");
  expect(azure.attachments()[0]!.bytes.equals(bytes)).toBe(true);
});

test("a download has the type of its name, and a Content-Disposition on request", async () => {
  const { id } = await upload(bench, bytes, "?fileName=a.png");
  const get = async (query: string): Promise<(string | null)[]> => {
    const response = await bench.request("GET", `${attachmentsPath}/${id}${query}`);
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
    return [response.headers.get("content-type"), response.headers.get("content-disposition")];
  };
  expect(await get("")).toEqual(["image/png", null]);
  expect(await get("?fileName=b.txt&download=true")).toEqual(["text/plain", "attachment; filename*=UTF-8''b.txt"]);
  expect((await bench.request("GET", `${attachmentsPath}/${crypto.randomUUID()}`)).status).toBe(404);
});

test.each([
  [62914560, "60.000", 62914560],
  [4194304, "4.000", 4194304],
] as const)("%i bytes are the limit, one more is TF237082", async (azureMaximum, printed, size) => {
  const { emulator, request } = bench;
  emulator.vary({ azureMaximum });
  const post = (length: number): Promise<Response> => request("POST", attachmentsPath, { body: Buffer.alloc(length) });
  expect((await post(size)).status).toBe(201);
  const [status, message, typeKey] = await exceptionOf(await post(size + 1));
  expect([status, typeKey]).toEqual([400, "VssServiceException"]);
  expect(message).toContain(
    `TF237082: The file you are trying to upload exceeds the supported file upload size (${printed} MB(s)).`,
  );
  emulator.vary({ azureMaximum: 62914560 });
});

test("above the ceiling of simple uploads, only chunks are accepted", async () => {
  const { emulator, request } = bench;
  emulator.vary({ azureSimpleCeiling: 999 });
  expect((await request("POST", attachmentsPath, { body: bytes })).status).toBe(413);
  expect((await request("POST", attachmentsPath, { body: bytes.subarray(1) })).status).toBe(201);
  emulator.vary({ azureSimpleCeiling: 136314880 });
});

test("simple uploads and starts answer 200 or 202 in that variation", async () => {
  const { emulator, request } = bench;
  for (const azureUploadStatus of [200, 202] as const) {
    emulator.vary({ azureUploadStatus });
    expect((await request("POST", attachmentsPath, { body: bytes })).status).toBe(azureUploadStatus);
    expect((await request("POST", `${attachmentsPath}?uploadType=chunked`)).status).toBe(azureUploadStatus);
  }
  emulator.vary({ azureUploadStatus: 201 });
});
