import * as sdk from "@microsoft/microsoft-graph-client";
import { MiddlewareControl } from "@microsoft/microsoft-graph-client/lib/src/middleware/MiddlewareControl";
import { callOf } from "../../src/http/chain.js";
import { isOwn } from "../../src/http/ownContext.js";
import { NoReply } from "../../src/http/refusal.js";
import { lengthOf } from "../../src/http/requestBody.js";
import { outlook } from "../../src/protocols/outlook.js";
import {
  bytesSent,
  chain,
  COLLECTION,
  count,
  GRAPH,
  listenersOf,
  sessionOf,
  thrownBy,
  TOKEN,
  UPLOAD_URL,
} from "../support/fakes";

const LIMITS = { timeout: 60_000 };
const CREATE = outlook.session.create(COLLECTION, { name: "flower", size: 2 });
const RANGE = outlook.session.put(sessionOf(), { start: 0, end: 2, total: 2 }, count(2));
const CANCEL = outlook.session.cancel!(sessionOf())!;

const headersOf = (context: sdk.Context | undefined) => context!.options!.headers as Record<string, string>;

test("each request has its own context and headers object, because later handlers add to them", async () => {
  const { send, seen, context } = chain({ options: { headers: { Prefer: "a" } } }, (own) => {
    headersOf(own).Authorization = "Bearer added";
    return new Response(null, { status: 204 });
  });
  for (const request of [CREATE, CREATE, RANGE]) await send(request, LIMITS);
  expect(new Set(seen).size).toBe(3);
  expect(new Set(seen.map(headersOf)).size).toBe(3);
  expect(seen).not.toContain(context);
  expect(headersOf(context)).toEqual({ Prefer: "a" });
  expect(CREATE.headers).toEqual({ "Content-Type": "application/json" });
});

test("a request to the API is the caller's own with another URL and body", async () => {
  const options = { dispatcher: "d", credentials: "include", redirect: "error" };
  const ofTheirBody = { "content-type": "text/plain", "Content-Length": "9", "Content-Encoding": "x" };
  const headers = { Prefer: 'IdType="ImmutableId"', ...ofTheirBody };
  const { send, seen } = chain({ options: { method: "POST", body: "theirs", headers, ...options } });
  await send(CREATE, LIMITS);
  const { signal, ...sent } = seen[0]!.options as Record<string, unknown>;
  const { method, body } = CREATE;
  expect(sent).toEqual({
    method,
    body,
    headers: { Prefer: headers.Prefer, ...CREATE.headers },
    ...options,
    redirect: "manual",
  }); // no redirect may take the file or the token elsewhere
  expect(signal).toBeInstanceOf(AbortSignal);
  expect(seen[0]!.request).toBe(CREATE.url);
});

test("a range is sent with its own two headers and the caller's agent, without credentials and redirects", async () => {
  const omitted = { keepalive: true, integrity: "sha256-x", referrer: "https://app.test", credentials: "include" };
  const agents = { dispatcher: "d", agent: "a" };
  const { send, seen } = chain({ options: { headers: { Prefer: "a", Cookie: "b" }, ...omitted, ...agents } });
  await send(RANGE, LIMITS);
  const { signal: _, ...sent } = seen[0]!.options as Record<string, unknown>;
  const { method, headers, body } = RANGE;
  const length = { "Content-Length": String(lengthOf(body)) };
  expect(sent).toEqual({ method, headers: { ...headers, ...length }, body, ...agents, redirect: "manual" });
  expect(Object.keys(headers!)).toEqual(["Content-Type", "Content-Range"]);
  expect(await bytesSent(sent["body"])).toEqual(Buffer.from(body as Uint8Array));
  expect(seen[0]!.request).toBe(UPLOAD_URL);
});

