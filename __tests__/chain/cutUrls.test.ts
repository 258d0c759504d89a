/** URLs that end too early, and names that lead elsewhere, with the real Graph client against the emulator. */
import { Client } from "@microsoft/microsoft-graph-client";
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { defaultVariations } from "../../src/emulator/variations.js";
import { createAzureDevOpsClient, LargeAttachmentTask, withLargeAttachments } from "../../src/index.js";
import { clientOf, fileOf } from "../support/graph.js";

const bytes = fileOf(100);
const named = (name: string) => new File([bytes], name);

let emulator: Emulator;
let client: Client;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => {
  emulator.reset();
  emulator.vary(defaultVariations);
  client = withLargeAttachments(clientOf(emulator), { delay: 1, retries: 2 });
});
afterAll(() => emulator.close());

const paths = () => emulator.drive.files().map(({ filePath }) => filePath);
const message = (text: RegExp) => ({ code: "invalid", message: expect.stringMatching(text) });
const advice = message(/%23.*%3F/);

describe("a URL that is cut off", () => {
  test.each([
    "/me/drive/root:/Reports/C# notes.pdf:",
    "/me/drive/root:/Reports/C%20# notes.pdf:/content",
    "/me/drive/root:/Q#1:/children",
    "/me/drive/root:/Ready?.pdf:",
    "/me/drive/root:/Ready?:/children",
    "/me/drive/root:/Ready?a=b&c.pdf:",
    "/me/drive/items/root/children#1",
    "/users/adele_fabrikam.example#EXT#@contoso.example/drive/root:/a.pdf:",
    "/users/adele_fabrikam.example#EXT#@contoso.example/messages/m/attachments",
    "/me/messages/m#1/attachments",
    "/me/messages/m/attachments#x",
    "/me/todo/lists/l/tasks/t?x",
    "/print/printers/p/jobs/j/documents/d#1",
  ])("(%s) is refused before the first request, with the way to write it", async (path) => {
    const options = { name: "a.pdf", conflictBehavior: "replace" } as const;
    await expect(client.api(path).attach(bytes, options)).rejects.toMatchObject(advice);
    await expect(LargeAttachmentTask.create(client, path, bytes, options)).rejects.toMatchObject(advice);
    expect(emulator.requests).toEqual([]);
  });

  test.each([
    "https://dev.azure.com/contoso/C# Team/_apis/wit/workitems/1",
    "https://dev.azure.com/contoso/Ready?/_apis/wit/workitems/1",
    "https://dev.azure.com/contoso/Fabrikam/_apis/wit/attachments?areaPath",
  ])("(%s) of Azure DevOps is refused as well", async (url) => {
    const azure = createAzureDevOpsClient({ organizationUrl: "https://dev.azure.com/contoso", getToken: () => "t" });
    await expect(azure.api(url).attach(bytes, { name: "a.pdf" })).rejects.toMatchObject(advice);
  });

  test.each(["/users/a#EXT#@contoso.example/sendMail", "/me/messages#x", "/chats/c#1/messages", "/me/sendMail?x"])(
    "(%s) of a message with files is refused as well",
    async (path) => {
      const posting = client
        .api(path)
        .withAttachments([named("a.pdf")])
        .post({ subject: "x", body: { content: "x" } });
      await expect(posting).rejects.toMatchObject(advice);
      expect(emulator.requests).toEqual([]);
    },
  );

  test("passes as it came where it is the application's own POST", async () => {
    const { path } = emulator.addMessage();
    const contentBytes = fileOf(4_000_000).toString("base64");
    const body = { "@odata.type": "#microsoft.graph.fileAttachment", name: "a.bin", contentBytes };
    await client
      .api(`${path}/attachments?x`)
      .post(body)
      .catch(() => {});
    expect(emulator.requests.map(({ kind }) => kind)).not.toContain("create");
  });

  test.each([
    ["C# notes.pdf", "/me/drive/root:/C:"],
    ["C# notes.pdf", "/me/drive/root:/C"],
    ["Ready?a=b.pdf", "/me/drive/root:/Ready?a=b.pdf:"],
  ])("is noticed by the name of the file, %s", async (name, path) => {
    await expect(client.api(path).attach(named(name))).rejects.toMatchObject(advice);
    expect(emulator.requests).toEqual([]);
  });

  test.each([
    ["/me/drive/root:/C%23 notes%3F.pdf:", "/C# notes?.pdf"],
    ["/me/drive/root:/a.pdf:?x=1&$select=id", "/a.pdf"],
    ["/me/drive/root:/a.pdf:?", "/a.pdf"],
  ])("is none if it is written as it should be: %s", async (path, filePath) => {
    if (filePath.includes("?")) {
      await expect(client.api(path).attach(bytes)).rejects.toMatchObject({ statusCode: 400 });
      return;
    }
    await client.api(path).attach(bytes);
    expect(paths()).toEqual([filePath]);
  });
});

