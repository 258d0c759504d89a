import { attachmentsPath, chunk, exceptionOf, octets, read, start, useAzure } from "./support";
import { sampleBytes } from "../support";

const bytes = sampleBytes(100);
const bench = useAzure();

const post = (headers: Record<string, string | undefined> = {}, query = ""): Promise<Response> =>
  bench.request("POST", `${attachmentsPath}${query}`, { body: Buffer.from(bytes), headers });

test.each(["application/x-www-form-urlencoded", "image/png", "multipart/form-data; boundary=x"])(
  "the Content-Type %s is refused on POST and PUT, with those that are valid",
  async (type) => {
    const message = (method: string): string =>
      `The request indicated a Content-Type of "${type.split(";")[0]}" for method type "${method}" which is not supported. Valid content types for this method are: application/json, application/json-patch+json, application/octet-stream.`;
    const typeKey = "VssRequestContentTypeNotSupportedException";
    const headers = { "content-type": type };
    const posted = await post(headers);
    expect(await read(posted)).toEqual({
      $id: "1",
      innerException: null,
      message: message("POST"),
      typeName: `Microsoft.VisualStudio.Services.WebApi.${typeKey}, Microsoft.VisualStudio.Services.WebApi`,
      typeKey,
      errorCode: 0,
      eventId: 3000,
    });
    expect(posted.status).toBe(400);
    const { id } = await start(bench);
    const put = await chunk(bench, id, bytes, [0, 10], { headers });
    expect(await exceptionOf(put)).toEqual([400, message("PUT"), typeKey]);
  },
);

test.each([octets, "application/json", "application/json-patch+json", `${octets}; charset=utf-8`])(
  "under the Content-Type %s the body is taken as it is",
  async (type) => {
    expect((await post({ "content-type": type })).status).toBe(201);
    expect(bench.azure.attachments()[0]!.bytes.equals(bytes)).toBe(true);
  },
);

test("a missing Content-Type is refused", async () => {
  expect((await post({ "content-type": undefined })).status).toBe(400);
});

describe("an api-version", () => {
  const version = async (value: string, base = ""): Promise<[number, string, string]> =>
    exceptionOf(await bench.request("GET", `${base}${attachmentsPath}/${crypto.randomUUID()}?api-version=${value}`));

  test("is required in every request", async () => {
    expect(await exceptionOf(await post({}, "?api-version="))).toEqual([
      400,
      'No api-version was supplied for the "POST" request. The version must be supplied either as part of the Accept header (e.g. "application/json; api-version=1.0") or as a query parameter (e.g. "?api-version=1.0").',
      "VssVersionNotSpecifiedException",
    ]);
  });

  test.each(["application/json;api-version=7.1", "application/json; api-version=5.0-preview.3"])(
    "may come by Accept: %s",
    async (accept) => {
      expect((await post({ accept })).status).toBe(201);
    },
  );

  test("may be a preview, and must be one above the released version", async () => {
    expect((await version("7.1-preview.3"))[0]).toBe(404);
    expect((await version("7.2-preview.4"))[0]).toBe(404);
    expect(await version("7.2")).toEqual([
      400,
      'The requested version "7.2" of the resource is under preview. The -preview flag must be supplied in the api-version for such requests. For example: "7.2-preview"',
      "VssInvalidPreviewVersionException",
    ]);
    expect(await version("7.3-preview")).toEqual([
      400,
      expect.stringMatching(/version of 7\.3 is out of range .* supports is 7\.2\.$/),
      "VssVersionOutOfRangeException",
    ]);
    expect((await version("latest"))[0]).toBe(400);
    expect((await version("0.9"))[0]).toBe(400);
  });

  test("that is too new for a Server gets the latest version in the error", async () => {
    const { emulator, azure } = bench;
    const message = (asked: string, latest: string): string =>
      `The requested REST API version of ${asked} is out of range for this server. The latest REST API version this server supports is ${latest}.`;
    expect(await version("7.2-preview.4", azure.serverUrl)).toEqual([
      400,
      message("7.2", "7.1"),
      "VssVersionOutOfRangeException",
    ]);
    emulator.vary({ azureServer: true, azureApiCeiling: "6.0" });
    expect((await version("7.1"))[1]).toBe(message("7.1", "6.0"));
    expect((await version("6.0"))[0]).toBe(404);
    emulator.vary({ azureServer: false, azureApiCeiling: "7.1" });
  });
});
