/** The first mistakes of newcomers, in plain JavaScript, which no compiler checks. */
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import {
  createAzureDevOpsClient,
  LargeAttachmentTask,
  preload,
  UploadError,
  withLargeAttachments,
} from "../../src/index.js";
import { fileCheckpoints } from "../../src/node/index.js";
import { clientOf, fileOf } from "../support/graph.js";

const large = new File([fileOf(5_000_000)], "report.pdf");
let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => emulator.reset());
afterAll(() => emulator.close());

const any = (value: unknown) => value as never;
const client = () => withLargeAttachments(clientOf(emulator));
const item = () => emulator.addMessage().path;

/** The message of an `UploadError` that comes before the first request. */
async function told(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    expect(error).toBeInstanceOf(UploadError);
    expect((error as UploadError).code).toBe("invalid");
    expect(emulator.requests).toEqual([]);
    return (error as UploadError).message;
  }
  throw new Error("It did not fail.");
}

describe("what is no client", () => {
  const entries: [string, (given: unknown) => unknown][] = [
    ["withLargeAttachments", (given) => withLargeAttachments(any(given))],
    ["preload", (given) => preload(any(given))],
    ["LargeAttachmentTask.create", (given) => LargeAttachmentTask.create(any(given), "/me/messages/1", large)],
    ["LargeAttachmentTask.restore", (given) => LargeAttachmentTask.restore(any(given), any({}), large)],
  ];
  test.each(entries)("is refused by %s, with what to give", async (_, entry) => {
    for (const given of [{}, null, undefined, "client", { authProvider: {} }])
      expect(await told(() => entry(given))).toMatch(/^This is not a Graph client: give a Client/);
  });
  test.each(entries)("is named by %s if it is a Promise", async (_, entry) => {
    expect(await told(() => entry(Promise.resolve(clientOf(emulator))))).toMatch(
      /^This is not a Graph client: it is a promise of one, so await it/,
    );
  });
});

describe("what is no file", () => {
  const entries: [string, (file: unknown) => unknown][] = [
    ["attach", (file) => client().api(item()).attach(any(file))],
    [
      "withAttachments",
      (file) =>
        client()
          .api("/me/sendMail")
          .withAttachments([any(file)])
          .post({ message: {} }),
    ],
    [
      "withAttachments in an object",
      (file) =>
        client()
          .api("/me/sendMail")
          .withAttachments([{ file: any(file) }])
          .post({ message: {} }),
    ],
    ["LargeAttachmentTask.create", (file) => LargeAttachmentTask.create(client(), item(), any(file))],
  ];
  test.each(entries)("is named by %s if it is a Promise or a path", async (_, entry) => {
    expect(await told(() => entry(Promise.resolve(large)))).toBe("The file is a Promise: await it first.");
    expect(await told(() => entry("/home/me/report.pdf"))).toContain("fs.openAsBlob(path)");
  });
  test.each(entries)("is refused by %s if it is nothing", async (_, entry) => {
    for (const nothing of [null, undefined])
      expect(await told(() => entry(nothing))).toMatch(/^The file must be a Blob/);
  });
  test("is told with its own place: attach takes the file itself, and its name as an option", async () => {
    const work = () =>
      client()
        .api(item())
        .attach(any({ file: large, name: "a.pdf" }));
    expect(await told(work)).toBe("Give the file itself, and its name as an option: attach(file, { name }).");
  });
  test("is told if it is the JSON of an attachment, which post takes", async () => {
    const json = { "@odata.type": "#microsoft.graph.fileAttachment", name: "a.pdf", contentBytes: "AAAA" };
    expect(await told(() => client().api(item()).attach(any(json)))).toMatch(/contentBytes.*post/);
  });
  test("is named by restore if it is a path", async () => {
    const task = await LargeAttachmentTask.create(client(), item(), large, { name: "a" });
    const restored = LargeAttachmentTask.restore(client(), task.session, any("report.pdf"));
    await expect(restored).rejects.toMatchObject({ code: "invalid", message: expect.stringContaining("openAsBlob") });
  });
});

