import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import {
  createAzureDevOpsClient,
  LargeAttachmentTask,
  withLargeAttachments,
  type LimitedRequest,
  type Limiter,
  type UploadAttempt,
  type UploadOptions,
  type UploadWaiting,
} from "../../src/index.js";
import { clientOf, fileOf } from "../support/graph";

let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => emulator.reset());
afterEach(() => emulator.verifyFaults());
afterAll(() => emulator.close());

const [small, large] = [fileOf(1_000), fileOf(5_000_000)];
const quick = { delay: 1, retries: 2 };
const connected = (options: UploadOptions = {}) => withLargeAttachments(clientOf(emulator), { ...quick, ...options });
const base64 = (file: Buffer) => file.toString("base64");
const posted = (file: Buffer) => ({
  "@odata.type": "#microsoft.graph.fileAttachment",
  name: "a.bin",
  contentBytes: base64(file),
});
const message = { subject: "Hello", toRecipients: [{ emailAddress: { address: "a@contoso.example" } }] };
const user = "megan@contoso.example";

/** A limiter that notes what enters and leaves. */
function noting() {
  const entered: LimitedRequest[] = [];
  let inside = 0;
  const limiter: Limiter = {
    async enter(request) {
      entered.push(request);
      inside++;
      return () => void inside--;
    },
    pause() {},
  };
  return { limiter, entered, inside: () => inside };
}

describe("every request of an upload asks the limiter, and leaves it", () => {
  const draft = () => emulator.addMessage().path;
  const azure = (limiter: Limiter) => {
    const { organizationUrl, personalAccessToken } = emulator.azureDevOps;
    const { fetchOptions } = emulator.clientOptions;
    return createAzureDevOpsClient({ organizationUrl, personalAccessToken, fetchOptions, limiter, ...quick });
  };
  test.each<[string, (limiter: Limiter) => Promise<unknown>]>([
    ["a large file by attach", (limiter) => connected({ limiter }).api(draft()).attach(large, { name: "a" })],
    ["a small file by attach", (limiter) => connected({ limiter }).api(draft()).attach(small, { name: "a" })],
    [
      "a POST that becomes a session",
      (limiter) => connected({ limiter }).api(`${draft()}/attachments`).post(posted(large)),
    ],
    ["a POST that passes", (limiter) => connected({ limiter }).api(`${draft()}/attachments`).post(posted(small))],
    [
      "a mail with large files",
      (limiter) =>
        connected({ limiter })
          .api("/me/sendMail")
          .withAttachments([{ file: large, name: "a" }])
          .post({ message }),
    ],
    [
      "a mail with small files",
      (limiter) =>
        connected()
          .api("/me/sendMail")
          .withAttachments([{ file: small, name: "a" }], { limiter })
          .post({ message }),
    ],
    [
      "a task",
      async (limiter) =>
        (await LargeAttachmentTask.create(connected(), draft(), large, { name: "a", limiter })).upload(),
    ],
    ["a To Do task", (limiter) => connected({ limiter }).api(emulator.addTask().path).attach(large, { name: "a" })],
    ["a file in a drive", (limiter) => connected({ limiter }).api("/me/drive/root:/a.bin").attach(large)],
    [
      "a work item",
      (limiter) => azure(limiter).api(emulator.azureDevOps.addWorkItem().path).attach(large, { name: "a" }),
    ],
  ])("%s", async (_, work) => {
    const { limiter, entered, inside } = noting();
    await work(limiter);
    const sent = emulator.requests.filter(({ kind }) => kind !== "cancel");
    expect(entered).toHaveLength(sent.length);
    expect(inside()).toBe(0);
    expect(new Set(entered.map(({ lane }) => lane)).size).toBe(1);
    const bytes = (all: readonly { bodyBytes?: number; bytes?: number }[]) =>
      all.reduce((sum, { bodyBytes, bytes }) => sum + (bodyBytes ?? bytes ?? 0), 0);
    expect(bytes(entered)).toBe(bytes(sent));
  });
});

describe("a mailbox that is throttled", () => {
  test.each([
    ["429 with Retry-After", 429, { "Retry-After": "0" }],
    ["503 with Retry-After", 503, { "Retry-After": "0" }],
  ])("with %s, more often than there are retries, loses no file, and tells it", async (_, status, headers) => {
    const attempts: UploadAttempt[] = [];
    const waits: UploadWaiting[] = [];
    emulator.fault({ on: { kind: "range", range: 1 }, times: 9, status, headers });
    emulator.fault({ on: { kind: "create" }, times: 9, status, headers });
    const { path, id } = emulator.addMessage();
    const onAttempt = (one: UploadAttempt) => void attempts.push(one);
    const onWaiting = (one: UploadWaiting) => void waits.push(one);
    await connected({ onAttempt, onWaiting, retries: 1 }).api(path).attach(large, { name: "a" });
    expect(emulator.attachments(id)).toHaveLength(1);
    expect(attempts.filter((one) => one.status === status)).toHaveLength(9);
    expect(waits.filter((one) => one.status === status)).toHaveLength(18);
  });

  test("longer than its patience ends with an error that can be resumed, before it waits", async () => {
    emulator.fault({ on: { kind: "range" }, status: 429, headers: { "Retry-After": "61" } });
    const work = connected({ patience: 60_000 }).api(emulator.addMessage().path).attach(large, { name: "a" });
    await expect(work).rejects.toMatchObject({ code: "interrupted", session: { offset: 0 } });
  });

  test("by its bytes in 5 minutes gets all files, from many uploads", async () => {
    const began = Date.now();
    const own = await startEmulator({
      now: () => began + (Date.now() - began) * 300, // a window of one second
      vary: { countOutlookRequests: true, mailboxUploadBytes: 12_000_000, retryAfterSeconds: 1 },
    });
    const client = withLargeAttachments(clientOf(own), quick);
    const drafts = Array.from({ length: 8 }, () => own.addMessage());
    await Promise.all(drafts.map(({ path }) => client.api(path).attach(large, { name: "a" })));
    expect(drafts.map(({ id }) => own.attachments(id).length)).toEqual(Array(8).fill(1));
    expect(own.requests.some(({ status }) => status === 429)).toBe(true);
    await own.close();
  });
});

test("a mailbox as /me and by its name is one lane if the user is named, so that nothing is throttled", async () => {
  emulator.fault({ times: Infinity, delay: 20 });
  const client = connected({ mailbox: user.toUpperCase() });
  const drafts = Array.from({ length: 12 }, () => emulator.addMessage());
  const spelled = (path: string, index: number) =>
    [path, path.replace("/me/", `/users/${user}/`), path.replace("/me/", `/users('${encodeURIComponent(user)}')/`)][
      index % 3
    ]!;
  const attach = ({ path }: { path: string }, index: number) =>
    client
      .api(spelled(path, index))
      .version(index % 2 ? "beta" : "v1.0")
      .attach(small, { name: "a" });
  await Promise.all(drafts.map(attach));
  expect(drafts.map(({ id }) => emulator.attachments(id).length)).toEqual(Array(12).fill(1));
  expect(emulator.requests.filter(({ status }) => status === 429)).toEqual([]);
  emulator.reset();
});
