import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { runInNewContext } from "node:vm";
import { outlook } from "../../src/protocols/outlook.js";
import { HTTPMessageHandler } from "@microsoft/microsoft-graph-client";
import { transport } from "../../src/http/transport.js";
import { LongText } from "../../src/longText.js";
import { bodyInit } from "../../src/http/requestBody.js";
import { bytesSent, chain, COLLECTION, count, sessionOf } from "../support/fakes";

const bytes = count(300, 7).subarray(20, 120);
const RANGE = outlook.session.put(sessionOf(), { start: 0, end: 100, total: 100 }, bytes);
const nodes = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = nodes;
  jest.restoreAllMocks();
});

const replacements: [string, typeof fetch][] = [
  ["an own function", async () => new Response()],
  ["a function that calls Node's", (...given) => nodes(...given)],
  ["a mock", jest.fn<Promise<Response>, []>()],
  ["Node's, bound to something", nodes.bind(globalThis)],
  ["a class instance's method", new (class { fetch = async () => new Response(); })().fetch], // prettier-ignore
];

describe("Node's own fetch", () => {
  test("gets bytes, without a copy, as a stream of one chunk with their length", async () => {
    const { body, headers, duplex } = bodyInit(bytes, nodes) as {
      body: ReadableStream;
      headers: object;
      duplex: string;
    };
    expect([headers, duplex]).toEqual([{ "Content-Length": "100" }, "half"]);
    const reader = body.getReader();
    const { value } = (await reader.read()) as { value: Uint8Array };
    expect([value.buffer, value.byteOffset, value.length]).toEqual([bytes.buffer, 20, 100]);
    expect(value.buffer).toBe(bytes.buffer); // not a copy
    expect(await reader.read()).toEqual({ done: true, value: undefined });
  });

  test("sends such a stream as one body with a length, never in chunks, which no service takes", async () => {
    const seen: { headers: IncomingHttpHeaders; body: Buffer }[] = [];
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        seen.push({ headers: request.headers, body: Buffer.concat(chunks) });
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const large = count(1_000_000);
      for (const body of [bytes, large]) {
        const init = { method: "PUT", ...bodyInit(body, nodes) };
        await nodes(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, init);
      }
      expect(seen.map(({ headers }) => headers["content-length"])).toEqual(["100", "1000000"]);
      expect(seen.map(({ headers }) => headers["transfer-encoding"])).toEqual([undefined, undefined]);
      expect(seen.map(({ body }, index) => body.equals([bytes, large][index]!))).toEqual([true, true]);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

test.each(replacements)(
  "a replacement of Node's fetch gets plain bytes, because it may not know streams: %s",
  (_, fetch) => {
    expect(bodyInit(bytes, fetch)).toEqual({ body: bytes });
    const { buffer, byteOffset, length } = bodyInit(bytes, fetch).body as Uint8Array;
    expect([buffer, byteOffset, length]).toEqual([bytes.buffer, 20, 100]);
    expect(buffer).toBe(bytes.buffer); // not a copy
  },
);

test("bytes in shared memory, which fetch does not take, are copied", () => {
  const shared = new Uint8Array(new SharedArrayBuffer(8), 2, 4);
  shared.set([1, 2, 3, 4]);
  const { buffer, length } = bodyInit(shared, undefined).body as Uint8Array;
  expect(buffer).toBeInstanceOf(ArrayBuffer);
  expect([length, ...new Uint8Array(buffer)]).toEqual([4, 1, 2, 3, 4]);
});

test("bytes of another realm, as of a frame, are not copied", () => {
  const foreign = runInNewContext("new Uint8Array([1, 2, 3]).subarray(1)") as Uint8Array;
  const { buffer, byteOffset, length } = bodyInit(foreign, undefined).body as Uint8Array;
  expect(buffer).toBe(foreign.buffer);
  expect([byteOffset, length]).toEqual([1, 2]);
});

test("bytes stay plain if there is no fetch", () => {
  for (const fetch of [undefined, null, "fetch"]) expect(bodyInit(bytes, fetch)).toEqual({ body: bytes });
});

test("text, an absent body and an empty one stay as they are", () => {
  for (const fetch of [nodes, undefined])
    for (const body of ["{}", undefined, new Uint8Array(0)]) expect(bodyInit(body, fetch)).toEqual({ body });
});

describe("a text with a file in it", () => {
  const long = new LongText(['{"contentBytes":"', count(300_000), '"}']);
  const short = new LongText(['{"contentBytes":"', count(3_000), '"}']);

  test("leaves in pieces where Node's fetch sends it, with its length", async () => {
    const { body, headers, duplex } = bodyInit(long, nodes);
    expect([headers, duplex]).toEqual([{ "Content-Length": String(String(long).length) }, "half"]);
    expect(await new Response(body).text()).toBe(String(long));
  });

  // a handler of the application may read it, and another fetch may not know streams
  test.each<[string, LongText, unknown, boolean]>([
    ["is short", short, nodes, true],
    ["passes other handlers", long, nodes, false],
    ["goes to another fetch", long, async () => new Response(), true],
  ])("is a string if it %s", (_, text, fetch, direct) => {
    expect(bodyInit(text, fetch, direct)).toEqual({ body: String(text) });
  });
});

/** The Graph client's own last handler, which sends nothing here. */
function clientsTail() {
  const sent: unknown[] = [];
  const tail = new HTTPMessageHandler();
  const spy = jest.spyOn(HTTPMessageHandler.prototype, "execute");
  spy.mockImplementation(async (context) => {
    sent.push(context.options?.body);
    context.response = new Response("{}");
  });
  return { tail, sent };
}

test("fetch is looked up for every request, because a tool may replace it at any time", async () => {
  const { tail, sent } = clientsTail();
  const send = transport({ context: chain({ options: {} }).context, next: tail });
  for (const fetch of [nodes, replacements[0]![1], nodes]) {
    globalThis.fetch = fetch;
    await send(RANGE, { timeout: 60_000 });
  }
  expect(sent).toEqual([expect.any(ReadableStream), bytes, expect.any(ReadableStream)]);
  expect(await bytesSent(sent[2])).toEqual(Buffer.from(bytes));
});

// the fetch standard refuses a stream there
test("a request that the caller keeps alive beyond its page gets no stream", async () => {
  const { tail, sent } = clientsTail();
  const body = new LongText(['"', count(300_000), '"']);
  const request = { method: "POST", url: COLLECTION, body, to: "api" } as const;
  for (const keepalive of [true, false]) {
    const send = transport({ context: chain({ options: { keepalive } }).context, next: tail });
    await send(request, { timeout: 60_000 });
  }
  expect(sent).toEqual([String(body), expect.any(ReadableStream)]);
});

test("a last handler of the application gets plain bytes, because it may not use fetch", async () => {
  const { send, seen } = chain({ options: {} });
  await send(RANGE, { timeout: 60_000 });
  expect(seen[0]!.options!.body).toEqual(bytes);
});

test("a repeated request gets a new stream, because a stream is read once", async () => {
  const { send, seen } = chain({ options: {} }, async (context) => {
    const { body } = context.options as { body: unknown };
    expect(await bytesSent(body)).toEqual(Buffer.from(bytes));
    return new Response("{}");
  });
  for (let times = 0; times < 3; times++) await send(RANGE, { timeout: 60_000 });
  expect(seen).toHaveLength(3);
});

test("small JSON gets no Content-Length from this package", async () => {
  const { send, seen } = chain({ options: {} });
  await send(outlook.session.create(COLLECTION, { name: "flower", size: 2 }), { timeout: 60_000 });
  expect(seen[0]!.options).toMatchObject({ body: expect.any(String), headers: { "Content-Type": "application/json" } });
  expect(Object.keys(seen[0]!.options!.headers!)).toEqual(["Content-Type"]);
});