test.each<[string, unknown]>([
  ["Authorization", { Authorization: "Bearer t", Prefer: "p" }],
  ["authorization", { authorization: "Bearer t", Prefer: "p" }],
  ["AUTHORIZATION", { AUTHORIZATION: "Bearer t", Prefer: "p" }],
  ["a Headers instance", new Headers({ Authorization: "Bearer t", Prefer: "p" })],
  ["a list of pairs", Object.entries({ Authorization: "Bearer t", Prefer: "p" })],
])("a token in %s reaches the API, and never an upload URL or another origin", async (_, headers) => {
  const { send, seen } = chain({ options: { headers } });
  const elsewhere = { ...CREATE, url: "https://graph.microsoft.com.evil.test/v1.0/x" };
  for (const request of [RANGE, { ...RANGE, url: `${GRAPH}/upload` }, elsewhere, CREATE]) await send(request, LIMITS);
  const ofRange = { ...RANGE.headers, "Content-Length": String(lengthOf(RANGE.body)) };
  expect(seen.slice(0, 3).map(headersOf)).toEqual([ofRange, ofRange, CREATE.headers]);
  const api = new Headers(headersOf(seen[3]));
  expect([api.get("authorization"), api.get("prefer")]).toEqual(["Bearer t", "p"]);
});

test("only requests to the API know custom hosts, because handlers add tokens for those", async () => {
  const customHosts = new Set(["outlook.office.com"]);
  const { send, seen } = chain({ customHosts, options: {} });
  await send(CREATE, LIMITS);
  await send(RANGE, LIMITS);
  expect(seen.map((context) => context.customHosts)).toEqual([customHosts, undefined]);
});

test("the chain's own retry is off, and the caller's other options stay", async () => {
  const provider = new sdk.AuthenticationHandlerOptions();
  const control = new MiddlewareControl([provider, new sdk.RetryHandlerOptions(3, 7)]);
  const { send, seen, context } = chain({ middlewareControl: control, options: {} });
  await send(CREATE, LIMITS);
  await send(RANGE, LIMITS);
  for (const own of seen) {
    const sent = own.middlewareControl!;
    expect(sent).not.toBe(control);
    expect(sent).toBeInstanceOf(MiddlewareControl);
    const found = sent.getMiddlewareOptions(sdk.AuthenticationHandlerOptions);
    if (own === seen[0]) expect(found).toBe(provider);
    else expect(found).not.toBe(provider); // no token beyond the API's origin
    expect(sent.getMiddlewareOptions(sdk.RetryHandlerOptions)).toMatchObject({ maxRetries: 0 });
    expect(isOwn(own)).toBe(true);
  }
  expect(control.getMiddlewareOptions(sdk.RetryHandlerOptions)).toMatchObject({ maxRetries: 7 });
  expect([isOwn(context), isOwn({ request: "" })]).toEqual([false, false]);
});

test.each<[string, unknown, unknown]>([
  ["JSON", '{"a":1}', { a: 1 }],
  ["HTML", "<html>", "<html>"],
  ["nothing", null, undefined],
  ["a body that was cut off", new ReadableStream({ start: (c) => c.error(new TypeError("terminated")) }), undefined],
])("the status and headers of a reply with %s count in any case", async (_, body, read) => {
  const headers = { Location: "https://x/Attachments('1')" };
  const { send } = chain({}, () => new Response(body as never, { status: 201, headers }));
  const reply = await send(RANGE, LIMITS);
  expect([reply.status, reply.headers.get("location"), reply.body]).toEqual([201, headers.Location, read]);
});

