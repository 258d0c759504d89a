import { createService } from "../../../src/emulator/service";
import { attachmentsPath, basic, chunk, exceptionOf, octets, start, useAzure, upload } from "./support";
import { sampleBytes } from "../support";

const bytes = sampleBytes(50_000);
const bench = useAzure();

test("a start with content is refused", async () => {
  const response = await bench.request("POST", `${attachmentsPath}?uploadType=chunked`, { body: bytes });
  expect(response.status).toBe(400);
  expect(bench.azure.attachments()).toEqual([]);
});

test.each<[string, Record<string, string>, RegExp]>([
  ["no Content-Range", { "content-range": "" }, /Content-Range header not understood/],
  ["inner spaces", { "content-range": "bytes 0 - 9 / 50000" }, /not understood/],
  ["no total", { "content-range": "bytes 0-9/*" }, /not understood/],
  ["the form for empty files of another API", { "content-range": "bytes */0" }, /not understood/],
  ["an end that is exclusive", { "content-range": "bytes 0-10/50000" }, /does not fit/],
  ["an end before its start", { "content-range": "bytes 9-0/50000" }, /not within/],
  ["an end beyond the total", { "content-range": "bytes 0-9/9" }, /not within/],
  ["a gap", { "content-range": "bytes 10-19/50000" }, /not where/],
])("a chunk with %s is refused and nothing is kept", async (_with, headers, message) => {
  const { id } = await start(bench);
  const refused = await exceptionOf(await chunk(bench, id, bytes, [0, 10], { headers }));
  expect(refused).toEqual([400, expect.stringMatching(message), "VssServiceException"]);
  expect(bench.azure.blob(id)).toMatchObject({ chunks: 0, bytes: Buffer.alloc(0) });
});

test("the total may not change", async () => {
  const { id } = await start(bench);
  await chunk(bench, id, bytes, [0, 10]);
  const [status, message] = await exceptionOf(await chunk(bench, id, bytes.subarray(1), [10, 20]));
  expect([status, message]).toEqual([400, expect.stringContaining("total 49999")]);
});

test("a file above the limit is refused at its first chunk, by its total", async () => {
  const { id } = await start(bench);
  const headers = { "content-range": "bytes 0-9/62914561" };
  const [status, message] = await exceptionOf(await chunk(bench, id, bytes, [0, 10], { headers }));
  expect([status, message]).toEqual([400, expect.stringMatching(/^TF237082: .*60\.000 MB/)]);
  bench.emulator.vary({ azureTooLargeStatus: 413 });
  expect((await chunk(bench, id, bytes, [0, 10], { headers })).status).toBe(413);
  bench.emulator.vary({ azureTooLargeStatus: 400, azureMaximum: 2000000000 });
  expect((await chunk(bench, id, bytes, [0, 10], { headers })).status).toBe(201);
  bench.emulator.vary({ azureMaximum: 62914560 });
});

test("a chunk for an unknown or simple attachment is refused", async () => {
  const none = crypto.randomUUID();
  const { id } = await upload(bench, bytes);
  expect((await chunk(bench, id, bytes, [0, 10])).status).toBe(400);
  expect(await exceptionOf(await chunk(bench, none, bytes, [0, 10]))).toEqual([
    400,
    `The attachment ${none} does not exist.`,
    "VssServiceException",
  ]);
  bench.emulator.vary({ azureUnknownId: 404 });
  expect((await chunk(bench, none, bytes, [0, 10])).status).toBe(404);
  bench.emulator.vary({ azureUnknownId: 400 });
});

test("an upload in progress cannot be read", async () => {
  const { id } = await start(bench);
  await chunk(bench, id, bytes, [0, 10]);
  expect((await bench.request("GET", `${attachmentsPath}/${id}`)).status).toBe(404);
});

test("there is no status, offset, commit or abort, and a POST of a chunk is refused", async () => {
  const { id } = await start(bench);
  for (const method of ["HEAD", "PATCH", "OPTIONS", "DELETE"]) {
    expect((await bench.request(method, `${attachmentsPath}/${id}`)).status).toBe(405);
  }
  const posted = await bench.request("POST", `${attachmentsPath}/${id}?uploadType=chunked`, { body: bytes });
  expect([posted.status, await posted.json()]).toEqual([
    405,
    { count: 1, value: { Message: "The requested resource does not support http method 'POST'." } },
  ]);
  expect((await bench.request("PUT", attachmentsPath, { body: bytes })).status).toBe(405);
});

describe("requests that Node's sockets would not send:", () => {
  const service = createService({ graphUrl: "https://graph/", outlookUrl: "https://outlook/" });
  const { organizationUrl, personalAccessToken } = service.azureDevOps;
  const handle = (method: string, path: string, headers: Record<string, string>, body = ""): [number, string] => {
    const authorization = basic(personalAccessToken);
    const url = `${organizationUrl}${attachmentsPath}${path}`;
    const all = { authorization, "content-type": octets, ...headers };
    const reply = service.handle({ origin: "azureDevOps", method, url, headers: all, body: Buffer.from(body) });
    return [reply.status, reply.body.toString()];
  };

  test("a start without any length gets 411 as a page", () => {
    const [status, page] = handle("POST", "?uploadType=chunked&api-version=7.1", {});
    expect([status, page]).toEqual([411, expect.stringContaining("Length Required")]);
  });

  test("a range inside Content-Length, as in some documentation, is refused", () => {
    const [, started] = handle("POST", "?uploadType=chunked&api-version=7.1", { "content-length": "0" });
    const { id } = JSON.parse(started) as { id: string };
    const headers = { "content-length": "bytes 0-9/10" };
    expect(handle("PUT", `/${id}?api-version=7.1`, headers, "0123456789")[0]).toBe(400);
    const both = { ...headers, "content-range": "bytes 0-9/10" };
    expect(handle("PUT", `/${id}?api-version=7.1`, both, "0123456789")[0]).toBe(400);
  });
});
