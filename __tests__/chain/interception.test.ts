import {
  Client,
  GraphError,
  MiddlewareFactory,
  ResponseType,
  type Context,
  type Middleware,
} from "@microsoft/microsoft-graph-client";
import nock from "nock";
import { LargeAttachmentHandler, LargeAttachmentHandlerOptions, withLargeAttachments } from "../../src/index.js";
import { fileOf } from "../support/graph.js";

const graph = "https://graph.microsoft.com";
const outlookHost = "https://outlook.office.com";
const token = "the-graph-token";
const bytes = fileOf(5_000_000);
const contentBytes = bytes.toString("base64");
const attachment = { "@odata.type": "#microsoft.graph.fileAttachment", name: "a.bin", contentBytes };
const collection = "/me/messages/AAMk=/attachments";
const uploadPath = "/api/v2.0/Users('u@t')/Messages('AAMk=')/AttachmentSessions('S=')";
const location = `${outlookHost}/api/v2.0/Users('u@t')/Messages('AAMk=')/Attachments('ID%3D')`;

const withToken = () => Client.init({ authProvider: (done) => done(null, token) });
const client = () => withLargeAttachments(withToken(), { delay: 1 });

beforeAll(() => nock.disableNetConnect());
afterEach(() => {
  const pending = nock.pendingMocks();
  nock.cleanAll(); // first, so that one failure is not that of every test after it
  expect(pending).toEqual([]);
});
afterAll(() => nock.restore());

/** Plays Graph and the upload host for one upload of `bytes`; answers what the ranges carried. */
function upload({
  root = graph,
  version = "v1.0",
  path = collection,
  session = {},
  done = { Location: location } as nock.ReplyHeaders,
} = {}) {
  const received: Buffer[] = [];
  const headers: Record<string, string>[] = [];
  nock(root).get(`/${version}${path}`).query(true).reply(200, { value: [] });
  const uploadUrl = `${outlookHost}${uploadPath}?authtoken=ey.J`;
  const created = nock(root)
    .post(`/${version}${path}/createUploadSession`)
    .reply(201, { uploadUrl, expirationDateTime: "2030-01-01T00:00:00Z", nextExpectedRanges: ["0-"], ...session });
  created.on("request", (request) => headers.push({ ...Object.fromEntries(new Headers(request.headers as never)) }));
  nock(outlookHost)
    .put(uploadPath)
    .query({ authtoken: "ey.J" })
    .times(2)
    .reply(function (_, body) {
      received.push(Buffer.from(body as string, "hex"));
      headers.push(Object.fromEntries(new Headers(this.req.headers as never)));
      return received.length === 1 ? [200, { NextExpectedRanges: ["3932160"] }] : [201, "", done];
    });
  return { received, headers };
}

