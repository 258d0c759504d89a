import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Client, GraphError, HTTPMessageHandler } from "@microsoft/microsoft-graph-client";
import { getPersonalAccessTokenHandler, WebApi } from "azure-devops-node-api";
import { WorkItemExpand } from "azure-devops-node-api/interfaces/WorkItemTrackingInterfaces";
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import {
  AzureDevOpsAttachmentHandler,
  AzureDevOpsAttachmentHandlerOptions,
  createAzureDevOpsClient,
  LargeAttachmentTask,
  type AzureDevOpsClient,
  type AzureDevOpsClientOptions,
  type CreatedReference,
} from "../../src/index.js";
import { fileOf, sha256 } from "../support/graph.js";

const bytes = fileOf(100_017);
const options = { threshold: 9_999, rangeSize: 40_000, delay: 1 };
const collection = "/MyProject/_apis/wit/attachments";

let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => emulator.reset());
afterEach(() => emulator.verifyFaults());
afterAll(() => emulator.close());

function client(more: Partial<AzureDevOpsClientOptions> = {}): AzureDevOpsClient {
  const { organizationUrl, personalAccessToken } = emulator.azureDevOps;
  const { fetchOptions } = emulator.clientOptions;
  const signIn = "credential" in more || "getToken" in more ? {} : { personalAccessToken };
  return createAzureDevOpsClient({ organizationUrl, fetchOptions, ...signIn, ...options, ...more });
}
const kinds = () => emulator.requests.map(({ kind }) => kind);

describe("the handler", () => {
  test.each([
    ["organizationUrl", "/_apis/wit/attachments"],
    ["organizationUrl", collection],
    ["legacyUrl", "/_apis/wit/attachments"],
    ["legacyUrl", `/DefaultCollection${collection}`],
    ["serverUrl", collection],
  ] as const)(
    "makes a POST of many bytes at %s%s a chunked upload, and answers as the POST would have",
    async (at, path) => {
      const made = await client({ organizationUrl: emulator.azureDevOps[at] })
        .api(`${path}?fileName=big.zip&areaPath=MyProject`)
        .post(bytes);
      expect(made).toEqual({ id: expect.any(String), url: expect.stringContaining("/_apis/wit/attachments/") });
      expect(emulator.azureDevOps.blob(made.id)).toMatchObject({
        fileName: "big.zip",
        sha256: sha256(bytes),
        complete: true,
        chunks: 3,
        areaPath: "MyProject",
      });
      expect(kinds()).toEqual(["create", "range", "range", "range"]);
      expect(emulator.requests.every((request) => /[?&]api-version=7.1/.test(request.path))).toBe(true);
    },
  );

  test.each([
    ["a Buffer", () => bytes],
    ["an ArrayBuffer", () => Uint8Array.from(bytes).buffer],
    ["a Blob", () => new Blob([bytes])],
  ])("takes %s", async (_, body) => {
    const made = await client().api(`${collection}?fileName=a`).post(body());
    expect(emulator.azureDevOps.blob(made.id)).toMatchObject({ sha256: sha256(bytes), chunks: 3 });
  });

  test("carries an api-version of the caller's, in the query or in Accept, to every request", async () => {
    await client().api(`${collection}?fileName=a&api-version=6.0`).post(bytes);
    expect(emulator.requests.every(({ path }) => path.includes("api-version=6.0"))).toBe(true);
    const from = emulator.requests.length;
    await client().api(`${collection}?fileName=a`).header("Accept", "application/json;api-version=7.0").post(bytes);
    for (const { path, headers } of emulator.requests.slice(from)) {
      expect(path).not.toContain("api-version");
      expect(headers["accept"]).toContain("api-version=7.0");
    }
  });

  test("stands in a chain of one's own, and takes options for one request", async () => {
    const loaded: number[] = [];
    const { personalAccessToken, organizationUrl } = emulator.azureDevOps;
    const own = Client.initWithMiddleware({
      baseUrl: organizationUrl,
      defaultVersion: "",
      middleware: [new AzureDevOpsAttachmentHandler(options), new HTTPMessageHandler()],
      fetchOptions: {
        ...emulator.clientOptions.fetchOptions,
        headers: { Authorization: `Basic ${btoa(`:${personalAccessToken}`)}` },
      },
    });
    const asked = new AzureDevOpsAttachmentHandlerOptions({ onProgress: (progress) => loaded.push(progress.loaded) });
    await own.api(`${collection}?fileName=a&api-version=7.1`).middlewareOptions([asked]).post(bytes);
    expect(loaded).toEqual([40_000, 80_000, 100_017]);
  });

  test("lets everything else pass: few bytes, no name, somebody's own chunked upload, other calls", async () => {
    const azure = client();
    await azure
      .api(`${collection}?fileName=small`)
      .header("Content-Type", "application/octet-stream")
      .post(bytes.subarray(0, 9_999));
    await azure.api(collection).header("Content-Type", "application/octet-stream").post(bytes);
    expect(kinds()).toEqual(["post", "post"]);
    const { id, path } = emulator.azureDevOps.addWorkItem({ title: "A bug" });
    await expect(azure.api(path).get()).resolves.toMatchObject({ id, fields: { "System.Title": "A bug" } });
  });
});

