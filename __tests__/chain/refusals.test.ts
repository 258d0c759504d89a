/** The messages of refusals, with the real Graph client against the emulator. */
import type { Client, GraphError } from "@microsoft/microsoft-graph-client";
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { defaultVariations } from "../../src/emulator/variations.js";
import { createAzureDevOpsClient, withLargeAttachments, type UploadError } from "../../src/index.js";
import { clientOf, fileOf } from "../support/graph.js";

const large = fileOf(3_500_000);
const options = { delay: 1, retries: 1, threshold: 9_999 };

let emulator: Emulator;
let client: Client;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => {
  emulator.reset();
  emulator.vary(defaultVariations);
  client = withLargeAttachments(clientOf(emulator), options);
});
afterEach(() => emulator.verifyFaults());
afterAll(() => emulator.close());

const failed = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: UploadError & GraphError) => error,
  );

/** Each service, as its first request of a large file. */
const services: Record<string, () => Promise<unknown>> = {
  Outlook: () => client.api(emulator.addMessage().path).attach(large, { name: "a.bin" }),
  "To Do": () => client.api(emulator.addTask().path).attach(large, { name: "a.bin" }),
  "a drive": () => client.api("/me/drive/root:/a.bin:").attach(large),
  "Universal Print": () => client.api(emulator.print.addDocument().path).attach(large, { name: "a.bin" }),
  "Azure DevOps": () => {
    const { organizationUrl, personalAccessToken } = emulator.azureDevOps;
    const { fetchOptions } = emulator.clientOptions;
    const azure = createAzureDevOpsClient({ ...options, organizationUrl, personalAccessToken, fetchOptions });
    return azure.api(emulator.azureDevOps.addWorkItem().path).attach(large, { name: "a.bin" });
  },
};

describe.each(Object.entries(services))("%s", (_, attach) => {
  const on = { method: "POST" } as const;

  test("that answers with a page is quoted by its title", async () => {
    const page = "<!DOCTYPE html><html><head><title>Blocked by the gateway</title></head><body>…</body></html>";
    emulator.fault({ on, status: 403, body: page, headers: { "Content-Type": "text/html" } });
    const error = await failed(attach());
    expect(error).toMatchObject({ statusCode: 403, message: expect.stringContaining("Blocked by the gateway") });
    expect(error!.message).not.toMatch(/permission/);
  });

  test.each([
    ["nothing", ""],
    ["an error without a message", { error: { code: "somethingOdd", message: "" } }],
    ["a page without a title", "<html></html>"],
  ])("that answers with %s still says something", async (_, body) => {
    emulator.fault({ on, status: 403, body });
    const error = await failed(attach());
    expect(error).toMatchObject({ statusCode: 403 });
    expect(error!.message).toMatch(/403/);
  });
});

test("advice follows the service's words as a sentence of its own", async () => {
  emulator.fault({
    on: { method: "POST" },
    status: 423,
    body: { error: { code: "locked", message: "File is locked" } },
  });
  const error = await failed(services["a drive"]!());
  expect(error!.message).toBe("File is locked. Somebody has the file open. Try again when it is closed.");
});

test("advice follows where the service says nothing", async () => {
  emulator.fault({ on: { method: "POST" }, status: 507, body: "" });
  const error = await failed(services["a drive"]!());
  expect(error!.message).toBe(
    "The service answered 507: the storage is full. The drive is full. Free some space, or attach elsewhere.",
  );
});

test("a request to a drive that is not confirmed sends nobody to an item's attachments", async () => {
  emulator.fault({ on: { kind: "post" }, status: 500, after: true });
  const error = await failed(client.api("/me/drive/root:/a.bin:").attach(fileOf(10)));
  expect(error).toMatchObject({ code: "uncertain", message: expect.stringMatching(/Check the folder/) });
  expect(error!.message).not.toMatch(/attachments|reply was lost/);
});

test("several failures of the service are not a reply that was lost", async () => {
  emulator.vary({ driveRewrittenBytes: 10 });
  emulator.drive.addFile("/a.docx", fileOf(10));
  emulator.fault({ on: { kind: "range", range: "last" }, status: 500, after: true });
  const url = "/me/drive/root:/a.docx:";
  const error = await failed(client.api(url).attach(large, { conflictBehavior: "replace" }));
  expect(error).toMatchObject({ code: "uncertain" });
  expect(error!.message).toBe(
    "OneDrive did not confirm the last range, so it may have a.docx. Check the folder before you attach it again.",
  );
});

test("a message that a gateway refuses claims no permission", async () => {
  const page = "<html><head><title>Blocked</title></head></html>";
  emulator.fault({ on: { kind: "draft" }, status: 403, body: page, headers: { "Content-Type": "text/html" } });
  const posting = client
    .api("/me/messages")
    .withAttachments([{ file: large, name: "a.bin" }])
    .post({ subject: "x" });
  const error = await failed(posting);
  expect(error).toMatchObject({ statusCode: 403, message: "Blocked" });
});