test.each<[string, Error]>([
  ["Node's fetch", new TypeError(`fetch failed: ${UPLOAD_URL}`, { cause: { code: "ECONNRESET" } })],
  [
    "node-fetch",
    Object.assign(new Error(`request to ${UPLOAD_URL} failed`), { name: "FetchError", code: "ECONNRESET" }),
  ],
  ["a socket", Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" })],
  ["a Cloudflare Worker", new Error("Network connection lost.")],
  ["a Cloudflare Worker without a cause", new Error("internal error; reference = 33opg5gobgruuhnj0bolm4h0")],
])("a network error of %s counts as no reply, and its address is withheld", async (_, error) => {
  const failed = (await thrownBy(chain({}, () => Promise.reject(error)).send(RANGE, LIMITS))) as NoReply;
  expect(failed).toBeInstanceOf(NoReply);
  expect(failed.message).not.toContain(TOKEN);
  const code = (error as { code?: string }).code ?? (error.cause as { code?: string } | undefined)?.code;
  expect([failed.code, failed.unsent]).toEqual([code, false]);
});

test("a refused connection counts as a request that was not sent", async () => {
  const refused = new TypeError("fetch failed", { cause: { code: "ECONNREFUSED" } });
  const failed = await thrownBy(chain({}, () => Promise.reject(refused)).send(RANGE, LIMITS));
  expect(failed).toMatchObject({ name: "NoReply", unsent: true, code: "ECONNREFUSED" });
});

describe("in a browser", () => {
  const { navigator } = globalThis;
  const setNavigator = (value: unknown) =>
    Object.defineProperty(globalThis, "navigator", { value, configurable: true });
  afterEach(() => void setNavigator(navigator));

  test.each([
    ["knew before sending that it was offline", false, true],
    ["was online before sending", true, false],
    ["does not know", undefined, false],
  ])("that %s (onLine: %p) a request counts as not sent: %p", async (_, onLine, unsent) => {
    const lost = () => {
      setNavigator({ onLine: false }); // too late to tell
      return Promise.reject(new TypeError("Failed to fetch"));
    };
    setNavigator({ onLine });
    expect(await thrownBy(chain({}, lost).send(RANGE, LIMITS))).toMatchObject({ name: "NoReply", unsent });
  });

  test("that is offline an own error of a token provider is thrown as it is", async () => {
    setNavigator({ onLine: false });
    const refused = Object.assign(new Error("Sign in again."), { name: "InteractionRequiredAuthError" });
    expect(await thrownBy(chain({}, () => Promise.reject(refused)).send(CREATE, LIMITS))).toBe(refused);
  });
});

test.each([
  { name: "InteractionRequiredAuthError" },
  { name: "Error", code: "invalid_grant" },
  { name: "AxiosError", code: "ERR_BAD_REQUEST" },
  { name: "AbortError" },
  { name: "TypeError" },
])("%j, such as a sign-in that failed, is not a network error and is thrown as it is", async (kind) => {
  const refused = Object.assign(new Error("Sign in again."), kind);
  const { send } = chain({}, () => Promise.reject(refused));
  expect(await thrownBy(send(CREATE, LIMITS))).toBe(refused);
});

describe("stopping", () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  test("a request without a reply ends after the timeout, so that no connection hangs", async () => {
    const { send, seen } = chain({}, () => new Promise(() => {}));
    const failed = thrownBy(send(RANGE, { timeout: 5000 }));
    await jest.advanceTimersByTimeAsync(4999);
    expect(seen[0]!.options!.signal!.aborted).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(await failed).toMatchObject({ name: "NoReply", message: "No reply came within 5000 ms.", unsent: false });
    expect([seen[0]!.options!.signal!.aborted, jest.getTimerCount()]).toEqual([true, 0]);
  });

  test("the timeout covers the body too, because a reply may stop in the middle", async () => {
    const failed = thrownBy(chain({}, () => new Response(new ReadableStream())).send(RANGE, { timeout: 5 }));
    await jest.advanceTimersByTimeAsync(5);
    expect(await failed).toBeInstanceOf(NoReply);
  });

  test.each<[string, () => unknown]>([
    ["does not listen", () => new Promise(() => {})],
    ["fails because of it", () => Promise.reject(new DOMException("Aborted", "AbortError"))],
    ["reports a network error", () => Promise.reject(new TypeError("fetch failed"))],
  ])("an abort rejects with the signal's reason even if the chain %s", async (_, ending) => {
    const controller = new AbortController();
    const { send, seen } = chain({}, (context) => {
      controller.abort("stop");
      expect(context.options!.signal!.aborted).toBe(true);
      return ending();
    });
    expect(await thrownBy(send(RANGE, { ...LIMITS, signal: controller.signal }))).toBe("stop");
    expect(seen).toHaveLength(1);
  });

  test("nothing is sent after an abort", async () => {
    const { send, seen } = chain({});
    expect(await thrownBy(send(RANGE, { ...LIMITS, signal: AbortSignal.abort("before") }))).toBe("before");
    expect(seen).toEqual([]);
  });

  test("no request leaves a listener or a timer behind", async () => {
    const { signal } = new AbortController();
    const listeners = listenersOf(signal);
    const answers = [
      () => new Response("{}"),
      () => Promise.reject(new TypeError("fetch failed")),
      () => Promise.reject(new TypeError("x")),
    ];
    for (const answer of answers)
      await chain({}, answer)
        .send(RANGE, { ...LIMITS, signal })
        .catch(() => {});
    expect([listeners(), jest.getTimerCount()]).toEqual([0, 0]);
  });

  test("the signal of the caller's own request does not stop a request, because the session is discarded after an abort", async () => {
    const { send, seen } = chain({ options: { signal: AbortSignal.abort("theirs") } });
    await send(CANCEL, LIMITS);
    expect(seen[0]!.options!.signal!.aborted).toBe(false);
  });
});