describe("attach", () => {
  test("to the attachments uploads, with the area, and answers what to link", async () => {
    for (const size of [0, 5_000, bytes.length]) {
      const made = await client()
        .api(collection)
        .attach<CreatedReference>(bytes.subarray(0, size), { name: "a b&c.zip", areaPath: "MyProject\\Team" });
      expect(made).toEqual({ id: expect.any(String), url: expect.stringMatching(/^https:/) });
      expect(emulator.azureDevOps.blob(made.id)).toMatchObject({
        fileName: "a b&c.zip",
        areaPath: "MyProject\\Team",
        sha256: sha256(bytes.subarray(0, size)),
        chunks: size > 9_999 ? 3 : 0,
      });
    }
  });

  test("to a work item uploads and links, with name, comment and size", async () => {
    const { id, path, rev } = emulator.azureDevOps.addWorkItem();
    const made = await client().api(path).attach<CreatedReference>(bytes, { name: "log.zip", comment: "The log" });
    await client().api(path).attach(bytes.subarray(0, 10), { name: "small.txt" });
    const item = emulator.azureDevOps.workItem(id);
    expect(item.rev).toBe(rev + 2);
    expect(item.relations).toMatchObject([
      {
        rel: "AttachedFile",
        url: expect.stringContaining(made.id),
        attributes: { name: "log.zip", comment: "The log", resourceSize: bytes.length },
      },
      { attributes: { name: "small.txt", comment: "", resourceSize: 10 } },
    ]);
  });

  test("of several files makes one revision and answers each", async () => {
    const { id, path, rev } = emulator.azureDevOps.addWorkItem();
    const files = [
      new File([bytes], "one.bin"),
      { file: bytes.subarray(0, 50_000), name: "two.bin", comment: "second" },
      new File(["three"], "three.txt"),
    ];
    const made = await client().api(path).attach(files, { comment: "all" });
    const item = emulator.azureDevOps.workItem(id);
    expect(item.rev).toBe(rev + 1);
    expect(item.relations.map(({ attributes }) => [attributes["name"], attributes["comment"]])).toEqual([
      ["one.bin", "all"],
      ["two.bin", "second"],
      ["three.txt", "all"],
    ]);
    expect(made.map(({ id }) => emulator.azureDevOps.blob(id).bytes.length)).toEqual([bytes.length, 50_000, 5]);
    await expect(client().api(path).attach([])).resolves.toEqual([]);
    await expect(
      client()
        .api(collection)
        .attach([new File(["x"], "x")]),
    ).rejects.toMatchObject({ code: "unsupported" });
  });

  const losses = [
    ["the reply to the link is lost", { reset: "after" }],
    ["the link is lost on its way", { reset: "before" }],
    ["the reply to the link is cut", { cutReply: true }],
    ["the link is answered by 500 although it was made", { status: 500, after: true }],
    ["the link meets a 429", { status: 429, headers: { "Retry-After": "0" } }],
    ["the link hangs", { hang: "after" }],
  ] as const;
  test.each(losses)("links once where %s", async (_, fault) => {
    const { id, path } = emulator.azureDevOps.addWorkItem();
    emulator.fault({ ...fault, on: { kind: "link" } });
    await client({ timeout: 250 }).api(path).attach(bytes, { name: "a.bin" });
    expect(emulator.azureDevOps.workItem(id).relations).toHaveLength(1);
  });

  test("tells that a link is uncertain, whose reply was lost and which cannot be read", async () => {
    // found by the simulation: it was told as a plain refusal
    const { path } = emulator.azureDevOps.addWorkItem();
    const on = { kind: "workItem" } as const;
    emulator.fault(
      { on, delay: 0 },
      { on: { kind: "link" }, reset: "after" },
      { on, status: 403, body: { message: "VS1: No." } },
    );
    await expect(client().api(path).attach(bytes, { name: "a" })).rejects.toMatchObject({ code: "uncertain" });
  });

  test("links although somebody else has changed the work item meanwhile", async () => {
    const { id, path } = emulator.azureDevOps.addWorkItem();
    const azure = client();
    await Promise.all([azure.api(path).attach(bytes, { name: "a" }), client().api(path).attach(bytes, { name: "b" })]);
    expect(emulator.azureDevOps.workItem(id).relations).toHaveLength(2);
  });

  test("tells that a work item is full, and a missing one in the service's words", async () => {
    const { path } = emulator.azureDevOps.addWorkItem();
    const azure = client();
    await azure.api(path).attach(Array.from({ length: 100 }, (_, i) => new File([`${i}`], `${i}`)));
    await expect(azure.api(path).attach(bytes, { name: "101" })).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringContaining("VS403313"),
    });
    await expect(azure.api("/_apis/wit/workitems/999999").attach(bytes, { name: "x" })).rejects.toMatchObject({
      statusCode: 404,
      message: expect.stringContaining("TF401232"),
    });
  });

  test("pauses before the next request where a success asks for it, and repeats nothing", async () => {
    const retryAfter = { "retry-after": "1" };
    emulator.fault({
      on: { range: "first" },
      reply: (reply) => ({ ...reply, headers: { ...reply.headers, ...retryAfter } }),
    });
    const from = performance.now();
    await client().api(collection).attach(bytes, { name: "a" });
    expect(performance.now() - from).toBeGreaterThanOrEqual(999);
    expect(kinds().filter((kind) => kind === "range")).toHaveLength(3);
  });

  test("refuses a file over 60 MB on Services and over maxSize anywhere, before the first request", async () => {
    const big = { size: 62_914_561, slice: () => bytes };
    const services = createAzureDevOpsClient({
      organizationUrl: "https://dev.azure.com/fabrikam",
      personalAccessToken: "x",
    });
    await expect(services.api(collection).attach(big, { name: "a" })).rejects.toMatchObject({ code: "tooLarge" });
    await expect(client({ maxSize: 1_000 }).api(collection).attach(bytes, { name: "a" })).rejects.toMatchObject({
      code: "tooLarge",
    });
    expect(kinds()).toEqual([]);
  });

  test("tells the service's own limit in its words, also where it shows only at a chunk", async () => {
    emulator.vary({ azureMaximum: 4_194_304 });
    const attaching = client().api(collection).attach(fileOf(4_194_305), { name: "a" });
    await expect(attaching).rejects.toMatchObject({ statusCode: 400, message: expect.stringContaining("TF237082") });
    emulator.vary({ azureMaximum: 62_914_560 });
  });
});

