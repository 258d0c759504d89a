/** Programs in JavaScript, which no compiler checks. */
import { Client, GraphRequest, MiddlewareFactory } from "@microsoft/microsoft-graph-client";
import {
  createAzureDevOpsClient,
  LargeAttachmentHandler,
  LargeAttachmentHandlerOptions,
  LargeAttachmentTask,
  UploadError,
  withLargeAttachments,
} from "../../src/index.js";
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { clientOf, fileOf } from "../support/graph.js";

const large = fileOf(5_000_000);
let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => emulator.reset());
afterAll(() => emulator.close());

const told = async (work: () => unknown) => {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof UploadError)) throw error;
    expect(error.code).toBe("invalid");
    return error.message;
  }
  throw new Error("It did not fail.");
};
const any = (value: unknown) => value as never;

// first, because no client has been given the methods yet
test("attach and withAttachments of a client without withLargeAttachments are told in one sentence", async () => {
  const client = clientOf(emulator);
  const request = () => client.api("/me/messages/1");
  expect(Object.hasOwn(GraphRequest.prototype, "attach")).toBe(true);
  expect(await told(() => request().attach(large))).toMatch(/^attach needs withLargeAttachments\(client\)/);
  const rejected = request().attach(large);
  await expect(rejected).rejects.toBeInstanceOf(UploadError);
  expect(await told(() => request().withAttachments([]))).toMatch(
    /^withAttachments needs withLargeAttachments\(client\)/,
  );
  const chain = Client.initWithMiddleware({
    middleware: [
      new LargeAttachmentHandler(),
      ...MiddlewareFactory.getDefaultMiddlewareChain({ getAccessToken: async () => "t" }),
    ],
  });
  expect(await told(() => chain.api("/me/messages/1").attach(large))).toMatch(/withLargeAttachments\(client\)/);
});

describe("an unknown option", () => {
  const options = any({ onprogress: () => {} });
  const meant = 'There is no option "onprogress"; did you mean onProgress?';
  const client = () => withLargeAttachments(clientOf(emulator));
  const message = () => emulator.addMessage().path;
  const upload = async () => LargeAttachmentTask.create(client(), message(), large, { name: "a" });
  const post = (given: object) =>
    client()
      .api(`${message()}/attachments`)
      .middlewareOptions([given as never])
      .post({
        "@odata.type": "#microsoft.graph.fileAttachment",
        name: "a",
        contentBytes: large.toString("base64"),
      });
  test.each<[string, () => unknown]>([
    ["withLargeAttachments", () => withLargeAttachments(clientOf(emulator), options)],
    ["a handler", () => new LargeAttachmentHandler(options)],
    ["the options of one request", () => post(new LargeAttachmentHandlerOptions(options))],
    ["attach", () => client().api(message()).attach(large, options)],
    ["withAttachments", () => client().api("/me/sendMail").withAttachments([], options)],
    [
      "a file of withAttachments",
      () =>
        client()
          .api("/me/sendMail")
          .withAttachments([{ file: large, ...(options as object) }])
          .post({ message: {} }),
    ],
    ["a new task", () => LargeAttachmentTask.create(client(), message(), large, options)],
    ["a restored task", async () => LargeAttachmentTask.restore(client(), (await upload()).session, large, options)],
    ["a run of a task", async () => (await upload()).upload(options)],
    [
      "a client for Azure DevOps",
      () =>
        createAzureDevOpsClient({
          organizationUrl: "https://dev.azure.com/f",
          personalAccessToken: "x",
          ...(options as object),
        }),
    ],
  ])("is told with the one that may be meant: %s", async (_, work) => {
    expect(await told(work)).toBe(meant);
  });

  test.each([
    ["chunkSize", "rangeSize"],
    ["treshold", "threshold"],
    ["nmae", "name"],
    ["fileName", "name"],
    ["mimeType", "contentType"],
    ["contenttype", "contentType"],
    ["abortSignal", "signal"],
    ["progress", "onProgress"],
    ["maxRetries", "retries"],
    ["checkpoint", "checkpoints"],
    ["conflictBehaviour", "conflictBehavior"],
  ])("%s suggests %s", async (given, name) => {
    const work = () =>
      client()
        .api(message())
        .attach(large, any({ [given]: 1 }));
    expect(await told(work)).toBe(`There is no option "${given}"; did you mean ${name}?`);
  });

  test.each(["xyz", "constructor", "__proto__x", ""])("%p suggests nothing", async (given) => {
    const work = () =>
      client()
        .api(message())
        .attach(large, any({ [given]: 1 }));
    expect(await told(work)).toBe(`There is no option "${given}".`);
  });

  test("that is undefined, and members of a file that are no options, are no mistake", async () => {
    await client()
      .api(message())
      .attach(large, any({ name: "a", onprogress: undefined }));
    await client()
      .api("/me/messages")
      .withAttachments([any({ file: large, name: "a", id: 5, category: "x" })])
      .post({ subject: "x" });
  });
});

test("a name in place of the options is told in one sentence", async () => {
  const client = withLargeAttachments(clientOf(emulator));
  const work = () => client.api(emulator.addMessage().path).attach(large, any("report.pdf"));
  expect(await told(work)).toMatch(/^Options are an object such as \{ name: "report.pdf" \}/);
});

test("a path in place of a file is told with the call that opens it", async () => {
  const client = withLargeAttachments(clientOf(emulator));
  const ways = [
    () => client.api(emulator.addMessage().path).attach(any("/home/me/report.pdf")),
    () =>
      client
        .api("/me/sendMail")
        .withAttachments([any("C:\\report.pdf")])
        .post({ message: {} }),
    () =>
      client
        .api("/me/sendMail")
        .withAttachments([{ file: any("report.pdf"), name: "a" }])
        .post({ message: {} }),
    () => LargeAttachmentTask.create(client, emulator.addMessage().path, any("report.pdf")),
  ];
  for (const way of ways) expect(await told(way)).toContain("fs.openAsBlob(path)");
});

test("several files in one attach to a message are told", async () => {
  const client = withLargeAttachments(clientOf(emulator));
  const request = client.api(emulator.addMessage().path);
  const work = request.attach(any([new File(["x"], "x"), new File(["y"], "y")]));
  await expect(work).rejects.toMatchObject({
    code: "unsupported",
    message: expect.stringMatching(/one after another/),
  });
});
