import type { Reply } from "../../src/protocol.js";
import { azureDevOps, explain } from "../../src/protocols/azureDevOps.js";
import type { UploadSession } from "../../src/uploadSession.js";

const id = "de471719-27b2-40ab-ac40-4890f3eb1443";
const url = `https://dev.azure.com/fabrikam/_apis/wit/attachments/${id}?fileName=a%20b.zip`;
const attachment = { id, url };
const file = { name: "a b.zip", size: 50_000 };
const collection = "https://dev.azure.com/fabrikam/_apis/wit/attachments?api-version=7.1";
const session: UploadSession = { protocol: "azureDevOps", collection, file, uploadUrl: url, offset: 0, attachment };

function reply(status: number, body?: unknown, headers: Record<string, string> = {}): Reply {
  return { status, body, headers: new Headers(headers) };
}

describe("URLs", () => {
  test.each([
    "https://dev.azure.com/fabrikam/_apis/wit/attachments",
    "https://dev.azure.com/fabrikam/My%20Project/_apis/wit/attachments",
    "https://fabrikam.visualstudio.com/_apis/wit/attachments",
    "https://fabrikam.visualstudio.com/DefaultCollection/21066450-5b08-4133-a0ee-5825033500cd/_apis/wit/attachments",
    "https://server:8080/tfs/DefaultCollection/_apis/wit/attachments",
    "https://DEV.azure.com/fabrikam/_APIS/WIT/Attachments",
  ])("%s is a collection, with or without a project", (given) => {
    expect(azureDevOps.target.collection(given)).toBe(given);
    expect(azureDevOps.target.collection(`${given}?fileName=a.zip&api-version=7.1&areaPath=A%5CB`)).toBe(
      `${given}?api-version=7.1&areaPath=A%5CB`,
    );
  });

  test("a work item takes attachments: they go to its project, and it is the item to link", () => {
    const item = "https://dev.azure.com/fabrikam/P/_apis/wit/workitems/299?api-version=7.1";
    expect(azureDevOps.target.collection(item)).toBe(
      "https://dev.azure.com/fabrikam/P/_apis/wit/attachments?api-version=7.1",
    );
    expect(azureDevOps.link!.item(item)).toBe(item);
    expect(azureDevOps.link!.item(collection)).toBeUndefined();
  });

  test.each([
    "https://dev.azure.com/fabrikam/_apis/wit/workitems",
    "https://dev.azure.com/fabrikam/_apis/wit/workitems/x",
    `https://dev.azure.com/fabrikam/_apis/wit/attachments/${id}`,
    "https://dev.azure.com/fabrikam/_apis/wiki/wikis/w/attachments",
    "https://dev.azure.com/fabrikam/_apis/git/repositories/r/pullRequests/1/attachments/a",
    "https://graph.microsoft.com/v1.0/me/messages/x/attachments",
  ])("%s is not a collection", (given) => {
    expect(azureDevOps.target.collection(given)).toBeUndefined();
  });

  test.each([
    ["https://dev.azure.com/fabrikam/_apis/wit/attachments", 62_914_560],
    ["https://fabrikam.visualstudio.com/_apis/wit/attachments", 62_914_560],
    ["https://server/tfs/DefaultCollection/_apis/wit/attachments", Infinity],
    ["https://server/dev.azure.com/_apis/wit/attachments", Infinity],
  ])("the file limit at %s is %d, because only that of Services is known", (given, limit) => {
    expect(azureDevOps.target.fileLimit(given)).toBe(limit);
  });
});

describe("requests", () => {
  test("a small file is one POST of its bytes", () => {
    const bytes = new Uint8Array([1, 2]);
    expect(azureDevOps.post!.request(collection, file, bytes)).toEqual({
      method: "POST",
      url: "https://dev.azure.com/fabrikam/_apis/wit/attachments?fileName=a%20b.zip&api-version=7.1",
      headers: { "Content-Type": "application/octet-stream" },
      body: bytes,
      to: "api",
    });
  });

  test("a chunked upload begins with an empty body of a type that is not that of a form", () => {
    expect(azureDevOps.session.create(`${collection}&areaPath=A%5CB`, file)).toEqual({
      method: "POST",
      url: "https://dev.azure.com/fabrikam/_apis/wit/attachments?uploadType=chunked&fileName=a%20b.zip&api-version=7.1&areaPath=A%5CB",
      headers: { "Content-Type": "application/octet-stream" },
      body: new Uint8Array(0),
      to: "api",
    });
  });

  test("a chunk goes to a URL below the collection, not to the URL in the service's reply", () => {
    const elsewhere = { ...session, collection: `${collection}&areaPath=A`, uploadUrl: "https://elsewhere.example/x" };
    expect(
      azureDevOps.session.put(elsewhere, { start: 40_000, end: 50_000, total: 50_000 }, new Uint8Array(3)),
    ).toMatchObject({
      method: "PUT",
      url: `https://dev.azure.com/fabrikam/_apis/wit/attachments/${id}?uploadType=chunked&fileName=a%20b.zip&api-version=7.1`,
      headers: { "Content-Type": "application/octet-stream", "Content-Range": "bytes 40000-49999/50000" },
    });
  });

  test("only version 7.2-preview can discard an upload", () => {
    expect(azureDevOps.session.cancel!(session)).toBeUndefined();
    const preview = { ...session, collection: collection.replace("7.1", "7.2-preview.4") };
    expect(azureDevOps.session.cancel!(preview)).toMatchObject({
      method: "DELETE",
      url: expect.stringContaining(`/attachments/${id}?api-version=7.2-preview.4`),
    });
  });

  test("a link names the file, its size and a comment, and is written only to the revision that was read", () => {
    const item = "https://dev.azure.com/fabrikam/_apis/wit/workitems/299";
    const request = azureDevOps.link!.write(item, { revision: 3, urls: [] }, [{ attachment, file }]);
    expect(request).toMatchObject({
      method: "PATCH",
      url: item,
      headers: { "Content-Type": "application/json-patch+json" },
    });
    const value = { rel: "AttachedFile", url, attributes: { name: "a b.zip", comment: "", resourceSize: 50_000 } };
    expect(JSON.parse(request.body as string)).toEqual([
      { op: "test", path: "/rev", value: 3 },
      { op: "add", path: "/relations/-", value },
    ]);
  });
});