describe("a task", () => {
  test("goes on in another process from the chunk whose reply came last, and links once", async () => {
    const { id, path } = emulator.azureDevOps.addWorkItem();
    emulator.fault({ on: { range: 1 }, status: 403 });
    const task = await LargeAttachmentTask.create<CreatedReference>(client(), path, bytes, {
      ...options,
      name: "a",
      comment: "c",
    });
    await expect(task.upload()).rejects.toBeInstanceOf(GraphError);
    const stored = JSON.parse(JSON.stringify(task.session));
    expect(stored.offset).toBe(40_000);
    for (let times = 0; times < 2; times++) {
      const restored = await LargeAttachmentTask.restore<CreatedReference>(client(), stored, bytes, options);
      expect(await restored.resume()).toMatchObject({ id: expect.any(String) });
    }
    expect(emulator.azureDevOps.workItem(id).relations).toMatchObject([{ attributes: { name: "a", comment: "c" } }]);
    expect(emulator.requests.filter(({ kind }) => kind === "range")).toHaveLength(4);
  });

  test("is uncertain in another process that cannot read whether the first has linked, and links once when it can", async () => {
    // found by the simulation: it was told as a plain refusal, although the file was there
    const { id, path } = emulator.azureDevOps.addWorkItem();
    const unread = { on: { kind: "workItem" }, status: 403, body: { message: "VS1: No." } } as const;
    const about = { ...options, name: "a" };
    const task = await LargeAttachmentTask.create<CreatedReference>(client(), path, bytes, about);
    emulator.fault({ on: { kind: "workItem" }, delay: 0 }, { on: { kind: "link" }, reset: "after" }, unread, unread);
    await expect(task.upload()).rejects.toMatchObject({ code: "uncertain" });
    const restored = await LargeAttachmentTask.restore<CreatedReference>(client(), task.session, bytes, options);
    await expect(restored.resume()).rejects.toMatchObject({ code: "uncertain", cause: { statusCode: 403 } });
    await restored.resume();
    expect(emulator.azureDevOps.workItem(id).relations).toHaveLength(1);
  });

  test("discards its upload where the API has a call for it", async () => {
    const url = `${collection}?api-version=7.2-preview.4`;
    const task = await LargeAttachmentTask.create(client(), url, bytes, { ...options, name: "a" });
    await task.cancel();
    expect(kinds()).toEqual(["create", "remove"]);
    expect(emulator.azureDevOps.attachments()).toEqual([]);
  });
});