test("callOf returns what post would send, sends nothing and leaves the request unchanged", async () => {
  const execute = jest.fn();
  const middleware = { execute };
  const client = sdk.Client.initWithMiddleware({
    middleware,
    defaultVersion: "beta",
    customHosts: new Set(["x.test"]),
  });
  const { signal } = new AbortController();
  const request = client.api("/me/messages/m").header("Prefer", "p").option("signal", signal).query({ a: "1" });
  const option = new sdk.RetryHandlerOptions();
  const { context, next } = await callOf(request.middlewareOptions([option]));
  expect(next).toBe(middleware);
  expect(context).toMatchObject({ request: "https://graph.microsoft.com/beta/me/messages/m?a=1" });
  expect(headersOf(context)).toMatchObject({ Prefer: "p" });
  expect(context.options!.signal).toBe(signal);
  expect(context.customHosts).toEqual(new Set(["x.test"]));
  expect(context.middlewareControl!.getMiddlewareOptions(sdk.RetryHandlerOptions)).toBe(option);
  expect(execute).not.toHaveBeenCalled();
  execute.mockImplementation(async (own: sdk.Context) => void (own.response = new Response(null, { status: 204 })));
  await request.get();
  const [sent] = execute.mock.calls[0] as [sdk.Context];
  expect(headersOf(sent)).toEqual({ Prefer: "p" });
});

test.each([
  ['outlook.body-content-type="text"', undefined],
  ['IdType="ImmutableId", outlook.body-content-type="text"', 'IdType="ImmutableId"'],
  ['outlook.body-content-type="text",IdType="ImmutableId"', 'IdType="ImmutableId"'],
  ['IdType="ImmutableId"', 'IdType="ImmutableId"'],
])("a text that is written back is read in its stored form, whatever the caller prefers (%s)", async (Prefer, sent) => {
  const { send, seen } = chain({ options: { headers: { Prefer, "X-Other": "1" } } });
  await send({ ...CREATE, asStored: true }, LIMITS);
  await send(CREATE, LIMITS);
  expect(headersOf(seen[0])).toMatchObject({ "X-Other": "1" });
  expect(new Headers(headersOf(seen[0])).get("prefer") ?? undefined).toBe(sent);
  expect(new Headers(headersOf(seen[1])).get("prefer")).toBe(Prefer);
});

test("the caller's conditions apply to writes only", async () => {
  const { send, seen } = chain({ options: { headers: { "If-Match": '"1"', "if-none-match": "*" } } });
  await send({ method: "GET", url: CREATE.url, to: "api" }, LIMITS);
  await send(CREATE, LIMITS);
  expect(Object.keys(headersOf(seen[0])!)).toEqual([]);
  expect(headersOf(seen[1])).toMatchObject({ "If-Match": '"1"', "if-none-match": "*" });
});

// A browser gives a redirect that it does not follow the status 0. Read as "below 300", it would count as a success.
test.each([CREATE, RANGE])("a redirect that a browser hides is read as a redirect", async (request) => {
  const { send } = chain({}, () => {
    const hidden = new Response(null, { status: 204 });
    Object.defineProperty(hidden, "status", { value: 0 });
    return hidden;
  });
  expect((await send(request, LIMITS)).status).toBe(302);
});