const leading = ["../../Payroll/2025.pdf", "a/b.pdf", "a\\b.pdf", "..", ".", "/a.pdf"];

describe.each(leading)("the name %s, which is a path,", (name) => {
  beforeEach(() => emulator.vary({ driveEncodedSlash: "separator" }));
  const refused = message(/name|path/i);

  test("is refused before the first request by a drive", async () => {
    for (const path of [
      "/me/drive/root/children",
      "/me/drive/items/root/children",
      "/me/drive/root:/Reports:/children",
    ]) {
      await expect(client.api(path).attach(bytes, { name })).rejects.toMatchObject(refused);
      await expect(client.api(path).attach(named(name))).rejects.toMatchObject(refused);
      await expect(LargeAttachmentTask.create(client, path, bytes, { name })).rejects.toMatchObject(refused);
    }
    expect(emulator.requests).toEqual([]);
  });

  test("is refused in the URL of a drive, encoded", async () => {
    const encoded = encodeURIComponent(name).replaceAll(".", "%2E");
    await expect(client.api(`/me/drive/root:/${encoded}:`).attach(bytes)).rejects.toMatchObject(refused);
    expect(emulator.requests).toEqual([]);
  });

  test("is refused for the files of Teams", async () => {
    const chat = emulator.teams.addChat();
    const files = [{ file: new Blob([bytes]), name }];
    const posting = client
      .api(`${chat.path}/messages`)
      .withAttachments(files)
      .post({ body: { content: "x" } });
    await expect(posting).rejects.toMatchObject(refused);
    expect(emulator.requests).toEqual([]);
  });

  test("is refused for a file over the limit that goes to a drive", async () => {
    const { path } = emulator.addMessage();
    const attaching = client.api(path).attach(bytes, { name, overflow: "link", maxSize: 10 });
    await expect(attaching).rejects.toMatchObject(refused);
    expect(emulator.requests).toEqual([]);
  });
});

test("a folder in a URL that leads out of its parent, encoded, is refused", async () => {
  emulator.vary({ driveEncodedSlash: "separator" });
  const folder = encodeURIComponent("../../Payroll");
  const path = `/me/drive/root:/Reports/${folder}/2025.pdf:`;
  await expect(client.api(path).attach(bytes)).rejects.toMatchObject({ code: "invalid" });
  expect(emulator.requests).toEqual([]);
});

test("a name with a slash is still the name of an attachment of a message", async () => {
  const item = emulator.addMessage();
  await client.api(item.path).attach(bytes, { name: "Invoice 1/2.pdf" });
  expect(emulator.attachments(item)).toMatchObject([{ name: "Invoice 1/2.pdf" }]);
});

test("the emulator reads %2F as part of a name, or as Graph is reported to do, as a separator", async () => {
  const put = (name: string) =>
    clientOf(emulator).api(`/me/drive/root:/Reports/${name}:/content`).put(Buffer.from("x"));
  await expect(put("..%2F..%2Fa.pdf")).rejects.toMatchObject({ statusCode: 400 });
  emulator.vary({ driveEncodedSlash: "separator" });
  await put("x%2Fa.pdf");
  await put("..%2F..%2Fa.pdf");
  expect(paths().sort()).toEqual(["/Reports/x/a.pdf", "/a.pdf"]);
});