describe("signing in", () => {
  test("asks a credential again when its token runs out, and not before", async () => {
    let expiresOnTimestamp = Date.now() + 3_600_000;
    const getToken = jest.fn(async () => ({ token: emulator.azureDevOps.bearer, expiresOnTimestamp }));
    const azure = client({ credential: { getToken } });
    await azure.api(collection).attach(bytes, { name: "a" });
    expect(getToken).toHaveBeenCalledTimes(1);
    expect(getToken).toHaveBeenCalledWith("499b84ac-1321-427f-aa17-267ca6975798/.default");
    emulator.azureDevOps.renewBearer();
    expiresOnTimestamp = Date.now() + 60_000;
    await azure.api(collection).attach(bytes, { name: "b" });
    expect(getToken.mock.calls.length).toBeGreaterThan(2);
  });

  test("asks getToken for every request, so that a long upload outlives its first token", async () => {
    const getToken = jest.fn(() => emulator.azureDevOps.bearer);
    const onProgress = () => void emulator.azureDevOps.renewBearer();
    const made = await client({ getToken }).api(collection).attach<CreatedReference>(bytes, { name: "a", onProgress });
    expect(emulator.azureDevOps.blob(made.id).sha256).toBe(sha256(bytes));
    expect(getToken).toHaveBeenCalledTimes(4);
  });

  test.each([203, 302] as const)(
    "a sign-in page that comes with %d is an authentication error that names the remedy",
    async (azureSignIn) => {
      emulator.vary({ azureSignIn });
      const wrong = client({ getToken: () => "wrong-secret-token" });
      for (const sending of [
        () => wrong.api(collection).attach(bytes, { name: "a" }),
        () => wrong.api(collection).attach(bytes.subarray(0, 5), { name: "a" }),
        () => wrong.api(`${collection}?fileName=a`).post(bytes),
        () => wrong.api("/_apis/wit/workitems/1").get(),
      ]) {
        const error = await sending().then(
          () => undefined,
          (reason: GraphError) => reason,
        );
        expect(error).toBeInstanceOf(GraphError);
        expect(error).toMatchObject({ statusCode: 401, message: expect.stringMatching(/token|credential|authorized/) });
        expect(`${error!.message}${error!.stack}${JSON.stringify(error)}`).not.toContain("wrong-secret-token");
      }
      emulator.vary({ azureSignIn: 203 });
    },
  );

  test("sends the credential to the configured origin only, whatever the spelling of the header", async () => {
    const fetched = jest.spyOn(globalThis, "fetch").mockImplementation(async () => Response.json({}));
    try {
      const azure = client({ getToken: () => "secret" });
      await azure.api("/_apis/wit/workitems/1").get();
      for (const name of ["Authorization", "authorization", "AUTHORIZATION"]) {
        await azure.api("https://evil.example/fabrikam/_apis/wit/workitems/1").header(name, "Bearer secret").get();
      }
      const [own, ...others] = fetched.mock.calls.map(([, init]) => JSON.stringify(init?.headers));
      expect(own).toContain("Bearer secret");
      expect(others).toHaveLength(3);
      expect(others.join()).not.toContain("secret");
    } finally {
      fetched.mockRestore();
    }
  });

  test.each([
    [{ organizationUrl: "fabrikam", personalAccessToken: "x" }, /organizationUrl/],
    [{ organizationUrl: "https://dev.azure.com/fabrikam" }, /Give one of/],
    [
      { organizationUrl: "https://dev.azure.com/fabrikam", personalAccessToken: "x", getToken: () => "y" },
      /Give one of/,
    ],
    [{ organizationUrl: "https://dev.azure.com/fabrikam", personalAccessToken: "x", rangeSize: -1 }, /rangeSize/],
  ])("bad options are refused when the client is made", (given, message) => {
    expect(() => createAzureDevOpsClient(given as AzureDevOpsClientOptions)).toThrow(message);
  });
});