test("attach to a URL that a POST with files goes to names withAttachments", async () => {
  const message = item();
  const urls = [
    "/me/sendMail",
    `${message}/reply`,
    `${message}/replyAll`,
    `${message}/forward`,
    `${message}/createReply`,
  ];
  const more = [
    "/me/messages",
    "/me/events",
    "/users/7/sendMail",
    "/chats/19:1/messages",
    "/teams/1/channels/2/messages",
  ];
  for (const url of [...urls, ...more, "/me/mailFolders/inbox/messages", "/me/microsoft.graph.sendMail"]) {
    expect(await told(() => client().api(url).attach(large, { name: "a" }))).toMatch(
      /: use \.withAttachments\(\[file\]\)\.post\(…\)\.$/,
    );
    const task = () => LargeAttachmentTask.create(client(), url, large, { name: "a" });
    expect(await told(task)).toContain("withAttachments");
  }
  expect(await told(() => client().api("/me").attach(large))).not.toContain("withAttachments");
});

test("a task whose URL is no text is told", async () => {
  for (const url of [undefined, null, clientOf(emulator).api("/me/messages/1")])
    expect(await told(() => LargeAttachmentTask.create(client(), any(url), large))).toMatch(
      /^The URL must be a string such as "\/me\/messages\/AAMk…"/,
    );
});

describe("options", () => {
  const entries: [string, (options: unknown) => unknown][] = [
    ["withLargeAttachments", (options) => withLargeAttachments(clientOf(emulator), any(options))],
    ["attach", (options) => client().api(item()).attach(large, any(options))],
    ["LargeAttachmentTask.create", (options) => LargeAttachmentTask.create(client(), item(), large, any(options))],
    [
      "withAttachments",
      (options) => client().api("/me/sendMail").withAttachments([large], any(options)).post({ message: {} }),
    ],
  ];
  test.each(entries)("of %s that are a Promise are told", async (_, entry) => {
    expect(await told(() => entry(Promise.resolve({})))).toMatch(/^Options are an object .*, not a Promise\.$/);
  });
  test.each(entries)("of %s of the wrong kind are told with the right one", async (_, entry) => {
    expect(await told(() => entry({ signal: new AbortController() }))).toBe(
      "signal must be an AbortSignal, such as controller.signal.",
    );
    expect(await told(() => entry({ onProgress: "yes" }))).toBe("onProgress must be a function.");
  });
  test("may be null, as before", async () => {
    await client().api(item()).attach(large, any(null));
    expect(emulator.sessions).toMatchObject([{ state: "complete" }]);
  });
  test("checkpoints that are no store are told with one that is", async () => {
    for (const checkpoints of ["uploads", {}])
      expect(await told(() => client().api(item()).attach(large, any({ checkpoints })))).toBe(
        "checkpoints must be a store with load, save and remove, such as fileCheckpoints(folder).",
      );
    for (const folder of [undefined, "", 5])
      expect(await told(() => fileCheckpoints(any(folder)))).toBe("fileCheckpoints needs the path of a folder.");
  });
  test.each([
    ["organisationUrl", "organizationUrl"],
    ["orgUrl", "organizationUrl"],
    ["pat", "personalAccessToken"],
    ["acessToken", "personalAccessToken"],
    ["retrys", "retries"],
  ])("of createAzureDevOpsClient: %s suggests %s", async (given, name) => {
    const work = () => createAzureDevOpsClient(any({ [given]: "https://dev.azure.com/fabrikam" }));
    expect(await told(work)).toBe(`There is no option "${given}"; did you mean ${name}?`);
  });
  test("of createAzureDevOpsClient that are missing are told", async () => {
    for (const nothing of [undefined, null, {}])
      expect(await told(() => createAzureDevOpsClient(any(nothing)))).toMatch(/^organizationUrl must be a URL such as/);
  });
});
