import { Client, HTTPMessageHandler } from "@microsoft/microsoft-graph-client";
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { withLargeAttachments, type UploadOptions } from "../../src/index.js";
import { fileOf, sha256 } from "../support/graph";
import { everything, subjects, take, type Subject } from "../support/subjects";

const range = 40_000;
const bytes = fileOf(3 * range + 17);
const options = { name: "a.bin", threshold: 9_999, rangeSize: range, delay: 1, timeout: 5_000 };
const [message] = subjects as [Subject];

let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => emulator.reset());
afterEach(() => emulator.verifyFaults());
afterAll(() => emulator.close());

type Sent = RequestInit & { readonly url: string };

const rangesIn = (sent: readonly Sent[]) => sent.filter(({ method }) => method === "PUT");

/** An injected fetch, and the requests that it got. `before` may fail, for ranges only. */
function ownFetch(before: (call: number) => unknown = () => {}) {
  const sent: Sent[] = [];
  const own = (async (url: string, init: RequestInit) => {
    sent.push({ ...init, url });
    const instead = init.method === "PUT" ? await before(rangesIn(sent).length - 1) : undefined;
    return instead ?? fetch(url, { ...init, ...emulator.clientOptions.fetchOptions });
  }) as typeof fetch;
  return { own, sent };
}

/** A client without authentication: the token is among the caller's headers. */
const bare = () => Client.initWithMiddleware({ ...emulator.clientOptions, middleware: new HTTPMessageHandler() });
const headers = () => ({ Authorization: `Bearer ${emulator.token}`, Prefer: 'IdType="ImmutableId"', Cookie: "a=b" });

async function attach(subject: Subject, more: UploadOptions): Promise<void> {
  const item = subject.add(emulator);
  const own = withLargeAttachments(subject === message ? bare() : subject.client(emulator));
  const request = own.api(item.path).headers(subject === message ? headers() : {});
  await request.attach(bytes, { ...options, ...more });
  expect(subject.held(emulator, item)).toMatchObject([{ sha256: sha256(bytes) }]);
}

const kinds = () => emulator.requests.map(({ kind }) => kind);
const ranges = () => kinds().filter((kind) => kind === "range").length;

test("an injected fetch gets the ranges to an upload URL, with the headers of a range only", async () => {
  const { own, sent } = ownFetch();
  await attach(message, { fetch: own });
  expect([sent.length, ranges()]).toEqual([4, 4]);
  for (const [index, { url, method, headers, body, signal, redirect }] of sent.entries()) {
    const [start, end] = [index * range, Math.min((index + 1) * range, bytes.length)];
    expect([method, redirect, url]).toEqual(["PUT", "manual", emulator.sessions[0]!.uploadUrl]);
    expect(headers).toEqual({
      "Content-Type": "application/octet-stream",
      "Content-Range": `bytes ${start}-${end - 1}/${bytes.length}`,
    });
    expect(body).toBeInstanceOf(Uint8Array);
    expect(bytes.subarray(start, end).equals(body as Uint8Array)).toBe(true);
    expect(signal).toBeInstanceOf(AbortSignal);
  }
});

test("an injected fetch never gets a token, although the requests to the API carry one", async () => {
  const { own, sent } = ownFetch();
  emulator.fault({ on: { range: 2 }, reset: "before" }); // the status is asked for
  await attach(message, { fetch: own });
  expect(JSON.stringify(sent.map(({ body: _, ...init }) => init))).not.toContain(emulator.token);
  expect(emulator.requests.filter(({ origin }) => origin === "outlook").some(({ authorized }) => authorized)).toBe(
    false,
  );
  expect(emulator.requests.filter(({ origin }) => origin === "graph").every(({ authorized }) => authorized)).toBe(true);
});