test("azure-devops-node-api reads back what was uploaded and linked", async () => {
  const { organizationUrl, personalAccessToken, addWorkItem } = emulator.azureDevOps;
  const { id, path } = addWorkItem();
  const made = await client().api(path).attach<CreatedReference>(bytes, { name: "read.bin", comment: "back" });
  const api = new WebApi(organizationUrl, getPersonalAccessTokenHandler(personalAccessToken), { ignoreSslError: true });
  const tracking = await api.getWorkItemTrackingApi();
  const item = await tracking.getWorkItem(id, undefined, undefined, WorkItemExpand.Relations);
  expect(item.relations).toMatchObject([{ rel: "AttachedFile", attributes: { name: "read.bin", comment: "back" } }]);
  const chunks: Buffer[] = [];
  for await (const chunk of await tracking.getAttachmentContent(made.id, "read.bin")) chunks.push(chunk as Buffer);
  expect(sha256(Buffer.concat(chunks))).toBe(sha256(bytes));
});

test("nobody asks which protocol it runs", () => {
  const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
  const others = files.filter((path) => !/^(protocols|emulator|cli)[\\/]/.test(path));
  expect(others.length).toBeGreaterThan(50);
  for (const path of others) {
    const text = readFileSync(join("src", path), "utf8");
    const asks = /protocol\.name [!=]==|[!=]== "(outlook|todo|drive|print|teams|azureDevOps)"/.test(text);
    expect({ path, asks }).toEqual({ path, asks: false });
  }
});
