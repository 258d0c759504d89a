import type { Client, GraphError } from "@microsoft/microsoft-graph-client";
import { startEmulator, type Emulator, type FaultScript } from "../../src/emulator/index.js";
import { defaultVariations } from "../../src/emulator/variations.js";
import {
  createAzureDevOpsClient,
  LargeAttachmentTask,
  withLargeAttachments,
  type FileToAttach,
  type UploadError,
  type UploadOptions,
} from "../../src/index.js";
import { clientOf, fileOf, sha256 } from "../support/graph.js";

const large = fileOf(5_000_000);
const small = fileOf(1_000);
const options: UploadOptions = { delay: 1, retries: 2, timeout: 1_000 };

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
const refusal = (status: number, code: string, message: string) => ({ status, body: { error: { code, message } } });
const mail = { message: { subject: "x", toRecipients: [{ emailAddress: { address: "a@example.com" } }] } };
const send = (files: readonly FileToAttach[]) =>
  client.api("/me/sendMail").withAttachments(files).post(mail) as Promise<unknown>;
const kinds = () => emulator.requests.map(({ kind }) => kind);

describe("of several files, the error says which one failed, by name and size,", () => {
  const files = [
    { file: large, name: "one.bin" },
    { file: fileOf(6_000_000), name: "two.bin" },
  ];
  const second: FaultScript[] = [{ on: { kind: "create" }, reply: (reply) => reply }];

  test("after a refusal of its session", async () => {
    emulator.fault(...second, { on: { kind: "create" }, ...refusal(507, "quota", "The mailbox is full") });
    const error = await failed(send(files));
    expect(error).toMatchObject({ statusCode: 507, message: "The mailbox is full. The file is two.bin (6 MB)." });
  });

  test("after retries that all failed, without a word about resuming", async () => {
    emulator.fault(...second, { on: { kind: "create" }, times: 3, status: 503 });
    const { code, message, session } = (await failed(send(files)))!;
    expect([code, session]).toEqual(["interrupted", undefined]);
    expect(message).toMatch(/two\.bin \(6 MB\)/);
    expect(message).not.toMatch(/restore/);
  });

  test("after a range that no retry brought through", async () => {
    emulator.fault({ on: { kind: "range" }, times: 3, status: 503 });
    const { message } = (await failed(send(files)))!;
    expect(message).toMatch(/one\.bin \(5 MB\)/);
    expect(message).toMatch(/it answered 503/);
    expect(message).toMatch(/Nothing was sent, and the unfinished item was deleted\.$/);
    expect(message).not.toMatch(/restore/);
  });

  test("in a chat", async () => {
    const chat = emulator.teams.addChat();
    emulator.fault({ on: { kind: "create" }, ...refusal(507, "quota", "Full.") });
    const error = await failed(
      client
        .api(`${chat.path}/messages`)
        .withAttachments([{ file: small, name: "a.txt" }, files[0]!])
        .post({ body: { content: "x" } }) as Promise<unknown>,
    );
    expect(error!.message).toMatch(/^Full\. .* The file is one\.bin \(5 MB\)\.$/);
  });

  test("at a work item", async () => {
    const { path } = emulator.azureDevOps.addWorkItem();
    const { organizationUrl, personalAccessToken } = emulator.azureDevOps;
    const { fetchOptions } = emulator.clientOptions;
    const azure = createAzureDevOpsClient({ organizationUrl, personalAccessToken, fetchOptions, ...options });
    emulator.fault({ on: { kind: "post" }, ...refusal(507, "quota", "Full.") });
    const error = await failed(azure.api(path).attach([{ file: small, name: "a.txt" }, files[0]!]));
    expect(error!.message).toMatch(/The file is a\.txt \(1000 bytes\)\.$/);
  });

  test("if one has no name", async () => {
    expect(await failed(Promise.resolve().then(() => send([files[0]!, large])))).toMatchObject({
      code: "invalid",
      message: expect.stringMatching(/^The attachment of 5 MB needs a name/),
    });
  });

  test("and of one file, the error is as it was", async () => {
    emulator.fault({ on: { kind: "create" }, ...refusal(507, "quota", "Full.") });
    expect(await failed(send([files[0]!]))).toMatchObject({ statusCode: 507, message: "Full." });
  });
});