describe("replies", () => {
  const range = { start: 0, end: 40_000, total: 50_000 };
  const last = { ...range, start: 40_000, end: 50_000 };

  test.each([200, 201, 202])("%d with a reference is a success", (status) => {
    expect(azureDevOps.session.opened(reply(status, attachment))).toEqual({ uploadUrl: url, offset: 0, attachment });
    expect(azureDevOps.session.read(reply(status, attachment), session, range)).toEqual({ next: 40_000 });
    expect(azureDevOps.session.read(reply(status, attachment), session, last)).toEqual({ done: { attachment } });
  });

  test.each([
    ["203", reply(203, "<html>Sign in</html>")],
    [
      "a redirect",
      reply(302, "<html>Object moved</html>", { Location: "https://spsprodcus1.vssps.visualstudio.com/_signin?x" }),
    ],
    ["a redirect whose target a browser hides", reply(302)],
    ["200 after somebody followed the redirect", reply(200, "<!DOCTYPE html><title>Sign In</title>")],
  ])("a sign-in page with %s is an authentication error, never a success", (_, given) => {
    expect(azureDevOps.session.opened(given)).toBeUndefined();
    expect(azureDevOps.session.read(given, session, last)).toBeUndefined();
    expect(azureDevOps.api.verdict(given)).toBe("refused");
    expect(explain(given)).toMatchObject({
      status: 401,
      body: { error: { message: expect.stringContaining("personal access token") } },
    });
  });

  test("a success that names another upload or none says nothing about this upload", () => {
    for (const body of [undefined, {}, { id: "1", url }, { id: id.replace("d", "e"), url }]) {
      expect(azureDevOps.session.read(reply(200, body), session, last)).toBeUndefined();
      expect(azureDevOps.api.verdict(reply(200, body))).toBe("unsure");
    }
  });

  const tooLarge = "TF237082: The file you are trying to upload exceeds the supported file upload size (60.000 MB(s)).";
  test.each([
    [400, { message: tooLarge, typeKey: "X" }, "refused"],
    [400, { message: "out of order", typeKey: "X" }, "doubtful"],
    [404, undefined, "doubtful"],
    [405, { count: 1, value: { Message: "The requested resource does not support http method 'POST'." } }, "doubtful"],
    [409, undefined, "doubtful"],
    [416, undefined, "doubtful"],
    [401, undefined, "refused"],
    [403, { message: "VS402330: Unauthorized Read access" }, "refused"],
    [
      412,
      { message: "VS403351: Test Operation for path /rev failed", typeKey: "TestPatchOperationFailedException" },
      "busy",
    ],
    [429, undefined, "busy"],
    [400, { message: "TF400733: The request has been canceled" }, "busy"],
    [408, undefined, "passing"],
    [500, undefined, "passing"],
    [503, "<html><title>Service Unavailable</title></html>", "passing"],
    [400, { message: "VS402335: timeout" }, "passing"],
    [413, "<html></html>", "tooLarge"],
  ])("%d with %j means %s", (status, body, verdict) => {
    expect(azureDevOps.api.verdict(reply(status, body))).toBe(verdict);
  });

  test.each([
    [
      { $id: "1", message: "VS402330: No.", typeKey: "WorkItemUnauthorizedAttachmentException" },
      "WorkItemUnauthorizedAttachmentException",
      "VS402330: No.",
    ],
    [{ count: 1, value: { Message: "VS1: No." } }, "VS1", "VS1: No."],
    [{ count: 55, value: "No." }, "UnknownError", "No."],
    ["<html><head><title>Length Required</title></head></html>", "UnknownError", "Length Required"],
    [{ error: { code: "quota", message: "" } }, "quota", ""], // a gateway's: its code is kept
  ])("the error %j is reported in the service's own words", (body, code, message) => {
    expect(explain(reply(400, body))).toMatchObject({ status: 400, body: { error: { code, message } } });
  });

  test("a work item is read with its links, and an attachment is recognized by its id, whatever its URL", () => {
    const relations = [
      { rel: "AttachedFile", url: `https://fabrikam.visualstudio.com/x/_apis/wit/attachments/${id.toUpperCase()}` },
    ];
    const item = azureDevOps.link!.readItem(reply(200, { rev: 4, relations }))!;
    expect(item.revision).toBe(4);
    expect(azureDevOps.link!.holds(item, attachment)).toBe(true);
    expect(azureDevOps.link!.holds({ revision: 4, urls: [] }, attachment)).toBe(false);
    expect(azureDevOps.link!.readItem(reply(200, { rev: 4 }))).toEqual({ revision: 4, urls: [] });
    expect(azureDevOps.link!.readItem(reply(203, "<html>"))).toBeUndefined();
  });
});