describe("an intercepted POST", () => {
  test("is answered as one POST would have been: 201, the attachment without its bytes, its id out of Location", async () => {
    upload();
    await expect(
      client()
        .api(collection)
        .post({ ...attachment, contentType: "x/y", isInline: true, contentId: "logo" }),
    ).resolves.toEqual({
      "@odata.type": "#microsoft.graph.fileAttachment",
      id: "ID=",
      name: "a.bin",
      contentType: "x/y",
      size: bytes.length,
      isInline: true,
      contentId: "logo",
    });
  });

  test("says what the service would fill in, where the caller said nothing", async () => {
    upload();
    await expect(client().api(collection).post(attachment)).resolves.toMatchObject({
      contentType: null,
      isInline: false,
      contentId: null,
    });
  });

  test("works with responseType(RAW), with the Location header kept", async () => {
    upload();
    const response = (await client().api(collection).responseType(ResponseType.RAW).post(attachment)) as Response;
    expect(response.status).toBe(201);
    expect(response.headers.get("Location")).toBe(location);
    await expect(response.json()).resolves.toMatchObject({ id: "ID=" });
  });

  test("works with a callback, as the client's other requests do", async () => {
    upload();
    const called = jest.fn();
    await client().api(collection).post(attachment, called);
    expect(called).toHaveBeenCalledWith(null, expect.objectContaining({ id: "ID=" }));
  });

  test("sends the token and the caller's headers to Graph only; the upload host gets neither", async () => {
    const { headers } = upload();
    const request = client().api(collection).header("Prefer", 'IdType="ImmutableId"').header("x-secret", "s");
    await request.post(attachment);
    const [create, ...ranges] = headers;
    expect(create).toMatchObject({
      authorization: `Bearer ${token}`,
      prefer: 'IdType="ImmutableId"',
      "content-type": "application/json",
    });
    expect(create!["sdkversion"]).not.toContain(",");
    expect(ranges).toHaveLength(2);
    for (const sent of ranges) {
      expect(JSON.stringify(sent)).not.toContain(token);
      for (const name of ["authorization", "prefer", "x-secret", "sdkversion", "client-request-id"])
        expect(sent).not.toHaveProperty(name);
    }
  });

  test.each([
    ["Client.init", () => client()],
    ["withLargeAttachments twice", () => withLargeAttachments(client(), { delay: 1 })],
    [
      "a chain of one's own",
      () =>
        Client.initWithMiddleware({
          middleware: [
            new LargeAttachmentHandler({ delay: 1 }),
            ...MiddlewareFactory.getDefaultMiddlewareChain({ getAccessToken: async () => token }),
          ],
        }),
    ],
    [
      "two handlers in one chain",
      () =>
        withLargeAttachments(
          Client.initWithMiddleware({
            middleware: [
              new PassThrough(),
              new LargeAttachmentHandler(),
              ...MiddlewareFactory.getDefaultMiddlewareChain({ getAccessToken: async () => token }),
            ],
          }),
          { delay: 1 },
        ),
    ],
  ])("works with %s, once", async (_, make) => {
    const { received } = upload();
    await make().api(collection).post(attachment);
    expect(received).toHaveLength(2);
  });

  test.each([
    "https://graph.microsoft.us",
    "https://dod-graph.microsoft.us",
    "https://microsoftgraph.chinacloudapi.cn",
    "https://canary.graph.microsoft.com",
  ])("works on %s", async (root) => {
    upload({ root, version: "beta" });
    const other = withLargeAttachments(
      Client.init({ baseUrl: `${root}/`, defaultVersion: "beta", authProvider: (done) => done(null, token) }),
    );
    await expect(other.api(collection).post(attachment)).resolves.toMatchObject({ id: "ID=" });
  });

  test("works on a custom host, with the token only there", async () => {
    const { headers } = upload({ root: "https://gateway.example:8443" });
    const custom = Client.init({
      baseUrl: "https://gateway.example:8443/",
      customHosts: new Set(["gateway.example", "outlook.office.com"]),
      authProvider: (done) => done(null, token),
    });
    await withLargeAttachments(custom).api(collection).post(attachment);
    expect(headers[0]).toHaveProperty("authorization");
    expect(JSON.stringify(headers.slice(1))).not.toContain(token);
  });

  test.each([
    [
      "a path below childFolders",
      "/users/a@b.c/mailFolders/inbox/childFolders/x/childFolders/y/messages/AAMk=/attachments",
    ],
    ["keys in parentheses, in another casing", "/Users('a@b.c')/MailFolders('inbox')/Messages('AAMk=')/Attachments"],
    [
      "an instance of an event in a calendar group",
      "/me/calendarGroups/g/calendars/c/calendarView/e/exceptionOccurrences/o/attachments",
    ],
  ])("works on %s", async (_, path) => {
    upload({ path });
    await expect(client().api(path).post(attachment)).resolves.toMatchObject({ id: "ID=" });
  });

  test("finds the id among the item's attachments where Location is hidden, as it is from pages", async () => {
    upload({ done: {} });
    nock(graph)
      .get(`/v1.0${collection}`)
      .query(true)
      .reply(200, { value: [{ id: "FOUND", name: "a.bin" }] });
    await expect(client().api(collection).post(attachment)).resolves.toMatchObject({ id: "FOUND" });
  });

  test("takes options of its own for one request, as the client's handlers do", async () => {
    upload();
    const loaded: number[] = [];
    const options = new LargeAttachmentHandlerOptions({ onProgress: (progress) => loaded.push(progress.loaded) });
    await client().api(collection).middlewareOptions([options]).post(attachment);
    expect(loaded).toEqual([3_932_160, bytes.length]);
  });

  test("takes them as well from a class that an application derives, which the client keeps under its own name", async () => {
    class Ours extends LargeAttachmentHandlerOptions {}
    upload();
    const loaded: number[] = [];
    const options = new Ours({ onProgress: (progress) => loaded.push(progress.loaded) });
    await client().api(collection).middlewareOptions([options]).post(attachment);
    expect(loaded).toEqual([3_932_160, bytes.length]);
  });

  test("opens a session where one POST was refused as too large, however the service says it", async () => {
    const refusals: [number, nock.Body][] = [
      [413, { error: { code: "BadRequest", message: "The maximum request length supported is 4MB." } }],
      [413, "<html>Request entity too large</html>"],
      [413, ""],
      [400, { error: { code: "BadRequest", message: "Maximum request length exceeded." } }],
    ];
    for (const [status, body] of refusals) {
      nock(graph).post(`/v1.0${collection}`).reply(status, body);
      const { headers } = upload();
      const request = client()
        .api(collection)
        .middlewareOptions([new LargeAttachmentHandlerOptions({ threshold: 10_000_000 })]);
      await expect(request.post(attachment)).resolves.toMatchObject({ id: "ID=" });
      expect(headers[0]!["authorization"]).toBe(`Bearer ${token}`);
    }
  });

  test("attaches a stream too where one POST was refused as too large, though a stream is read only once", async () => {
    nock(graph).post(`/v1.0${collection}`).reply(413, "");
    const { received } = upload();
    const options = { name: "a.bin", size: bytes.length, threshold: 10_000_000 };
    const made = await client()
      .api(collection)
      .attach(new Blob([bytes]).stream(), options);
    expect(made).toMatchObject({ id: "ID=" });
    expect(Buffer.concat(received).equals(bytes)).toBe(true);
  });

  test("makes one POST where the service says that the file is below its minimum for sessions", async () => {
    const code = "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize";
    nock(graph)
      .post(`/v1.0${collection}/createUploadSession`)
      .reply(400, { error: { code, message: "" } });
    nock(graph).post(`/v1.0${collection}`, attachment).reply(201, { id: "posted" });
    await expect(client().api(collection).post(attachment)).resolves.toEqual({ id: "posted" });
  });

  test("does not go round in circles where the service refuses both ways", async () => {
    const code = "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize";
    nock(graph)
      .post(`/v1.0${collection}/createUploadSession`)
      .reply(400, { error: { code, message: "" } });
    nock(graph).post(`/v1.0${collection}`).reply(413, "");
    await expect(client().api(collection).post(attachment)).rejects.toMatchObject({ statusCode: 413 });
  });

  test("lets a failing sign-in reach the caller without a retry", async () => {
    const getAccessToken = jest.fn(async () => Promise.reject(new Error("signed out")));
    const signedOut = withLargeAttachments(Client.initWithMiddleware({ authProvider: { getAccessToken } }), {
      delay: 1,
    });
    await expect(signedOut.api(collection).post(attachment)).rejects.toThrow("signed out");
    expect(getAccessToken).toHaveBeenCalledTimes(1); // nothing is listed before the session is open
  });
});