describe("an upload host that is not reached", () => {
  const unreached = (code: string) => async () => {
    throw Object.assign(new TypeError("fetch failed"), { cause: { code } });
  };
  const host = () => new URL(emulator.sessions[0]!.uploadUrl).host;

  test.each(["ENOTFOUND", "ECONNREFUSED", "UND_ERR_CONNECT_TIMEOUT", "ECONNRESET"])(
    "is named after %s",
    async (code) => {
      client = withLargeAttachments(clientOf(emulator), { ...options, fetch: unreached(code) });
      const message = emulator.addMessage();
      const error = await failed(client.api(message.path).attach(large, { name: "a.bin" }));
      expect(error).toMatchObject({ code: "interrupted", cause: { code } });
      expect(error!.message).toContain(
        `Graph is reached, but ${host()} is not (${code}): let a firewall or proxy pass it. Resume it later`,
      );
      expect(error!.message).not.toMatch(/authtoken|https?:/);
    },
  );

  test("is named by a task and for a mail", async () => {
    client = withLargeAttachments(clientOf(emulator), { ...options, fetch: unreached("ENOTFOUND") });
    const task = await LargeAttachmentTask.create(client, emulator.addMessage().path, large, { name: "a.bin" });
    expect((await failed(task.upload()))!.message).toContain(`${host()} is not (ENOTFOUND)`);
    const sent = await failed(send([{ file: large, name: "a.bin" }]));
    expect(sent!.message).toMatch(
      / is not \(ENOTFOUND\): let a firewall or proxy pass it\. The file is a\.bin \(5 MB\)\. Nothing was sent/,
    );
  });

  test("is not blamed once bytes have reached it", async () => {
    emulator.fault({ on: { kind: "range", range: 1 }, times: 3, reset: "before" });
    const error = await failed(client.api(emulator.addMessage().path).attach(large, { name: "a.bin" }));
    expect(error).toMatchObject({ code: "interrupted" });
    expect(error!.message).not.toMatch(/firewall/);
  });

  test("is not blamed for a range that takes too long", async () => {
    emulator.fault({ on: { kind: "range" }, times: 3, hang: true });
    client = withLargeAttachments(clientOf(emulator), { ...options, timeout: 400 });
    const error = await failed(client.api(emulator.addMessage().path).attach(large, { name: "a.bin" }));
    expect(error!.message).toMatch(/No reply came within 400 ms\. Resume it later/);
  });
});

describe("an upload that takes longer than its session", () => {
  test.each(["a message", "a task"])("to %s stops after the second one, and says both times", async (kind) => {
    emulator.vary({ sessionSeconds: 0 });
    const item = kind === "a task" ? emulator.addTask() : emulator.addMessage();
    const error = await failed(client.api(item.path).attach(large, { name: "film.mp4" }));
    expect(error).toMatchObject({ code: "lost" });
    expect(error!.message).toMatch(
      /^Two upload sessions in a row expired before film\.mp4 \(5 MB\) was complete: at 2\d{3}-[^ ]+Z and at 2\d{3}-[^ ]+Z\. /,
    );
    expect(kinds().filter((one) => one === "create")).toHaveLength(2);
  });

  test("stops as well if the sessions end in the middle", async () => {
    client = withLargeAttachments(clientOf(emulator), { ...options, rangeSize: 1_000_000 });
    emulator.vary({ sessionSeconds: 1 });
    emulator.fault(...[1, 2].map(() => ({ on: { kind: "range", range: 1 } as const, delay: 1_200 })));
    client = withLargeAttachments(clientOf(emulator), { ...options, rangeSize: 1_000_000, timeout: 5_000 });
    const error = await failed(client.api(emulator.addMessage().path).attach(large, { name: "film.mp4" }));
    expect(error).toMatchObject({ code: "lost" });
    expect(kinds().filter((one) => one === "create")).toHaveLength(2);
  });

  test("is completed by the next session if only one expires", async () => {
    const message = emulator.addMessage();
    emulator.vary({ sessionSeconds: 0 });
    emulator.fault({
      on: { kind: "create" },
      reply: (reply) => {
        emulator.vary({ sessionSeconds: 3600 });
        return reply;
      },
    });
    await client.api(message.path).attach(large, { name: "film.mp4" });
    expect(emulator.attachments(message).map((one) => one.sha256)).toEqual([sha256(large)]);
  });

  test("of a draft that is not known yet is something else", async () => {
    const message = emulator.addMessage();
    emulator.vary({ replicationDelay: 3 });
    await client.api(message.path).attach(large, { name: "film.mp4" });
    expect(emulator.attachments(message)).toHaveLength(1);
  });
});

describe("a refusal by an application access policy", () => {
  const policy: FaultScript = refusal(
    403,
    "ErrorAccessDenied",
    "Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings.",
  );
  test.each([
    ["a session", "create", () => client.api(emulator.addMessage().path).attach(large, { name: "a.bin" })],
    ["a POST", "post", () => client.api(emulator.addMessage().path).attach(small, { name: "a.bin" })],
    ["a draft", "draft", () => send([{ file: large, name: "a.bin" }])],
  ] as const)("of %s names the policy, and claims no missing permission", async (_, kind, work) => {
    emulator.fault({ on: { kind }, ...policy });
    const error = await failed(work());
    expect(error!.message).toMatch(
      /AccessPolicy settings\. An application access policy of Exchange keeps this app out/,
    );
    expect(error!.message).not.toMatch(/permission/);
  });
});

test("an account without a OneDrive is told so", async () => {
  emulator.fault({ on: { kind: "post" }, ...refusal(404, "ResourceNotFound", "User's mysite not found.") });
  const error = await failed(client.api("/me/drive/root:/a.bin:/content").attach(small));
  expect(error).toMatchObject({ statusCode: 404 });
  expect(error!.message).toMatch(/^User's mysite not found\. The account has no OneDrive: it needs a license for one/);
});
