/** Refusals of a work item before the first byte of a file is sent, and links whose reply is lost. */
import { GraphError } from "@microsoft/microsoft-graph-client";
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { defaultVariations } from "../../src/emulator/variations.js";
import {
  createAzureDevOpsClient,
  LargeAttachmentTask,
  type AzureDevOpsClientOptions,
  type UploadProgress,
} from "../../src/index.js";
import { fileOf } from "../support/graph.js";

const large = fileOf(100_017);
const small = fileOf(100);
const options = { threshold: 9_999, rangeSize: 40_000, delay: 1, retries: 2 };
const sizes = [
  ["in ranges", large],
  ["in one request", small],
] as const;

let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => (emulator.reset(), emulator.vary(defaultVariations)));
afterEach(() => emulator.verifyFaults());
afterAll(() => emulator.close());

function client(more: Partial<AzureDevOpsClientOptions> = {}) {
  const { organizationUrl, personalAccessToken } = emulator.azureDevOps;
  const { fetchOptions } = emulator.clientOptions;
  return createAzureDevOpsClient({ organizationUrl, fetchOptions, personalAccessToken, ...options, ...more });
}
const failed = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error as Error & { code: string },
  );
const uploaded = () => emulator.requests.filter(({ kind }) => ["create", "range", "post"].includes(kind));
const linked = (id: number) => emulator.azureDevOps.workItem(id).relations.map(({ attributes }) => attributes["name"]);

describe.each(sizes)("nothing is uploaded, %s,", (_, file) => {
  test("if the comment is too long", async () => {
    const { path } = emulator.azureDevOps.addWorkItem();
    const error = await failed(
      client()
        .api(path)
        .attach(file, { name: "a.bin", comment: "x".repeat(256) }),
    );
    expect(error).toMatchObject({ code: "invalid", message: expect.stringMatching(/a\.bin has 256 characters.*255/) });
    expect(emulator.requests).toEqual([]);
    await client()
      .api(path)
      .attach(file, { name: "a.bin", comment: "x".repeat(255) });
  });

  test("if the work item is not there", async () => {
    const { path } = emulator.azureDevOps.addWorkItem();
    const error = await failed(client().api(path.replace(/\d+$/, "9999")).attach(file, { name: "a.bin" }));
    expect(error).toBeInstanceOf(GraphError);
    expect(error).toMatchObject({ statusCode: 404, message: expect.stringContaining("Work item 9999 does not exist") });
    expect(uploaded()).toEqual([]);
  });

  test("if the work item has 100 attachments", async () => {
    const { id, path } = emulator.azureDevOps.addWorkItem();
    const files = Array.from({ length: 100 }, (__, index) => ({ file: small, name: `${index}` }));
    await client().api(path).attach(files);
    const before = uploaded().length;
    const error = await failed(client().api(path).attach(file, { name: "a.bin" }));
    expect(error).toMatchObject({ code: "invalid", message: expect.stringContaining("has 100 attachments") });
    expect([uploaded().length, linked(id).length]).toEqual([before, 100]);
  });
});

test("a task for a work item that is not there opens no session", async () => {
  const { path } = emulator.azureDevOps.addWorkItem();
  const creating = LargeAttachmentTask.create(client(), path.replace(/\d+$/, "9999"), large, { ...options, name: "a" });
  expect(await failed(creating)).toMatchObject({ statusCode: 404 });
  expect(uploaded()).toEqual([]);
});

test.each([412, 409, 400] as const)(
  "a work item that was changed meanwhile (%d) is read again and linked once",
  async (status) => {
    emulator.vary({ azureStaleRevision: status });
    const { id, path } = emulator.azureDevOps.addWorkItem();
    const change = emulator.requests.length;
    emulator.fault({
      on: { kind: "workItem" },
      reply: (reply) => ({
        ...reply,
        body: reply.body.toString().replace(/"rev":(\d+)/, (_, rev) => `"rev":${Number(rev) + 7}`),
      }),
    });
    await client().api(path).attach(large, { name: "a.bin" });
    expect(change).toBe(0);
    expect(linked(id)).toEqual(["a.bin"]);
  },
);

test.each(sizes)("a 401 without a body says what to do about the sign-in: %s", async (_, file) => {
  emulator.vary({ azureSignIn: 401 });
  const { path } = emulator.azureDevOps.addWorkItem();
  const error = await failed(client({ personalAccessToken: "wrong" }).api(path).attach(file, { name: "a.bin" }));
  expect(error).toMatchObject({ statusCode: 401, message: expect.stringMatching(/personal access token.*expired/) });
});

describe("a link whose reply was lost", () => {
  test.each([{ reset: "after" }, { hang: "after" }, { status: 503, after: true }] as const)(
    "is uncertain where the work item cannot be read, never nothing: %j",
    async (fault) => {
      const { id, path } = emulator.azureDevOps.addWorkItem();
      emulator.fault({ on: { kind: "link" }, ...fault });
      emulator.fault({ on: { kind: "workItem" }, reply: (reply) => reply });
      emulator.fault({ on: { kind: "workItem" }, status: 503, times: 3 });
      const error = await failed(client().api(path).attach(large, { name: "a.bin", timeout: 400 }));
      expect(error).toMatchObject({ code: "uncertain", message: expect.stringContaining("may already have its link") });
      expect(error!.message).not.toContain("Nothing was attached");
      expect(linked(id)).toEqual(["a.bin"]);
    },
  );

  test("is found even if no other attempt is left", async () => {
    const { id, path } = emulator.azureDevOps.addWorkItem();
    emulator.fault({ on: { kind: "link" }, reset: "after" });
    await client().api(path).attach(large, { name: "a.bin", retries: 0 });
    expect(linked(id)).toEqual(["a.bin"]);
  });
});

test("the service's words about 10,000 revisions reach the user", async () => {
  const { id, path } = emulator.azureDevOps.addWorkItem();
  const message = `Work item ${id} has 10000 revisions, but currently, when updating via the API, only work items with up to 10,000 revisions are supported.`;
  emulator.fault({ on: { kind: "link" }, status: 500, body: { $id: "1", message, typeKey: "VssServiceException" } });
  const error = await failed(client().api(path).attach(large, { name: "a.bin" }));
  expect(error).toBeInstanceOf(GraphError);
  expect(error).toMatchObject({ statusCode: 500, message });
});

test("the service's words reach the user even if it was asked again in vain", async () => {
  const { path } = emulator.azureDevOps.addWorkItem();
  const body = { message: "VS402335: The timeout period elapsed." };
  emulator.fault({ on: { kind: "create" }, status: 500, times: 3, body });
  const error = await failed(client().api(path).attach(large, { name: "a.bin" }));
  expect(error).toMatchObject({ code: "interrupted", message: expect.stringContaining("it answered 500: VS402335: The timeout period elapsed. Nothing") }); // prettier-ignore
});

test("the progress of several files never falls, and names the file", async () => {
  const { path } = emulator.azureDevOps.addWorkItem();
  const seen: UploadProgress[] = [];
  const files = [large, small, large].map((file, index) => ({ file, name: `${index}.bin` }));
  await client()
    .api(path)
    .attach(files, { onProgress: (progress) => void seen.push(progress) });
  expect(seen.map(({ loaded }) => loaded)).toEqual(seen.map(({ loaded }) => loaded).sort((one, other) => one - other));
  expect(seen.at(-1)).toEqual({ loaded: 200_134, total: 200_134, file: "2.bin", index: 2 });
  expect(new Set(seen.map(({ file }) => file))).toEqual(new Set(["0.bin", "1.bin", "2.bin"]));
});