describe("everything else passes through byte for byte", () => {
  const big = "x".repeat(6_000_000);
  const item = { "@odata.type": "#microsoft.graph.itemAttachment", name: "i", item: { body: big } };
  const cases: [string, string, string, string | object, number][] = [
    ["a small file", "POST", collection, { ...attachment, contentBytes: "QUJD" }, 201],
    [
      "a file of just the threshold",
      "POST",
      collection,
      { ...attachment, contentBytes: fileOf(3_000_000).toString("base64") },
      201,
    ],
    ["an item attachment", "POST", collection, item, 201],
    [
      "a reference attachment",
      "POST",
      collection,
      { "@odata.type": "#microsoft.graph.referenceAttachment", name: big },
      201,
    ],
    ["a body without a type", "POST", collection, { name: "a", contentBytes }, 400],
    [
      "a To Do attachment on a message",
      "POST",
      collection,
      { ...attachment, "@odata.type": "#microsoft.graph.taskFileAttachment" },
      400,
    ],
    ["a body that is no JSON", "POST", collection, `contentBytes ${big}`, 400],
    ["truncated JSON", "POST", collection, JSON.stringify(attachment).slice(0, -1), 400],
    ["a message", "POST", "/me/messages", { subject: big }, 201],
    ["the attachments of a group's post", "POST", "/groups/g/threads/t/posts/p/attachments", attachment, 405],
    ["a request of another method", "PATCH", collection, attachment, 405],
    ["an attachment's own URL", "POST", `${collection}/ID`, attachment, 405],
    ["a batch", "POST", "/$batch", { requests: [{ url: collection, body: attachment }] }, 200],
  ];

  test.each(cases)("%s", async (_, method, path, body, status) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    let sent = "";
    const scope = nock(graph)
      .intercept(`/v1.0${path}`, method)
      .reply(status, (_, received) => {
        sent = typeof received === "string" ? received : JSON.stringify(received);
        return status < 300 ? { id: "1" } : { error: { code: "Refused", message: "" } };
      });
    const request = client().api(path).header("Content-Type", "text/plain"); // else nock parses what it received
    const sending = method === "PATCH" ? request.patch(body) : request.post(body);
    if (status < 300) await expect(sending).resolves.toEqual({ id: "1" });
    else await expect(sending).rejects.toBeInstanceOf(GraphError);
    expect(sent === text).toBe(true);
    scope.done();
  });
});

class PassThrough implements Middleware {
  #next!: Middleware;
  execute = (context: Context) => this.#next.execute(context);
  setNext = (next: Middleware) => void (this.#next = next);
}