test("status and cancel of an upload URL go by an injected fetch too, and requests to the API through the client's chain", async () => {
  const { own, sent } = ownFetch();
  emulator.fault({ on: { range: 1 }, reset: "before" }, { on: { range: 3 }, status: 507 });
  await expect(attach(message, { fetch: own })).rejects.toMatchObject({ statusCode: 507 });
  const hosts = emulator.requests.filter(({ origin }) => origin === "outlook");
  expect(sent.map(({ method }) => method)).toEqual(hosts.map(({ method }) => method));
  expect(new Set(hosts.map(({ kind }) => kind))).toEqual(new Set(["range", "status", "cancel"]));
  expect(kinds()).toEqual(expect.arrayContaining(["create", "list"]));
});

const others = everything.filter(({ name }) => /To Do|Azure DevOps/.test(name));
test.each(others)("an injected fetch is not used for $name, whose ranges need the token", async (subject) => {
  take(emulator, subject);
  const { own, sent } = ownFetch();
  await attach(subject, { fetch: own });
  expect([sent.length, ranges()]).toEqual([0, 4]);
});

test.each<[string, () => unknown]>([
  ["a TypeError, as of fetch", () => Promise.reject(new TypeError("fetch failed"))],
  [
    "a FetchError, as of node-fetch",
    () => Promise.reject(Object.assign(new Error("no"), { name: "FetchError", code: "ECONNRESET" })),
  ],
  ["a code of undici", () => Promise.reject(Object.assign(new Error("no"), { code: "UND_ERR_SOCKET" }))],
  ["a code of a socket", () => Promise.reject(Object.assign(new Error("no"), { code: "ECONNRESET" }))],
  ["a refused connection", () => Promise.reject(new TypeError("fetch failed", { cause: { code: "ECONNREFUSED" } }))],
])("a range is sent again after a network failure of an injected fetch: %s", async (_, failing) => {
  const { own, sent } = ownFetch((call) => (call === 1 || call === 2 ? failing() : undefined));
  const reasons: string[] = [];
  await attach(message, { fetch: own, onAttempt: ({ reason }) => void reasons.push(reason) });
  expect([rangesIn(sent).length, ranges()]).toEqual([6, 4]);
  expect(reasons.filter((reason) => reason !== "taken")).toHaveLength(2);
});

test("an injected fetch is stopped when it takes too long, and the range is sent again", async () => {
  const { own, sent } = ownFetch((call) => (call === 1 ? new Promise(() => {}) : undefined));
  await attach(message, { fetch: own, timeout: 1_000 });
  expect([rangesIn(sent).length, ranges()]).toEqual([5, 4]);
  expect(rangesIn(sent).map(({ signal }) => signal!.aborted)).toEqual([false, true, false, false, false]);
});

test("an injected fetch is stopped when the caller aborts", async () => {
  const controller = new AbortController();
  const { own, sent } = ownFetch((call) => {
    if (call === 1) controller.abort("stop");
    return call === 1 ? new Promise(() => {}) : undefined;
  });
  await expect(attach(message, { fetch: own, signal: controller.signal })).rejects.toBe("stop");
  expect(rangesIn(sent).map(({ signal }) => signal!.aborted)).toEqual([false, true]);
});

test.each([
  new Error("This fetch is not set up."),
  new TypeError("Cannot read properties of undefined (reading 'dispatch')"),
])("an error of an injected fetch that is not a network failure is thrown as it is: %p", async (wrong) => {
  const { own, sent } = ownFetch(() => Promise.reject(wrong));
  await expect(attach(message, { fetch: own })).rejects.toBe(wrong);
  expect(rangesIn(sent)).toHaveLength(1);
});

test("replies of an injected fetch are read as any other: Retry-After is obeyed, and no redirect is followed", async () => {
  const busy = new Response("", { status: 503, headers: { "Retry-After": "0" } });
  const elsewhere = new Response(null, { status: 307, headers: { Location: "https://evil.test/" } });
  const { own, sent } = ownFetch((call) => [undefined, busy, undefined, elsewhere][call]);
  await attach(message, { fetch: own });
  expect(sent.every(({ url }) => url === sent[0]!.url)).toBe(true);
});
